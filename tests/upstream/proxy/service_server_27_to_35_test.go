// SPDX-License-Identifier: Apache-2.0
// Making the service health server of 1.27 to 1.35: it asks the proxy health server.

//go:build since_27 && !since_36

package proxytrace

import (
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
)

func newServiceHealthServer(health *healthServer) healthcheck.ServiceHealthServer {
	return healthcheck.NewServiceHealthServer(nodeName, nil, nodePortAddresses(), health)
}
