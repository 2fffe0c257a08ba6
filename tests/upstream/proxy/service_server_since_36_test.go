// SPDX-License-Identifier: Apache-2.0
// Making the service health server from 1.36: with a family.

//go:build since_36

package proxytrace

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
)

func newServiceHealthServer(health *healthServer) healthcheck.ServiceHealthServer {
	addresses := proxyutil.NewNodePortAddresses(v1.IPv4Protocol, nil)
	return healthcheck.NewServiceHealthServer(nodeName, nil, addresses, health, v1.IPv4Protocol)
}
