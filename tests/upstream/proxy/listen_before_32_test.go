// SPDX-License-Identifier: Apache-2.0
// The listener seam up to 1.31: one address.

//go:build !since_32

package proxytrace

import "net"

func (n *memoryNetwork) Listen(address string) (net.Listener, error) { return n.open(address) }

func runHealthServer(server interface{ Run() error }) { _ = server.Run() }
