// SPDX-License-Identifier: Apache-2.0
// Making the service health server up to 1.22: every address.

//go:build !since_23

package proxytrace

import (
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
)

func newServiceHealthServer(*healthServer) healthcheck.ServiceHealthServer {
	return healthcheck.NewServiceHealthServer(nodeName, nil)
}
