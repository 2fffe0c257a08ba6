// SPDX-License-Identifier: Apache-2.0
// The proxy health server of 1.29 to 1.32: a state per family.

//go:build since_29 && !since_33

package proxytrace

import (
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
)

const hasFamilies = true

type upstreamHealth = *healthcheck.ProxierHealthServer

type healthServer struct {
	upstreamHealth
	nodes nodeSide
}

func newHealthServer(_ *testing.T, timeout time.Duration) *healthServer {
	server := healthcheck.NewProxierHealthServer(healthAddress, timeout)
	return &healthServer{server, newNodeSide(server)}
}

func (h *healthServer) queued(family string)  { h.QueuedUpdate(v1.IPFamily(family)) }
func (h *healthServer) updated(family string) { h.Updated(v1.IPFamily(family)) }
