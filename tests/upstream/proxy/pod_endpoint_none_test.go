// SPDX-License-Identifier: Apache-2.0
// Before 1.28 the reconciler of the EndpointSlice controller is not exported; of 1.31.14 and 1.32.13 the module proxy does not serve it.

//go:build !since_28 || (since_31 && !since_33)

package proxytrace

func recordPodEndpoint(*trace) {}
