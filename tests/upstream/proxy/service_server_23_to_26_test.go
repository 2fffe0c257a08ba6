// SPDX-License-Identifier: Apache-2.0
// Making the service health server of 1.23 to 1.26: node port addresses as strings.

//go:build since_23 && !since_27

package proxytrace

import (
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
)

func newServiceHealthServer(*healthServer) healthcheck.ServiceHealthServer {
	return healthcheck.NewServiceHealthServer(nodeName, nil, nil)
}
