// SPDX-License-Identifier: Apache-2.0
// Timers up to 1.31: the go line of upstream's go.mod is below 1.23, which keeps buffered timer channels.

//go:build !since_32

package proxytrace

const releaseTimers = "buffered"
