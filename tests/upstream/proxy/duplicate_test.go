// SPDX-License-Identifier: Apache-2.0
// Kind "duplicate": which endpoint the cache keeps if two slices have the same address.

//go:build since_24

package proxytrace

import (
	"fmt"
	"slices"
)

type duplicateIn struct {
	Endpoints []categorizeEndpoint `json:"endpoints"`
}

type duplicateOut struct {
	KeptAnyOf []string `json:"kept_any_of"`
}

func recordDuplicate(tr *trace) {
	kinds := []categorizeEndpoint{
		{Node: nodeName}, {Node: "n1"}, {Conditions: "FTT", Node: nodeName}, {Conditions: "FTT", Node: "n1"},
		{Conditions: "FFF", Node: "n1"},
	}
	for n, first := range kinds {
		for k, second := range kinds[n+1:] {
			var out duplicateOut
			// The cache walks a map of two slices: see probeAll for the 400.
			for range 400 {
				one, two := sliceOf("web-1", []categorizeEndpoint{first}), sliceOf("web-2", []categorizeEndpoint{second})
				endpoints, _ := endpointsOf(one, two)
				if len(endpoints) != 1 {
					tr.t.Fatalf("the cache has %d endpoints for one address", len(endpoints))
				}
				if kept := conditions(endpoints[0]); !slices.Contains(out.KeptAnyOf, kept) {
					out.KeptAnyOf = append(out.KeptAnyOf, kept)
				}
			}
			slices.Sort(out.KeptAnyOf)
			tr.add("duplicate", fmt.Sprintf("%d and %d", n+1, n+k+2), duplicateIn{[]categorizeEndpoint{first, second}}, out)
		}
	}
}
