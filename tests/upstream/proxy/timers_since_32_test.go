// SPDX-License-Identifier: Apache-2.0
// Timers from 1.32: upstream's go.mod asks for Go 1.23 or later.

//go:build since_32

package proxytrace

const releaseTimers = "" // synchronous
