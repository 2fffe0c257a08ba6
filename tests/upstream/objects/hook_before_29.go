// SPDX-License-Identifier: Apache-2.0
// Before the sleep action (KEP-3960, 1.29) a hook that waits runs a command.

//go:build !since_29

package objects

import corev1 "k8s.io/api/core/v1"

func sleepTwenty() *corev1.Lifecycle { return command("sleep", "20") }
