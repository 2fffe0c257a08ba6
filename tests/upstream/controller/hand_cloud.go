// SPDX-License-Identifier: Apache-2.0
// Hand-written histories about failing and slow calls.

package controller

// failedUpdates are node passes whose calls fail, and who repairs them.
func failedUpdates() []*builder {
	one := func(name string, until float64) *builder {
		return newHistory("update-fails/"+name, until).ready(2).service(1, 1)
	}
	return []*builder{
		one("get-true", 300).node(40, 3).script(1, CallScript{Update: answers(0.7, "error")}),
		one("get-found", 300).node(40, 3).script(1, CallScript{Update: answers(0.7, "error"), Get: answers(0.3, "found")}),
		one("get-absent", 300).node(40, 3).script(1, CallScript{Update: answers(0.7, "error"), Get: answers(0.3, "absent")}),
		one("get-error", 300).node(40, 3).script(1, CallScript{Update: answers(0.7, "error"), Get: answers(0.3, "error")}),
		one("elsewhere", 300).node(40, 3).script(1, CallScript{Update: answers(0.7, "elsewhere")}),
		one("retry-error", 300).node(40, 3).script(1, CallScript{Update: []Answer{later(0.7, 33)}}),
		one("three-times", 500).node(40, 3).script(1, CallScript{Update: answers(0.7, "error", "error", "error")}),
		one("then-ensure-fails", 300).node(40, 3).
			script(1, CallScript{Update: answers(0.7, "error"), Ensure: answers(0.6, "ok", "error", "error")}),
		one("then-node-leaves", 300).node(40, 3).removeNode(55, 3).script(1, CallScript{Update: answers(0.7, "error")}),
		one("then-edit", 300).node(40, 3).service(60, 1, annotate("v")).
			script(1, CallScript{Update: answers(0.7, "error", "error")}),
		one("then-policy", 400).node(40, 3).node(50, 2, isReady("False")).service(60, 1, policy("Local")).
			script(1, CallScript{Update: answers(0.7, "error", "error", "error")}),
		one("then-type", 400).node(40, 3).service(60, 1, clusterIP).script(1, CallScript{Update: answers(0.7, "error", "error")}),
		one("then-class", 400).node(40, 3).service(60, 1, class("x")).script(1, CallScript{Update: answers(0.7, "error", "error")}),
		one("one-of-two", 400).service(3, 2, policy("Local")).node(40, 3).removeNode(230, 3).
			script(1, CallScript{Update: answers(0.7, "error")}).script(2, CallScript{Update: answers(0.4, "ok", "error")}),
		one("and-the-next-pass-too", 500).node(40, 3).node(140, 4).
			script(1, CallScript{Update: answers(0.7, "error", "error", "error"), Ensure: answers(0.6, "ok", "ok", "error")}),
		one("of-the-local-service", 400).service(3, 2, policy("Local")).node(40, 1, isReady("False")).node(150, 3).
			script(2, CallScript{Update: answers(0.7, "error", "error")}),
	}
}

// failedEnsures climb the ladder of back-offs.
func failedEnsures() []*builder {
	one := func(name string, until float64) *builder { return newHistory("ensure-fails/"+name, until).ready(2) }
	mixed := append(answers(0.5, "error", "error"), later(0.5, 17), later(0.5, 2))
	mixed = append(mixed, answers(0.6, "error", "ok", "error")...)
	return []*builder{
		one("ladder", 1900).service(1, 1).script(1, CallScript{Ensure: answers(0.5, times(12, "error")...)}),
		one("ladder-with-nodes", 700).service(1, 1).node(60, 3).removeNode(210, 3).
			script(1, CallScript{Ensure: answers(0.5, times(7, "error")...)}),
		one("retry-error", 400).service(1, 1).script(1, CallScript{Ensure: []Answer{later(0.5, 42), later(0.5, 3), later(0.5, 90)}}),
		one("retry-error-between", 400).service(1, 1).service(250, 1, annotate("v")).script(1, CallScript{Ensure: mixed}),
		one("success-resets", 400).service(1, 1).service(120, 1, annotate("v")).
			script(1, CallScript{Ensure: answers(0.5, "error", "error", "error", "ok", "error", "error")}),
		one("edit-during-back-off", 500).service(1, 1).service(60, 1, annotate("v")).service(95, 1, annotate("w")).
			script(1, CallScript{Ensure: answers(0.5, times(6, "error")...)}),
		one("success-leaves-the-timer", 400).service(1, 1).service(50, 1, annotate("v")).
			script(1, CallScript{Ensure: answers(0.5, "error", "error", "error", "error", "ok", "error")}),
		one("elsewhere", 400).service(1, 1).node(40, 3).service(130, 1, annotate("v")).removeService(250, 1).
			script(1, CallScript{Ensure: answers(0.5, "elsewhere", "elsewhere")}),
		one("deleted-during-back-off", 400).service(1, 1).removeService(60, 1).
			script(1, CallScript{Ensure: answers(0.5, times(6, "error")...)}),
		one("vanished-during-back-off", 400).service(1, 1).vanish(60, 1).
			script(1, CallScript{Ensure: answers(0.5, times(6, "error")...)}),
		one("vanished-delete-fails", 500).service(1, 1).vanish(60, 1).
			script(1, CallScript{Ensure: answers(0.5, times(6, "error")...), Delete: answers(0.3, "error", "error")}),
		one("vanished-delete-retry-error", 500).service(1, 1).vanish(60, 1).script(1, CallScript{
			Ensure: answers(0.5, times(6, "error")...), Delete: []Answer{later(0.3, 21), later(0.3, 44)}}),
		one("type-during-back-off", 400).service(1, 1).service(60, 1, clusterIP).
			script(1, CallScript{Ensure: answers(0.5, times(6, "error")...)}),
		one("others-go-on", 400).service(1, 1).service(2, 2).service(4, 3, policy("Local")).node(80, 3).
			script(1, CallScript{Ensure: answers(0.5, times(6, "error")...)}),
	}
}

