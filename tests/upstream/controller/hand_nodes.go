// SPDX-License-Identifier: Apache-2.0
// Hand-written histories about nodes: every predicate, every trigger, coming and going.

package controller

// flips are the ways in which one thing about a node can differ from Ready, included, untainted, with a provider id.
var flips = []struct {
	name   string
	change func(*NodeState)
}{
	{"ready-false", isReady("False")},
	{"ready-unknown", isReady("Unknown")},
	{"ready-absent", isReady("")},
	{"no-conditions", noConditions},
	{"autoscaler-taint", taints(autoscalerTaint)},
	{"autoscaler-taint-and-cordon", func(n *NodeState) { n.Taints, n.Unschedulable = []string{autoscalerTaint}, true }},
	{"two-taints", taints("other", autoscalerTaint)},
	{"other-taint", taints("other")},
	{"exclude-empty", exclude("")},
	{"exclude-true", exclude("true")},
	{"exclude-false", exclude("false")},
	{"exclude-0", exclude("0")},
	{"exclude-F", exclude("F")},
	{"exclude-1", exclude("1")},
	{"exclude-foo", exclude("foo")},
	{"provider-id-unset", providerID("")},
	{"provider-id-changed", providerID("other")},
	{"deleting", deleting},
	{"label", labelled("v")},
	{"cordon", cordon},
	{"other-condition-gone", func(n *NodeState) { n.Conditions = false }},
	{"ready-false-and-label", func(n *NodeState) { n.Ready, n.Label = "False", "v" }},
	{"provider-id-and-exclude", func(n *NodeState) { n.ProviderID = ""; exclude("true")(n) }},
	{"taint-and-delete", func(n *NodeState) { n.Taints, n.Deleting = []string{autoscalerTaint}, true }},
}

// flipHistory turns one thing on and off by itself (is it a trigger?), then on again before another node arrives (is
// it a predicate?), under a service of each policy.
func flipHistory(name string, change func(*NodeState), base ...func(*NodeState)) *builder {
	b := newHistory(name, 480).ready(1).node(0, 2, base...).node(0, 3)
	b.service(1, 1).service(3, 2, policy("Local"))
	off := b.nodes[2]
	restore := func(n *NodeState) { *n = off }
	b.node(130, 2, change).node(230, 2, restore).node(330, 2, change)
	return b.node(350, 4).node(370, 2, restore).removeNode(420, 4)
}

// flipTable is one flip per history, alone and, with the gate off, in the releases that have the gate.
func flipTable() []*builder {
	var list []*builder
	for _, flip := range flips {
		list = append(list, flipHistory("flip/"+flip.name, flip.change))
	}
	for _, flip := range flips {
		list = append(list, flipHistory("gate-off/flip/"+flip.name, flip.change).gateOff())
	}
	return list
}

// heldTable holds one property of a node while the others move, one after the other.
func heldTable() []*builder {
	held := []struct {
		name   string
		change func(*NodeState)
	}{
		{"tainted", taints(autoscalerTaint)}, {"excluded", exclude("true")}, {"not-ready", isReady("False")},
		{"no-provider-id", providerID("")}, {"deleting", deleting}, {"excluded-false", exclude("false")},
	}
	var list []*builder
	for _, gateOff := range []bool{false, true} {
		for _, property := range held {
			name := "held/" + property.name
			if gateOff {
				name = "gate-off/" + name
			}
			b := newHistory(name, 900).ready(1).node(0, 2, property.change).node(0, 3)
			b.service(1, 1).service(3, 2, policy("Local"))
			b.history.GateOff = gateOff
			state := b.nodes[2]
			at := 120.0
			for _, move := range []func(*NodeState){taints(autoscalerTaint), taints(), exclude("true"), include,
				isReady("False"), isReady("True"), providerID(""), providerID("p2"), providerID("other"), labelled("v"),
				cordon} {
				b.node(at, 2, move)
				at += 45
			}
			b.node(at, 2, func(n *NodeState) { *n = state })
			list = append(list, b.node(at+40, 4))
		}
	}
	return list
}

// lifeHistories are nodes that come and go.
func lifeHistories() []*builder {
	both := func(b *builder) *builder { return b.service(1, 1).service(3, 2, policy("Local")) }
	return []*builder{
		both(newHistory("life/add", 200).ready(2)).node(40, 3).node(41, 4).node(150, 5),
		both(newHistory("life/delete", 200).ready(4)).removeNode(40, 2).removeNode(41, 3).removeNode(150, 4),
		both(newHistory("life/registration", 300).ready(2)).node(40, 3, noConditions, providerID("")).
			node(52, 3, isReady("False"), func(n *NodeState) { n.Conditions = true }).
			node(63, 3, providerID("p3")).node(75, 3, isReady("True")).node(220, 3, labelled("v")),
		both(newHistory("life/registration-ready-first", 300).ready(2)).node(40, 3, noConditions, providerID("")).
			node(52, 3, isReady("True")).node(65, 3, providerID("p3")),
		both(newHistory("life/add-excluded", 250).ready(2)).node(40, 3, exclude("true")).node(130, 3, include),
		both(newHistory("life/add-tainted", 250).ready(2)).node(40, 3, taints(autoscalerTaint)).node(130, 3, taints()),
		both(newHistory("life/scale-down", 300).ready(3)).node(40, 2, taints(autoscalerTaint), cordon).
			node(70, 2, isReady("Unknown")).removeNode(140, 2),
		both(newHistory("life/scale-down-taint-only", 300).ready(3)).node(40, 2, taints(autoscalerTaint)).
			node(70, 2, isReady("Unknown")).removeNode(140, 2),
		both(newHistory("life/scale-down-two", 300).ready(4)).node(40, 2, taints(autoscalerTaint)).
			node(45, 3, taints(autoscalerTaint)).removeNode(110, 2).removeNode(170, 3),
		both(newHistory("life/graceful-delete", 300).ready(3)).node(40, 2, deleting).removeNode(90, 2),
		both(newHistory("life/to-zero-and-back", 400).ready(2)).removeNode(40, 1).removeNode(130, 2).node(220, 3),
		both(newHistory("life/zero-nodes", 300)).node(140, 1).node(230, 2),
		both(newHistory("life/replaced-under-its-name", 300).ready(2)).removeNode(40, 2).node(44, 2, providerID("new")),
		both(newHistory("life/uncordon", 300).ready(3)).node(40, 2, cordon).
			node(80, 2, func(n *NodeState) { n.Unschedulable = false }),
		both(newHistory("life/quick-flap", 300).ready(3)).node(40, 2, isReady("False")).node(40.2, 2, isReady("True")).
			node(150, 2, exclude("true")).node(150.3, 2, include),
		both(newHistory("life/two-changes-at-once", 300).ready(3)).
			node(40, 2, exclude("true"), providerID("x")).node(130, 2, include, providerID("y")),
		newHistory("life/quiet", 950).ready(3).service(1, 1).service(2.5, 2, policy("Local")).service(4.2, 3),
	}
}
