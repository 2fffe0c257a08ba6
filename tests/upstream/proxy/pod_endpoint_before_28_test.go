// SPDX-License-Identifier: Apache-2.0
// Before 1.28 the reconciler of the EndpointSlice controller is not exported.

//go:build !since_28

package proxytrace

func recordPodEndpoint(*trace) {}
