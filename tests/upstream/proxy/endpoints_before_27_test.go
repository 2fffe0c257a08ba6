// SPDX-License-Identifier: Apache-2.0
// The endpoint tracker of 1.24 to 1.26: Update gives the local ready counts.

//go:build since_24 && !since_27

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
	result := cache.Update(tracker)
	return cache[svcPortName], result.HCEndpointsLocalIPSize[serviceName]
}
