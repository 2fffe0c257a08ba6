// SPDX-License-Identifier: Apache-2.0
// From 1.34 the health server asks NodeManager at each request.

//go:build since_34

package proxytrace

import (
	"testing"
	"time"

	"k8s.io/kubernetes/pkg/proxy"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
)

const hasNodes = true

type nodeSide struct{ manager *proxy.NodeManager }

// newHealthServer uses the zero NodeManager, which is what NewNodeManager returns if it has waited for a node in vain:
// its informer would run for ever, which a synctest bubble does not allow.
func newHealthServer(_ *testing.T, timeout time.Duration) *healthServer {
	manager := &proxy.NodeManager{}
	return &healthServer{healthcheck.NewProxyHealthServer(healthAddress, timeout, manager), nodeSide{manager}}
}

func (n nodeSide) handle(s step) {
	switch s.Do {
	case "node_add", "node_update":
		n.manager.OnNodeChange(s.Node.object())
	case "node_delete":
		n.manager.OnNodeDelete(s.Node.object())
	}
}
