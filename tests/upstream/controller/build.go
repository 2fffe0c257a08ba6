// SPDX-License-Identifier: Apache-2.0
// Builder of hand-written histories: seconds in, states kept, odd microseconds added.

package controller

import (
	"encoding/json"
	"strconv"
)

const second = int64(1_000_000)

// builder makes a hand-written history. Times are in seconds; it adds a different odd number of microseconds to each
// event, so that no two independent things meet in one microsecond.
type builder struct {
	history  History
	nodes    map[int]NodeState
	services map[int]ServiceState
}

func newHistory(name string, until float64) *builder {
	return &builder{
		history: History{Name: name, Workers: 1, Until: int64(until * float64(second)), Default: Latencies{
			Ensure: 1_400_017, Update: 1_100_029, Get: 200_041, Delete: 800_063}},
		nodes:    map[int]NodeState{},
		services: map[int]ServiceState{},
	}
}

func (b *builder) workers(count int) *builder { b.history.Workers = count; return b }
func (b *builder) gateOff() *builder          { b.history.GateOff = true; return b }

// time is an instant in seconds plus an odd part; 0 stays 0, which is before the start of the controller.
func (b *builder) time(at float64) int64 {
	if at == 0 {
		return 0
	}
	return int64(at*float64(second)) + 13 + 101*int64(len(b.history.Events))
}

func (b *builder) event(e Event, state any) *builder {
	if state != nil {
		data, err := json.Marshal(state)
		if err != nil {
			panic(err)
		}
		e.Set = data
	}
	b.history.Events = append(b.history.Events, e)
	return b
}

// node sets a node after the given changes; a new one starts Ready, with a provider id.
func (b *builder) node(at float64, number int, changes ...func(*NodeState)) *builder {
	state, known := b.nodes[number]
	if !known {
		state = NodeState{Ready: "True", Conditions: true, ProviderID: "p" + strconv.Itoa(number)}
	}
	for _, change := range changes {
		change(&state)
	}
	b.nodes[number] = state
	return b.event(Event{T: b.time(at), Node: number}, state)
}

// ready adds nodes 1 to count before the start.
func (b *builder) ready(count int) *builder {
	for number := 1; number <= count; number++ {
		b.node(0, number)
	}
	return b
}

func (b *builder) removeNode(at float64, number int) *builder {
	delete(b.nodes, number)
	return b.event(Event{T: b.time(at), Node: number, Delete: true}, nil)
}

// service sets a service after the given changes; a new one is a load balancer with policy Cluster.
func (b *builder) service(at float64, number int, changes ...func(*ServiceState)) *builder {
	state, known := b.services[number]
	if !known {
		state = ServiceState{Type: "LoadBalancer", Policy: "Cluster", UID: "u" + strconv.Itoa(number)}
	}
	for _, change := range changes {
		change(&state)
	}
	b.services[number] = state
	return b.event(Event{T: b.time(at), Service: number}, state)
}

func (b *builder) removeService(at float64, number int) *builder {
	return b.event(Event{T: b.time(at), Service: number, Delete: true}, nil)
}

func (b *builder) vanish(at float64, number int) *builder {
	return b.event(Event{T: b.time(at), Service: number, Vanish: true}, nil)
}

// script gives the answers for a service.
func (b *builder) script(service int, script CallScript) *builder {
	if b.history.Cloud == nil {
		b.history.Cloud = map[string]*CallScript{}
	}
	b.history.Cloud[strconv.Itoa(service)] = &script
	return b
}

// answers repeats a kind of answer, each with its own odd latency near the given seconds.
func answers(seconds float64, kinds ...string) []Answer {
	var list []Answer
	for i, kind := range kinds {
		list = append(list, Answer{Latency: int64(seconds*float64(second)) + 57 + 38*int64(i), Kind: kind})
	}
	return list
}

// times is a list of count equal kinds.
func times(count int, kind string) []string {
	list := make([]string, count)
	for i := range list {
		list[i] = kind
	}
	return list
}

// later is a RetryError.
func later(seconds, delay float64) Answer {
	return Answer{Latency: int64(seconds*float64(second)) + 91, Kind: "retry", Delay: int64(delay*float64(second)) + 7}
}

func isReady(status string) func(*NodeState) { return func(n *NodeState) { n.Ready = status } }
func noConditions(n *NodeState)              { n.Ready, n.Conditions = "", false }
func taints(keys ...string) func(*NodeState) { return func(n *NodeState) { n.Taints = keys } }
func deleting(n *NodeState)                  { n.Deleting = true }
func cordon(n *NodeState)                    { n.Unschedulable = true }
func exclude(value string) func(*NodeState)  { return func(n *NodeState) { n.Exclude = &value } }
func include(n *NodeState)                   { n.Exclude = nil }
func labelled(v string) func(*NodeState)     { return func(n *NodeState) { n.Label = v } }
func providerID(id string) func(*NodeState)  { return func(n *NodeState) { n.ProviderID = id } }

func policy(value string) func(*ServiceState) { return func(s *ServiceState) { s.Policy = value } }
func class(value string) func(*ServiceState)  { return func(s *ServiceState) { s.Class = value } }
func annotate(value string) func(*ServiceState) {
	return func(s *ServiceState) { s.Annotation = value }
}
func relabel(value string) func(*ServiceState) { return func(s *ServiceState) { s.Label = value } }
func uid(value string) func(*ServiceState)     { return func(s *ServiceState) { s.UID = value } }
func balancer(s *ServiceState)                 { s.Type, s.Policy = "LoadBalancer", "Cluster" }
func clusterIP(s *ServiceState)                { s.Type, s.Policy, s.Class = "ClusterIP", "", "" }

const autoscalerTaint = "ToBeDeletedByClusterAutoscaler"
