// SPDX-License-Identifier: Apache-2.0
// Kind "node_eligibility": what each node event does to /healthz of a proxy that is otherwise healthy.

package proxytrace

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

type eligibilityIn struct {
	Steps []step `json:"steps"`
}

type eligibilityOut struct {
	Eligible []bool `json:"eligible"`
}

func recordNodeEligibility(tr *trace) {
	if !hasNodes {
		return
	}
	one := func(do string, deleting bool, taints ...string) *script {
		return newScript().node(do, deleting, taints...)
	}
	hand := []struct {
		name   string
		script *script
	}{
		{"never seen", newScript()},
		{"added clean", one("node_add", false)},
		{"added with the taint", one("node_add", false, clusterTaint)},
		{"added deleting", one("node_add", true)},
		{"first event is an update", one("node_update", false)},
		{"first event is a delete of a clean node", one("node_delete", false)},
		{"first event is a delete of a tainted node", one("node_delete", false, clusterTaint)},
		{"other taints", one("node_add", false, "node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready",
			"node.kubernetes.io/unschedulable", "DeletionCandidateOfClusterAutoscaler", "karpenter.sh/disrupted")},
		{"taint among others", one("node_add", false, "other", clusterTaint, "another")},
		{"taint comes and goes", one("node_add", false).node("node_update", false, clusterTaint).node("node_update", false)},
		{"deleted clean", one("node_add", false).node("node_delete", false)},
		{"deleted while tainted, comes back clean", one("node_add", false, clusterTaint).
			node("node_delete", false, clusterTaint).node("node_add", false)},
		{"the last object of a delete differs from the one before", one("node_add", false).
			node("node_delete", false, clusterTaint).node("node_add", false).node("node_delete", true)},
		{"a delete brings a clean object after a tainted one", one("node_add", false, clusterTaint).
			node("node_delete", false)},
		{"deletionTimestamp is taken back", one("node_add", true).node("node_update", false)},
	}
	for _, c := range hand {
		tr.eligibility(c.name, c.script)
	}
	for n := range cases(8) {
		rng, s := random("eligibility", n), newScript()
		for range 1 + rng.IntN(6) {
			randomNodeEvent(rng, s)
		}
		tr.eligibility(randomName(n), s)
	}
}

func (tr *trace) eligibility(name string, s *script) {
	if s.steps == nil {
		s.steps = []step{}
	}
	var out eligibilityOut
	synctest.Test(tr.t, func(t *testing.T) {
		network := newMemoryNetwork(t)
		defer network.shutdown()
		server := startHealthServer(t, network, time.Minute)
		ask := func() {
			out.Eligible = append(out.Eligible, probeAll(t, network, "/healthz").Status == http.StatusOK)
		}
		ask()
		play(t, s.steps, func(s step) {
			server.perform(s)
			ask()
		})
	})
	tr.add("node_eligibility", name, eligibilityIn{s.steps}, out)
}
