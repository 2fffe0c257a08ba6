// SPDX-License-Identifier: Apache-2.0
// Hand-written histories about services: edits, deletes, start-up, known defects.

package controller

// edits are changes of a service.
func edits() []*builder {
	one := func(name string) *builder { return newHistory("edit/"+name, 400).ready(2).service(1, 1) }
	return []*builder{
		one("annotation").service(40, 1, annotate("v")).service(60, 1, annotate("w")).service(80, 1, annotate("")),
		one("label").service(40, 1, relabel("v")).service(60, 1, relabel("")),
		one("nothing").service(40, 1),
		one("policy").node(20, 2, isReady("False")).service(40, 1, policy("Local")).node(60, 3).
			service(140, 1, policy("Cluster")).node(170, 2, isReady("True")),
		one("policy-tainted").node(20, 2, taints(autoscalerTaint)).service(40, 1, policy("Local")).
			service(140, 1, policy("Cluster")).node(170, 3),
		one("type").service(40, 1, clusterIP).node(60, 3).service(140, 1, balancer).node(170, 4),
		one("type-back-during-cleanup").service(40, 1, clusterIP).service(45, 1, balancer).
			script(1, CallScript{Delete: answers(20, "ok")}),
		one("type-cleanup-fails").service(40, 1, clusterIP).
			script(1, CallScript{Delete: answers(2, times(4, "error")...)}),
		one("type-cleanup-get-error").service(40, 1, clusterIP).
			script(1, CallScript{Get: answers(1, "error", "error", "found")}),
		one("class").service(40, 1, class("x")).node(60, 3).service(140, 1, class("")).node(170, 4),
		one("class-elsewhere").service(40, 1, class("x")).script(1, CallScript{Delete: answers(2, "elsewhere")}),
		newHistory("edit/class-from-the-start", 300).ready(2).service(1, 1, class("x")).node(40, 3).
			service(60, 1, annotate("v")).removeService(90, 1),
		newHistory("edit/cluster-ip", 300).ready(2).service(1, 1, clusterIP).node(40, 3).service(60, 1, annotate("v")).
			service(90, 1, balancer).node(120, 4),
		one("many-at-once").service(40, 1, annotate("v"), policy("Local"), relabel("v")),
		one("while-node-changes").service(40, 1, annotate("v")).node(40.4, 3).service(41.9, 1, annotate("w")),
	}
}

// deletes are ends of services.
func deletes() []*builder {
	one := func(name string, until float64) *builder {
		return newHistory("delete/"+name, until).ready(2).service(1, 1)
	}
	return []*builder{
		one("plain", 200).removeService(40, 1).node(60, 3),
		one("twice", 200).removeService(40, 1).removeService(40.5, 1),
		one("fails", 400).removeService(40, 1).script(1, CallScript{Delete: answers(2, times(5, "error")...)}),
		one("fails-slowly", 600).removeService(40, 1).script(1, CallScript{Delete: answers(35, times(4, "error")...)}),
		one("get-error", 400).removeService(40, 1).script(1, CallScript{Get: answers(2, times(5, "error")...)}),
		one("get-absent", 400).removeService(40, 1).script(1, CallScript{Get: answers(2, "absent")}),
		one("retry-error", 400).removeService(40, 1).script(1, CallScript{Delete: []Answer{later(2, 13), later(2, 50)}}),
		one("elsewhere", 400).removeService(40, 1).script(1, CallScript{Delete: answers(2, "elsewhere")}),
		one("and-node", 400).removeService(40, 1).node(42, 3).removeNode(70, 3).
			script(1, CallScript{Delete: answers(20, "error", "error")}),
		one("edit-while-deleting", 400).removeService(40, 1).service(52, 1, annotate("v")).
			script(1, CallScript{Delete: answers(9, "error", "error")}),
		one("create-again", 400).removeService(40, 1).service(60, 1, uid("u1b")).node(90, 3),
		one("one-of-two", 400).service(3, 2, policy("Local")).removeService(40, 1).node(60, 3).
			script(1, CallScript{Delete: answers(45, "ok")}),
		one("cluster-ip", 200).service(40, 1, clusterIP).removeService(80, 1),
		one("vanish", 400).vanish(40, 1).node(60, 3).node(220, 1, exclude("true")),
		one("vanish-update-fails", 400).vanish(40, 1).node(60, 3).script(1, CallScript{Update: answers(2, "error")}),
		one("vanish-and-return", 400).vanish(40, 1).service(60, 1, uid("u1b")).node(90, 3),
		one("vanish-and-return-delete-fails", 400).vanish(40, 1).service(60, 1, uid("u1b")).node(77, 3).
			script(1, CallScript{Delete: answers(2, "error", "error", "error")}),
		one("vanish-and-return-retry-error", 400).vanish(40, 1).service(60, 1, uid("u1b")).
			script(1, CallScript{Delete: []Answer{later(2, 12), later(2, 40)}}),
		one("vanish-and-return-as-cluster-ip", 400).vanish(40, 1).service(60, 1, uid("u1b"), clusterIP).node(90, 3),
		one("vanish-during-ensure", 400).service(40, 1, annotate("v")).vanish(45, 1).node(80, 3).
			script(1, CallScript{Ensure: answers(15, "ok", "ok")}),
		one("vanish-and-return-during-ensure", 400).service(40, 1, annotate("v")).vanish(45, 1).
			service(48, 1, uid("u1b")).script(1, CallScript{Ensure: answers(15, "ok", "ok")}),
	}
}

