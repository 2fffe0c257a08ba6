// SPDX-License-Identifier: Apache-2.0
// The listener seam of 1.32 to 1.35: context and several addresses.

//go:build since_32 && !since_36

package proxytrace

import (
	"context"
	"net"
)

func (n *memoryNetwork) Listen(_ context.Context, addresses ...string) (net.Listener, error) {
	return n.open(addresses[0])
}
