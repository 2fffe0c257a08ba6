// SPDX-License-Identifier: Apache-2.0
// A race of the releases from 1.29 on.

//go:build since_29

package controller

// ensureRacesPass: an Ensure and a node pass that start together may or may not see each other's list of nodes.
const ensureRacesPass = true
