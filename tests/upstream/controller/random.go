// SPDX-License-Identifier: Apache-2.0
// Seeded random histories.

package controller

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strconv"
)

// generator makes one random history. All its times and latencies are random to the microsecond, so that independent
// things hardly ever meet, and nothing but nodes exists at the start, where upstream's own workers race.
type generator struct {
	rng      *rand.Rand
	builder  *builder
	events   []pending
	services int
	nodes    int
}

// pending is an event whose state is drawn when its turn comes.
type pending struct {
	t    int64
	make func(t int64)
}

// randomHistories draws count histories, gateOff of them with the gate off.
func randomHistories(seed uint64, count, gateOff int) []History {
	var histories []History
	for number := range count - gateOff {
		histories = append(histories, randomHistory(seed, number, false))
	}
	for number := range gateOff {
		histories = append(histories, randomHistory(seed, number, true))
	}
	return histories
}

func randomHistory(seed uint64, number int, gateOff bool) History {
	name := fmt.Sprintf("random/%d", number)
	if gateOff {
		name = "gate-off/" + name
	}
	stream := uint64(number) << 1
	if gateOff {
		stream++
	}
	g := &generator{rng: rand.New(rand.NewPCG(seed, stream)), builder: newHistory(name, 0)}
	h := &g.builder.history
	h.GateOff = gateOff
	h.Workers = []int{1, 1, 1, 2, 2, 3}[g.rng.IntN(6)]
	h.Until = g.between(300, 1200)
	h.Default = Latencies{Ensure: g.latency(8), Update: g.latency(8), Get: g.latency(1), Delete: g.latency(5)}
	g.nodes, g.services = 3+g.rng.IntN(6), 1+g.rng.IntN(5)
	for node := 1; node <= g.nodes; node++ {
		if node <= 2 || g.chance(0.7) {
			g.builder.node(0, node)
		}
	}
	for service := 1; service <= g.services; service++ {
		g.at(g.between(1, 30), func(t int64) { g.setService(t, service) })
		g.scripts(service)
	}
	for range 10 + g.rng.IntN(31) {
		g.at(g.between(20, float64(h.Until)/float64(second)-10), g.anything())
	}
	g.play()
	return *h
}

func (g *generator) chance(p float64) bool { return g.rng.Float64() < p }

// between draws a time in microseconds from seconds.
func (g *generator) between(low, high float64) int64 {
	return int64((low+g.rng.Float64()*(high-low))*float64(second)) | 1
}

// latency draws a duration up to some seconds, mostly short.
func (g *generator) latency(seconds float64) int64 {
	x := g.rng.Float64()
	return g.between(0.05, 0.06+x*x*x*seconds)
}

func (g *generator) at(t int64, make func(t int64)) { g.events = append(g.events, pending{t, make}) }

// play draws the events in order of time.
func (g *generator) play() {
	sort.SliceStable(g.events, func(i, j int) bool { return g.events[i].t < g.events[j].t })
	last := int64(0)
	for _, event := range g.events {
		t := max(event.t, last+1)
		event.make(t)
		last = t
	}
}

// anything is one event of a random kind.
func (g *generator) anything() func(t int64) {
	if g.chance(0.75) {
		node := 1 + g.rng.IntN(g.nodes)
		return func(t int64) { g.nodeEvent(t, node) }
	}
	service := 1 + g.rng.IntN(g.services)
	return func(t int64) { g.serviceEvent(t, service) }
}

// emit gives the builder's last event its exact time.
func (g *generator) emit(t int64) { g.builder.history.Events[len(g.builder.history.Events)-1].T = t }

func (g *generator) nodeEvent(t int64, node int) {
	_, exists := g.builder.nodes[node]
	switch {
	case exists && g.chance(0.12):
		g.builder.removeNode(1, node)
	case exists:
		g.builder.node(1, node, g.nodeChange(node))
	case g.chance(0.5):
		g.builder.node(1, node)
	default:
		g.builder.node(1, node, noConditions, providerID(""))
	}
	g.emit(t)
}

