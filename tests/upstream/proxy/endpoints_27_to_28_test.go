// SPDX-License-Identifier: Apache-2.0
// The endpoint tracker of 1.27 and 1.28.

//go:build since_27 && !since_29

package proxytrace

import (
	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/kubernetes/pkg/proxy"
)

func endpointsOf(slice *discovery.EndpointSlice) (endpoints []proxy.Endpoint, localReady int) {
	tracker := proxy.NewEndpointChangeTracker(nodeName, nil, v1.IPv4Protocol, nil, nil)
	tracker.EndpointSliceUpdate(slice, false)
	cache := proxy.EndpointsMap{}
	cache.Update(tracker)
	return cache[svcPortName], cache.LocalReadyEndpoints()[serviceName]
}
