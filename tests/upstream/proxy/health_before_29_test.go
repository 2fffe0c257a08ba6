// SPDX-License-Identifier: Apache-2.0
// The proxy health server up to 1.28: one state for both families.

//go:build !since_29

package proxytrace

import (
	"testing"
	"time"

	"k8s.io/kubernetes/pkg/proxy/healthcheck"
)

const hasFamilies = false

type upstreamHealth = healthcheck.ProxierHealthUpdater

type healthServer struct {
	upstreamHealth
	nodes nodeSide
}

func newHealthServer(_ *testing.T, timeout time.Duration) *healthServer {
	server := healthcheck.NewProxierHealthServer(healthAddress, timeout, nil, nil)
	return &healthServer{server, newNodeSide(server)}
}

func (h *healthServer) queued(string)  { h.QueuedUpdate() }
func (h *healthServer) updated(string) { h.Updated() }
