// SPDX-License-Identifier: Apache-2.0
// Node events of 1.28 to 1.33: NodeEligibleHandler pushes into the health server.

//go:build since_28 && !since_34

package proxytrace

import "k8s.io/kubernetes/pkg/proxy"

const hasNodes = true

type nodeSide struct{ handler *proxy.NodeEligibleHandler }

func newNodeSide(server upstreamHealth) nodeSide {
	return nodeSide{&proxy.NodeEligibleHandler{HealthServer: server}}
}

func (n nodeSide) handle(s step) {
	switch s.Do {
	case "node_add":
		n.handler.OnNodeAdd(s.Node.object())
	case "node_update":
		n.handler.OnNodeUpdate(nil, s.Node.object())
	case "node_delete":
		n.handler.OnNodeDelete(s.Node.object())
	}
}