// nodeChange flips one property, or two at once.
func (g *generator) nodeChange(node int) func(*NodeState) {
	if g.chance(0.1) {
		first, second := g.nodeChange(node), g.nodeChange(node)
		return func(n *NodeState) { first(n); second(n) }
	}
	kind := g.rng.IntN(20)
	value := []string{"", "true", "false", "0", "foo"}[g.rng.IntN(5)]
	status := []string{"False", "Unknown", ""}[g.rng.IntN(3)]
	return func(n *NodeState) {
		switch {
		case kind < 6:
			n.Conditions = true
			if n.Ready == "True" {
				n.Ready = status
			} else {
				n.Ready = "True"
			}
		case kind < 10:
			n.Taints = toggle(n.Taints, []string{autoscalerTaint})
		case kind < 11:
			n.Taints = toggle(n.Taints, []string{"other"})
		case kind < 14:
			if n.Exclude == nil {
				n.Exclude = &value
			} else {
				n.Exclude = nil
			}
		case kind < 17:
			n.ProviderID = map[string]string{"": "p" + strconv.Itoa(node)}[n.ProviderID]
		case kind < 18:
			n.Unschedulable = !n.Unschedulable
		case kind < 19:
			n.Label += "v"
		default:
			n.Deleting = true
		}
	}
}

// toggle gives the value where there was none, else none.
func toggle(current, value []string) []string {
	if len(current) == 0 {
		return value
	}
	return nil
}

func (g *generator) setService(t int64, service int) {
	g.builder.service(1, service, func(s *ServiceState) {
		if g.chance(0.4) {
			s.Policy = "Local"
		}
		if g.chance(0.06) {
			s.Class = "x"
		}
	})
	g.emit(t)
}

func (g *generator) serviceEvent(t int64, service int) {
	state, exists := g.builder.services[service]
	switch {
	case !exists:
		g.builder.service(1, service, uid(fmt.Sprintf("u%d-%d", service, len(g.builder.history.Events))))
	case g.chance(0.12):
		delete(g.builder.services, service)
		g.builder.removeService(1, service)
	case g.chance(0.05):
		g.builder.service(1, service, relabel(state.Label+"v"))
	default:
		g.builder.service(1, service, g.serviceChange())
	}
	g.emit(t)
}

// serviceChange is an edit of a kind that the controller acts on.
func (g *generator) serviceChange() func(*ServiceState) {
	kind := g.rng.IntN(10)
	return func(s *ServiceState) {
		switch {
		case s.Type == "ClusterIP":
			balancer(s)
		case kind < 4:
			s.Annotation += "v"
		case kind < 7:
			s.Policy = map[string]string{"Cluster": "Local", "Local": "Cluster"}[s.Policy]
		case kind < 9:
			clusterIP(s)
		default:
			s.Class = map[string]string{"": "x"}[s.Class]
		}
	}
}

// scripts gives a service slow and failing calls.
func (g *generator) scripts(service int) {
	var script CallScript
	script.Ensure = g.answers("ok", "error", "retry", "elsewhere")
	script.Update = g.answers("ok", "error", "retry", "elsewhere")
	script.Delete = g.answers("ok", "error", "retry", "elsewhere")
	script.Get = g.answers("found", "error", "absent")
	g.builder.script(service, script)
}

// answers draws a few answers, the first kind most often.
func (g *generator) answers(kinds ...string) []Answer {
	var list []Answer
	for range g.rng.IntN(7) {
		answer := Answer{Latency: g.latency(60), Kind: kinds[0]}
		if g.chance(0.35) {
			answer.Kind = kinds[1+g.rng.IntN(2)]
		}
		if g.chance(0.03) {
			answer.Kind = kinds[len(kinds)-1]
		}
		if answer.Kind == "retry" {
			answer.Delay = g.between(1, 90)
		}
		list = append(list, answer)
	}
	return list
}
