// SPDX-License-Identifier: Apache-2.0
// Before 1.24 there is no CategorizeEndpoints: each proxier chose endpoints inside its own sync.

//go:build !since_24

package proxytrace

func recordCategorize(*trace) {}

func recordDuplicate(*trace) {}
