// SPDX-License-Identifier: Apache-2.0
// The proxy health server from 1.33: its new name.

//go:build since_33

package proxytrace

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
)

const hasFamilies = true

type upstreamHealth = *healthcheck.ProxyHealthServer

type healthServer struct {
	upstreamHealth
	nodes nodeSide
}

func (h *healthServer) queued(family string)  { h.QueuedUpdate(v1.IPFamily(family)) }
func (h *healthServer) updated(family string) { h.Updated(v1.IPFamily(family)) }
