// SPDX-License-Identifier: Apache-2.0
// Making the proxy health server in 1.33.

//go:build since_33 && !since_34

package proxytrace

import (
	"testing"
	"time"

	"k8s.io/kubernetes/pkg/proxy/healthcheck"
)

func newHealthServer(_ *testing.T, timeout time.Duration) *healthServer {
	server := healthcheck.NewProxyHealthServer(healthAddress, timeout)
	return &healthServer{server, newNodeSide(server)}
}
