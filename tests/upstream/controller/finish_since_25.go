// SPDX-License-Identifier: Apache-2.0
// From 1.25 the controller ends its own goroutines.

//go:build since_25

package controller

const leavesLoops = false
