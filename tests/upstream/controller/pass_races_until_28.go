// SPDX-License-Identifier: Apache-2.0
// A race that releases up to 1.28 do not have.

//go:build !since_29

package controller

// ensureRacesPass: a node pass compares with earlier passes only, so an Ensure at the same instant changes nothing.
const ensureRacesPass = false
