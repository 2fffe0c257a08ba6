// SPDX-License-Identifier: Apache-2.0
// Up to 1.27 the proxy health server knows nothing about its node.

//go:build !since_28

package proxytrace

const hasNodes = false

type nodeSide struct{}

func newNodeSide(upstreamHealth) nodeSide { return nodeSide{} }

func (nodeSide) handle(step) {}
