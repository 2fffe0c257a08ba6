// SPDX-License-Identifier: Apache-2.0
// Kind "healthz": the proxy health server under hand-written and random scripts.

package proxytrace

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

type healthzIn struct {
	Timeout int64  `json:"timeout_us"`
	Steps   []step `json:"steps"`
}

// healthzOut holds each body once, because they repeat a lot.
type healthzOut struct {
	Bodies  []string      `json:"bodies"`
	Answers []*httpAnswer `json:"answers"`
}

func newHealthzOut() healthzOut {
	return healthzOut{Bodies: []string{}, Answers: []*httpAnswer{}}
}

// record appends an answer and replaces its bodies by their places in the list.
func (out *healthzOut) record(answer *httpAnswer) {
	out.Answers = append(out.Answers, answer)
	var bodies []int
	for _, body := range answer.bodies {
		place := slices.Index(out.Bodies, body)
		if place < 0 {
			place = len(out.Bodies)
			out.Bodies = append(out.Bodies, body)
		}
		bodies = append(bodies, place)
	}
	switch len(bodies) {
	case 0:
	case 1:
		answer.Body = &bodies[0]
	default:
		answer.BodyAnyOf = bodies
	}
}

func recordHealthz(tr *trace) {
	for _, c := range healthzCases() {
		tr.healthz(c.name, c.timeout, c.script)
	}
	for n := range cases(60) {
		rng := random("healthz", n)
		timeout := []time.Duration{60 * time.Second, 10 * time.Second, 3 * time.Second}[rng.IntN(3)]
		tr.healthz(randomName(n), timeout, randomHealthz(rng, timeout))
	}
}

func (tr *trace) healthz(name string, timeout time.Duration, s *script) {
	steps := forRelease(s.steps)
	out := newHealthzOut()
	synctest.Test(tr.t, func(t *testing.T) {
		network := newMemoryNetwork(t)
		defer network.shutdown()
		server := startHealthServer(t, network, timeout)
		play(t, steps, func(s step) {
			if s.Do == "probe" {
				out.record(probeAll(t, network, s.Path))
				return
			}
			server.perform(s)
		})
	})
	if len(out.Answers) == 0 {
		return // every probe was of a path that the release does not have
	}
	tr.add("healthz", name, healthzIn{timeout.Microseconds(), steps}, out)
}

type healthzCase struct {
	name    string
	timeout time.Duration
	script  *script
}

func newScript() *script { return &script{} }

// seenNode starts a script after the node has been seen without taints.
func seenNode() *script { return newScript().node("node_add", false) }

func healthzCases() []healthzCase {
	const minute, ten = time.Minute, 10 * time.Second
	return []healthzCase{
		{"fresh server", minute, newScript().probe().after(time.Hour).probe()},
		{"unknown paths", minute, seenNode().probe("/", "/readyz", "/healthz/")},
		{"upstream script", ten, upstreamHealthz(ten)},
		{"deadline walk, first updates done", minute, deadlineWalk(seenNode().updated(ipv4, ipv6), minute)},
		{"deadline walk, no update ever done", minute, deadlineWalk(seenNode(), minute)},
		{"deadline walk, queued before the first update", minute, deadlineWalk(seenNode().queued(ipv4).
			after(time.Second).updated(ipv4, ipv6), minute)},
		{"update done and queued at the same time", ten, seenNode().updated(ipv4, ipv6).after(time.Second).updated(ipv4).
			queued(ipv4).after(ten).probe()},
		{"queued and update done at the same time", ten, seenNode().updated(ipv4, ipv6).after(time.Second).queued(ipv4).
			updated(ipv4).after(ten).probe()},
		{"steady queued updates hide or show a dead proxier", ten, steadyQueue(ten)},
		{"queued repeatedly, done once", ten, seenNode().updated(ipv4).after(time.Second).queued(ipv4).after(5 * time.Second).
			queued(ipv4).updated(ipv4).after(ten).probe("/healthz").queued(ipv4).after(ten - time.Microsecond).
			probe("/healthz").after(time.Microsecond).probe("/healthz")},
		{"a family that never had an update", ten, seenNode().updated(ipv4).after(time.Second).queued(ipv4, ipv6).
			updated(ipv4).after(ten).probe().updated(ipv6).probe().queued(ipv6).after(ten).probe()},
		{"one family late, the other goes on", ten, seenNode().updated(ipv4, ipv6).after(time.Second).queued(ipv6).
			after(ten).updated(ipv4).probe().updated(ipv6).probe()},
		{"both families late", ten, seenNode().updated(ipv4).after(time.Second).updated(ipv6).after(time.Second).
			queued(ipv4, ipv6).after(ten).probe().updated(ipv6).probe().updated(ipv4).probe()},
		{"queued before the first update of each family", ten, seenNode().queued(ipv4, ipv6).after(ten).probe().
			updated(ipv4).probe().updated(ipv6).probe().after(ten).probe()},
		{"node life", minute, nodeLife()},
		{"late and not eligible, repaired one by one", ten, seenNode().updated(ipv4, ipv6).queued(ipv4).after(ten).
			node("node_update", false, clusterTaint).probe().updated(ipv4).probe().queued(ipv4).after(ten).
			node("node_update", false).probe().updated(ipv4).probe()},
	}
}

