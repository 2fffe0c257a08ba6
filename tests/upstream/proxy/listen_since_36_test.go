// SPDX-License-Identifier: Apache-2.0
// The listener seam from 1.36: context, network and several addresses.

//go:build since_36

package proxytrace

import (
	"context"
	"net"
)

func (n *memoryNetwork) Listen(_ context.Context, _ string, addresses ...string) (net.Listener, error) {
	return n.open(addresses[0])
}
