// SPDX-License-Identifier: Apache-2.0
// spec.loadBalancerClass, where services have it.

//go:build since_21

package controller

import v1 "k8s.io/api/core/v1"

// setClass writes spec.loadBalancerClass; "" is absent.
func setClass(service *v1.Service, class string) {
	service.Spec.LoadBalancerClass = nil
	if class != "" {
		service.Spec.LoadBalancerClass = &class
	}
}
