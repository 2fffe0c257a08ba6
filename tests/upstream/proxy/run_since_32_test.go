// SPDX-License-Identifier: Apache-2.0
// Starting the proxy health server from 1.32: with a context.

//go:build since_32

package proxytrace

import "context"

func runHealthServer(server interface{ Run(context.Context) error }) {
	_ = server.Run(context.Background())
}