// upstreamHealthz is the sequence of upstream's TestHealthzServer.
func upstreamHealthz(timeout time.Duration) *script {
	wait := 25 * time.Second
	s := seenNode().probe().updated(ipv4, ipv6).probe().after(wait).probe()
	for _, families := range [][]string{{ipv4}, {ipv6}, {ipv4, ipv6}} {
		s.queued(families...).after(wait).probe("/healthz").updated(families...).probe("/healthz").after(timeout / 2)
	}
	s.queued(ipv6).after(wait).updated(ipv4).probe().updated(ipv6).probe("/healthz")
	s.node("node_update", false, "other").probe().node("node_update", false, clusterTaint).probe()
	return s.node("node_update", false, "other").probe().node("node_update", true).probe()
}

func deadlineWalk(s *script, timeout time.Duration) *script {
	s.after(time.Second).queued(ipv4).probe("/healthz").after(timeout - time.Microsecond).probe("/healthz")
	s.after(time.Microsecond).probe("/healthz", "/livez").after(time.Microsecond).probe("/healthz")
	return s.after(timeout).updated(ipv4).probe("/healthz")
}

func steadyQueue(timeout time.Duration) *script {
	s := seenNode().updated(ipv4, ipv6).after(time.Second)
	for range 4 {
		s.queued(ipv4).after(timeout / 2).probe("/healthz")
	}
	return s.after(timeout).probe("/healthz").updated(ipv4).probe("/healthz")
}

func nodeLife() *script {
	s := newScript().updated(ipv4, ipv6).probe().after(time.Second)
	s.node("node_add", false).probe("/healthz").after(time.Second)
	s.node("node_update", false, clusterTaint).probe().after(time.Second)
	s.node("node_delete", false, clusterTaint).probe().after(time.Second)
	s.node("node_add", false).probe().after(time.Second)
	s.node("node_update", true).probe().after(time.Second)
	return s.node("node_delete", false).probe()
}

// randomHealthz mixes events, and waits that lie on, beside and far from the deadline.
func randomHealthz(rng *rand.Rand, timeout time.Duration) *script {
	s := newScript()
	if rng.IntN(10) < 8 {
		s.node("node_add", false)
	}
	families := []string{ipv4, ipv6}
	if rng.IntN(10) < 7 {
		s.updated(families...)
	}
	probes := 0
	for range 3 + rng.IntN(4) {
		s.after(randomWait(rng, timeout))
		family := families[rng.IntN(2)]
		switch roll := rng.IntN(20); {
		case roll < 6:
			s.queued(family)
		case roll < 10:
			s.updated(family)
		case roll < 14:
			randomNodeEvent(rng, s)
		case probes < 1:
			s.probe([]string{"/healthz", "/healthz", "/livez"}[rng.IntN(3)])
			probes++
		}
	}
	return s.probe("/healthz")
}

func randomWait(rng *rand.Rand, timeout time.Duration) time.Duration {
	waits := []time.Duration{0, 0, time.Microsecond, timeout / 2, timeout - time.Microsecond, timeout, timeout + time.Microsecond}
	if n := rng.IntN(len(waits) + 3); n < len(waits) {
		return waits[n]
	}
	return time.Duration(rng.Int64N(int64(timeout)/1000)) * time.Microsecond
}

func randomNodeEvent(rng *rand.Rand, s *script) {
	do := []string{"node_add", "node_update", "node_update", "node_update", "node_delete"}[rng.IntN(5)]
	taints := [][]string{nil, nil, {clusterTaint}, {"other"}, {"other", clusterTaint}}[rng.IntN(5)]
	s.node(do, rng.IntN(6) == 0, taints...)
}
