// SPDX-License-Identifier: Apache-2.0
// Up to 1.24 the controller leaves goroutines behind.

//go:build !since_25

package controller

const leavesLoops = true