// slowCalls overlap with what happens meanwhile.
func slowCalls() []*builder {
	slow := func(name string, until float64) *builder { return newHistory("slow/"+name, until).ready(2) }
	three := func(b *builder) *builder { return b.service(1, 1).service(4, 2).service(7, 3, policy("Local")) }
	each := func(b *builder, script CallScript) *builder {
		return b.script(1, script).script(2, script).script(3, script)
	}
	updates := func(kinds ...string) CallScript { return CallScript{Update: answers(31, kinds...)} }
	return []*builder{
		slow("ensure-and-nodes", 300).service(1, 1).node(10, 3).node(20, 4).removeNode(30, 3).
			script(1, CallScript{Ensure: answers(50, "ok")}),
		slow("ensure-fails-and-nodes", 300).service(1, 1).node(10, 3).removeNode(30, 3).
			script(1, CallScript{Ensure: answers(50, "error")}),
		slow("update-and-nodes", 300).service(1, 1).node(20, 3).node(30, 4).node(40, 5).script(1, updates("ok")),
		slow("update-and-flap", 300).service(1, 1).node(20, 3).node(30, 2, exclude("true")).node(40, 2, include).
			script(1, updates("ok")),
		slow("update-and-return", 300).service(1, 1).removeNode(20, 2).node(30, 2).script(1, updates("ok")),
		slow("update-and-ensure", 300).service(1, 1).node(20, 3).service(30, 1, annotate("v")).script(1, updates("ok")),
		slow("update-and-ensure-with-node", 300).service(1, 1).node(20, 3).node(27, 4).service(30, 1, annotate("v")).
			script(1, updates("ok", "ok")),
		slow("ensure-and-update", 300).service(1, 1).service(20, 1, annotate("v")).node(30, 3).
			script(1, CallScript{Ensure: answers(25, "ok", "ok")}),
		each(three(slow("pass-and-nodes", 700)).node(20, 3).node(33, 4).removeNode(75, 1), updates(times(3, "ok")...)),
		each(three(slow("stale-pass-after-ensure", 500)).node(20, 3).node(33, 4).service(35, 1, annotate("v")).
			service(38, 2, annotate("v")).service(41, 3, annotate("v")), updates(times(3, "ok")...)),
		each(three(slow("pass-with-3-workers", 400).workers(3)).node(20, 3).node(33, 4).removeNode(75, 1),
			updates(times(3, "ok")...)),
		each(three(slow("pass-with-2-workers", 500).workers(2)).node(20, 3).node(33, 4).removeNode(75, 1),
			updates(times(3, "ok")...)),
		each(three(slow("pass-and-policies", 500)).node(10, 2, isReady("False")).node(20, 3).
			service(25, 1, policy("Local")).service(28, 2, policy("Local")).service(31, 3, policy("Cluster")),
			updates(times(3, "ok")...)),
		each(three(slow("pass-and-deletes", 500)).node(20, 3).removeService(25, 1).removeService(28, 2).
			removeService(31, 3), updates(times(3, "ok")...)),
		each(three(slow("pass-fails-after-deletes", 500)).node(20, 3).removeService(25, 1).removeService(28, 2).
			vanish(31, 3), updates(times(3, "error")...)),
		each(three(slow("failing-pass-and-types", 600)).node(20, 3).service(25, 1, clusterIP).service(28, 2, clusterIP).
			service(31, 3, class("x")), updates(times(3, "error")...)),
		three(slow("pass-longer-than-the-tick", 900)).node(20, 3).node(130, 4).removeNode(330, 4).
			script(2, CallScript{Update: answers(170, "ok", "ok")}),
		slow("update-and-delete", 300).service(1, 1).service(4, 2).node(20, 3).removeService(30, 1).script(1, updates("ok")),
		slow("update-and-class", 300).service(1, 1).service(4, 2).node(20, 3).service(25, 2, class("x")).
			script(1, updates("ok", "ok")).script(2, updates("ok", "ok")),
		slow("ensure-and-delete", 300).service(1, 1).removeService(20, 1).script(1, CallScript{Ensure: answers(50, "ok")}),
		slow("ensure-and-edit", 300).service(1, 1).service(20, 1, annotate("v")).service(30, 1, annotate("w")).
			script(1, CallScript{Ensure: answers(50, "ok")}),
		slow("head-of-line", 400).service(1, 1).service(3, 2).service(5, 3, policy("Local")).node(20, 3).
			script(1, CallScript{Ensure: answers(60, "ok")}),
		slow("head-of-line-failing", 400).service(1, 1).service(3, 2).
			script(1, CallScript{Ensure: answers(45, "error", "error", "ok")}),
		slow("two-workers", 400).workers(2).service(1, 1).service(3, 2).service(5, 3).node(20, 3).
			script(1, CallScript{Ensure: answers(60, "ok")}),
		slow("three-workers", 400).workers(3).service(1, 1).service(3, 2).service(5, 3).service(8, 4, policy("Local")).
			node(150, 3).removeNode(190, 1),
	}
}
