// SPDX-License-Identifier: Apache-2.0
// The format of the inputs.

// Package controller replays histories of nodes and services against the real service controller of one release of
// k8s.io/cloud-provider and records what it asks of the cloud.
package controller

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sort"
)

// History is one input: what happens in the cluster and how the cloud answers. Times are microseconds of virtual time.
type History struct {
	Name    string                 `json:"name"`
	Workers int                    `json:"workers"`
	GateOff bool                   `json:"gate_off,omitempty"` // StableLoadBalancerNodeSet=false
	Until   int64                  `json:"until"`
	Events  []Event                `json:"events"`
	Cloud   map[string]*CallScript `json:"cloud,omitempty"` // by service number
	Default Latencies              `json:"default"`
}

// Event is one write of a user, a kubelet or another controller. Node and service numbers start at 1.
type Event struct {
	T       int64           `json:"t"`
	Node    int             `json:"node,omitempty"`
	Service int             `json:"service,omitempty"`
	Set     json.RawMessage `json:"set,omitempty"`
	Delete  bool            `json:"delete,omitempty"`
	Vanish  bool            `json:"vanish,omitempty"`
}

// NodeState is all that a history says of a node.
type NodeState struct {
	Ready         string   `json:"ready,omitempty"`      // status of the Ready condition, "" = no such condition
	Conditions    bool     `json:"conditions,omitempty"` // a MemoryPressure condition exists
	Taints        []string `json:"taints,omitempty"`
	Deleting      bool     `json:"deleting,omitempty"`
	Unschedulable bool     `json:"unschedulable,omitempty"`
	Exclude       *string  `json:"exclude,omitempty"` // value of the exclusion label
	Label         string   `json:"label,omitempty"`
	ProviderID    string   `json:"provider_id,omitempty"`
}

// ServiceState is all that a history says of a service.
type ServiceState struct {
	Type       string `json:"type"`
	Policy     string `json:"policy,omitempty"`
	Class      string `json:"class,omitempty"`
	Annotation string `json:"annotation,omitempty"`
	Label      string `json:"label,omitempty"`
	UID        string `json:"uid,omitempty"` // used where the event creates the object
}

// Latencies are the durations of calls that no script describes.
type Latencies struct {
	Ensure int64 `json:"ensure"`
	Update int64 `json:"update"`
	Get    int64 `json:"get"`
	Delete int64 `json:"delete"`
}

// CallScript lists the answers to the first calls of each operation for one service.
type CallScript struct {
	Ensure []Answer `json:"ensure,omitempty"`
	Update []Answer `json:"update,omitempty"`
	Get    []Answer `json:"get,omitempty"`
	Delete []Answer `json:"delete,omitempty"`
}

// Answer is how one call goes; as JSON [latency, kind] or [latency, "retry", delay].
type Answer struct {
	Latency int64
	Kind    string // ok, error, retry, elsewhere; of Get: found, absent, error, or "" = what is true
	Delay   int64
}

// MarshalJSON writes the array form.
func (a Answer) MarshalJSON() ([]byte, error) {
	if a.Kind == "retry" {
		return json.Marshal([]any{a.Latency, a.Kind, a.Delay})
	}
	return json.Marshal([]any{a.Latency, a.Kind})
}

// UnmarshalJSON reads the array form.
func (a *Answer) UnmarshalJSON(data []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	if len(parts) != 2 && len(parts) != 3 {
		return fmt.Errorf("an answer has 2 or 3 parts, not %d", len(parts))
	}
	targets := []any{&a.Latency, &a.Kind, &a.Delay}
	for i, part := range parts {
		if err := json.Unmarshal(part, targets[i]); err != nil {
			return err
		}
	}
	return nil
}

// check refuses a history whose outcome the input itself leaves open.
func (h *History) check() error {
	if !sort.SliceIsSorted(h.Events, func(i, j int) bool { return h.Events[i].T < h.Events[j].T }) {
		return fmt.Errorf("%s: events are not in order of time", h.Name)
	}
	for i := range h.Events {
		if i > 0 && h.Events[i].T != 0 && h.Events[i].T == h.Events[i-1].T {
			return fmt.Errorf("%s: two events at %d", h.Name, h.Events[i].T)
		}
		if h.Events[i].T >= h.Until {
			return fmt.Errorf("%s: event at %d is not before the end", h.Name, h.Events[i].T)
		}
	}
	return nil
}

// writeHistories writes one JSON object per line.
func writeHistories(w io.Writer, histories []History) error {
	names := map[string]bool{}
	for i := range histories {
		if err := histories[i].check(); err != nil {
			return err
		}
		if names[histories[i].Name] {
			return fmt.Errorf("two histories are named %s", histories[i].Name)
		}
		names[histories[i].Name] = true
		line, err := json.Marshal(&histories[i])
		if err != nil {
			return err
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// readHistories is the inverse of writeHistories.
func readHistories(r io.Reader) ([]History, error) {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 1<<24)
	var histories []History
	for scanner.Scan() {
		var h History
		if err := json.Unmarshal(scanner.Bytes(), &h); err != nil {
			return nil, fmt.Errorf("history %d: %w", len(histories)+1, err)
		}
		if err := h.check(); err != nil {
			return nil, err
		}
		histories = append(histories, h)
	}
	return histories, scanner.Err()
}
