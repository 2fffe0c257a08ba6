// SPDX-License-Identifier: Apache-2.0
// The format of the outputs.

package controller

import (
	"encoding/json"
	"slices"
	"sort"
	"strings"
)

// Call is one call to the cloud, at the microsecond of its start.
type Call struct {
	T         int64
	Operation string // E, U, G, D: Ensure, Update, Get, EnsureDeleted
	Service   int
	Nodes     []int  // of E and U
	targets   string // of E and U: names and provider ids
}

// MarshalJSON writes [t, operation, service] and, for E and U, the nodes.
func (c Call) MarshalJSON() ([]byte, error) {
	parts := []any{c.T, c.Operation, c.Service}
	if c.Operation == "E" || c.Operation == "U" {
		parts = append(parts, append([]int{}, c.Nodes...))
	}
	return json.Marshal(parts)
}

// Turn is a service that a node pass takes up, in the order of the controller's log.
type Turn struct {
	T       int64
	Service int
}

// MarshalJSON writes [t, service].
func (t Turn) MarshalJSON() ([]byte, error) { return json.Marshal([]int64{t.T, int64(t.Service)}) }

// Trace is what the controller did with one history.
type Trace struct {
	Name  string `json:"name"`
	Race  bool   `json:"race,omitempty"` // the Go scheduler decides this trace
	Calls []Call `json:"calls"`
	Turns []Turn `json:"turns,omitempty"`
}

// Header is the first line of a file of traces.
type Header struct {
	Release   string            `json:"release"`
	Go        string            `json:"go"`
	Modules   map[string]string `json:"modules"`
	Histories int               `json:"histories"`
	Calls     int               `json:"calls"`
}

// sortCalls orders the calls of one microsecond, which the controller makes in no order of its own.
func sortCalls(calls []Call) {
	sort.SliceStable(calls, func(i, j int) bool {
		a, b := calls[i], calls[j]
		if a.T != b.T {
			return a.T < b.T
		}
		if a.Operation != b.Operation {
			return strings.Compare(a.Operation, b.Operation) < 0
		}
		if a.Service != b.Service {
			return a.Service < b.Service
		}
		return slices.Compare(a.Nodes, b.Nodes) < 0
	})
}

// sortTurns orders the turns of one microsecond, which several workers take in no order.
func sortTurns(turns []Turn) {
	sort.SliceStable(turns, func(i, j int) bool {
		if turns[i].T != turns[j].T {
			return turns[i].T < turns[j].T
		}
		return turns[i].Service < turns[j].Service
	})
}
