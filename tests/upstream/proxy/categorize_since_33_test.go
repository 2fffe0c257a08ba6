// SPDX-License-Identifier: Apache-2.0
// CategorizeEndpoints from 1.33: with the node name; trackers without recorders.

//go:build since_33

package proxytrace

import (
	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/kubernetes/pkg/proxy"
)

func categorizeEndpoints(endpoints []proxy.Endpoint, service proxy.ServicePort, labels map[string]string) (
	cluster, local, all []proxy.Endpoint, hasAny bool,
) {
	return proxy.CategorizeEndpoints(endpoints, service, nodeName, labels)
}

func newServicePorts(service *v1.Service) proxy.ServicePortMap {
	tracker := proxy.NewServiceChangeTracker(v1.IPv4Protocol, nil, nil)
	tracker.Update(nil, service)
	ports := proxy.ServicePortMap{}
	ports.Update(tracker)
	return ports
}

func endpointsOf(slice *discovery.EndpointSlice) (endpoints []proxy.Endpoint, localReady int) {
	tracker := proxy.NewEndpointsChangeTracker(v1.IPv4Protocol, nodeName, nil, nil)
	tracker.EndpointSliceUpdate(slice, false)
	cache := proxy.EndpointsMap{}
	cache.Update(tracker)
	return cache[svcPortName], cache.LocalReadyEndpoints()[serviceName]
}

const hasNodeHints = true

func hintsOf(endpoint categorizeEndpoint) *discovery.EndpointHints {
	if endpoint.Zones == nil && endpoint.Nodes == nil {
		return nil
	}
	hints := &discovery.EndpointHints{}
	for _, zone := range endpoint.Zones {
		hints.ForZones = append(hints.ForZones, discovery.ForZone{Name: zone})
	}
	for _, node := range endpoint.Nodes {
		hints.ForNodes = append(hints.ForNodes, discovery.ForNode{Name: node})
	}
	return hints
}
