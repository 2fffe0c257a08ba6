// SPDX-License-Identifier: Apache-2.0
// The sleep action of hooks (KEP-3960).

//go:build since_29

package objects

import corev1 "k8s.io/api/core/v1"

func sleepTwenty() *corev1.Lifecycle {
	return &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: 20}}}
}
