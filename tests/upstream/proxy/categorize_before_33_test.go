// SPDX-License-Identifier: Apache-2.0
// CategorizeEndpoints of 1.24 to 1.32, and trackers with recorders.

//go:build since_24 && !since_33

package proxytrace

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy"
)

func categorizeEndpoints(endpoints []proxy.Endpoint, service proxy.ServicePort, labels map[string]string) (
	cluster, local, all []proxy.Endpoint, hasAny bool,
) {
	return proxy.CategorizeEndpoints(endpoints, service, labels)
}

func newServicePorts(service *v1.Service) servicePortMap {
	tracker := proxy.NewServiceChangeTracker(nil, v1.IPv4Protocol, nil, nil)
	tracker.Update(nil, service)
	ports := servicePortMap{}
	ports.Update(tracker)
	return ports
}
