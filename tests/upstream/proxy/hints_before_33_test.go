// SPDX-License-Identifier: Apache-2.0
// Hints of 1.24 to 1.32: zones only.

//go:build since_24 && !since_33

package proxytrace

import (
	discovery "k8s.io/api/discovery/v1"
)

const hasNodeHints = false

func hintsOf(endpoint categorizeEndpoint) *discovery.EndpointHints {
	if endpoint.Zones == nil {
		return nil
	}
	hints := &discovery.EndpointHints{}
	for _, zone := range endpoint.Zones {
		hints.ForZones = append(hints.ForZones, discovery.ForZone{Name: zone})
	}
	return hints
}