// starts have objects before the controller; only those whose outcome no race decides.
func starts() []*builder {
	return []*builder{
		newHistory("start/services-without-nodes", 300).service(0, 1).service(0, 2, policy("Local")).service(0, 3).
			node(30, 1).node(140, 2),
		newHistory("start/services-with-excluded-nodes", 300).node(0, 1, exclude("true")).service(0, 1).
			service(0, 2, policy("Local")).node(30, 2),
		newHistory("start/cluster-ip", 300).ready(2).service(0, 1, clusterIP).service(30, 1, balancer).node(60, 3),
		newHistory("start/two-workers", 300).workers(2).service(0, 1).service(0, 2).service(0, 3).node(30, 1),
		newHistory("start/nothing", 300).node(110, 1).service(130, 1),
		newHistory("start/ensure-fails", 300).service(0, 1).service(0, 2).node(30, 1).
			script(1, CallScript{Ensure: answers(2, "error", "error", "error")}),
	}
}

// known are the upstream defects and repairs that releases differ by.
func known() []*builder {
	pair := func(name string) *builder {
		return newHistory("known/"+name, 700).ready(3).service(1, 1).service(3, 2, policy("Local"))
	}
	return []*builder{
		pair("local-drift").node(40, 2, isReady("False")).node(140, 2, taints("other")).node(160, 4).
			node(240, 2, isReady("True")).node(340, 3, taints(autoscalerTaint)).node(440, 3, taints()),
		pair("local-drift-of-a-not-ready-node").node(40, 2, isReady("False")).node(150, 2, taints(autoscalerTaint)).
			node(250, 4).node(350, 2, taints()).node(450, 5),
		pair("lost-update").node(40, 4).node(250, 5).script(1, CallScript{Update: answers(2, "error", "error")}).
			script(2, CallScript{Update: answers(2, "error", "error")}),
		pair("provider-id-arrives").node(40, 4, providerID("")).node(60, 4, providerID("p4")).
			node(150, 4, providerID("p4b")).node(250, 4, providerID("")).node(350, 5),
		pair("taint-then-unrelated-node").node(40, 2, taints(autoscalerTaint)).node(50, 4).node(150, 2, taints()).
			node(250, 1, labelled("v")),
		pair("node-flaps").node(40, 2, isReady("Unknown")).node(80, 2, isReady("True")).node(120, 2, isReady("False")).
			node(170, 2, isReady("True")).node(230, 3, isReady("False")).node(260, 3, isReady("True")),
	}
}

// handHistories are all hand-written cases.
func handHistories() []History {
	var histories []History
	for _, group := range [][]*builder{flipTable(), heldTable(), lifeHistories(), failedUpdates(), failedEnsures(),
		slowCalls(), edits(), deletes(), starts(), known()} {
		for _, b := range group {
			histories = append(histories, b.history)
		}
	}
	return histories
}
