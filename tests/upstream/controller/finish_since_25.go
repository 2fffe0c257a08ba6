// SPDX-License-Identifier: Apache-2.0

//go:build since_25

package controller

const leavesLoops = false
