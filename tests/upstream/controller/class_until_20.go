// SPDX-License-Identifier: Apache-2.0
// spec.loadBalancerClass, where services do not have it.

//go:build !since_21

package controller

import v1 "k8s.io/api/core/v1"

// setClass does nothing: before 1.21 a service had no class.
func setClass(*v1.Service, string) {}
