// SPDX-License-Identifier: Apache-2.0
// The steps of the health scripts, and what they mean for upstream's objects.

package proxytrace

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	nodeName      = "n0"
	healthAddress = "127.0.0.1:10256"
	healthPort    = 10256
	ipv4, ipv6    = "IPv4", "IPv6"
	clusterTaint  = "ToBeDeletedByClusterAutoscaler"
)

// nodeState is what the health server can see of a node.
type nodeState struct {
	Taints   []string `json:"taints,omitempty"`
	Deleting bool     `json:"deleting,omitempty"`
}

func (n *nodeState) object() *v1.Node {
	node := &v1.Node{ObjectMeta: metav1.ObjectMeta{Name: nodeName}}
	for _, key := range n.Taints {
		node.Spec.Taints = append(node.Spec.Taints, v1.Taint{Key: key, Effect: v1.TaintEffectNoSchedule})
	}
	if n.Deleting {
		now := metav1.Now()
		node.DeletionTimestamp = &now
	}
	return node
}

// step is one line of a health script; README.md lists which fields belong to which Do.
type step struct {
	At         int64          `json:"t_us,omitzero"`
	Do         string         `json:"do"`
	Family     string         `json:"family,omitzero"`
	Node       *nodeState     `json:"node,omitzero"`
	Path       string         `json:"path,omitzero"`
	Port       int            `json:"port,omitzero"`
	Connection string         `json:"connection,omitzero"`
	Services   map[string]int `json:"services,omitzero"`
	Counts     map[string]int `json:"counts,omitzero"`
}

// script is a health script and the time its next step gets.
type script struct {
	now   time.Duration
	steps []step
}

func (s *script) add(next step) *script {
	next.At = s.now.Microseconds()
	s.steps = append(s.steps, next)
	return s
}

func (s *script) after(d time.Duration) *script {
	s.now += d
	return s
}

func (s *script) queued(families ...string) *script {
	for _, family := range families {
		s.add(step{Do: "queued", Family: family})
	}
	return s
}

func (s *script) updated(families ...string) *script {
	for _, family := range families {
		s.add(step{Do: "updated", Family: family})
	}
	return s
}

func (s *script) node(do string, deleting bool, taints ...string) *script {
	return s.add(step{Do: do, Node: &nodeState{Taints: taints, Deleting: deleting}})
}

func (s *script) probe(paths ...string) *script {
	if len(paths) == 0 {
		paths = []string{"/healthz", "/livez"}
	}
	for _, path := range paths {
		if path == "/healthz" {
			path = "" // the default
		}
		s.add(step{Do: "probe", Path: path})
	}
	return s
}

// forRelease drops what the release does not have, so that the input holds only what had an effect.
func forRelease(steps []step) []step {
	var kept []step
	for _, s := range steps {
		if s.Node != nil && !hasNodes || s.Path == "/livez" && !hasNodes {
			continue
		}
		if !hasFamilies {
			s.Family = ""
		}
		if n := len(kept); n > 0 && s.Family == "" && (s.Do == "queued" || s.Do == "updated") &&
			kept[n-1].Do == s.Do && kept[n-1].At == s.At {
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// play runs a script in virtual time: before each step the clock stands at its time and everything is settled.
func play(t *testing.T, steps []step, perform func(step)) {
	t.Helper()
	start := time.Now()
	for _, s := range steps {
		time.Sleep(time.Duration(s.At)*time.Microsecond - time.Since(start))
		synctest.Wait()
		perform(s)
		synctest.Wait()
	}
}

// health performs the steps that concern the proxy health server.
func (h *healthServer) perform(s step) {
	switch s.Do {
	case "queued":
		h.queued(s.Family)
	case "updated":
		h.updated(s.Family)
	case "node_add", "node_update", "node_delete":
		h.nodes.handle(s)
	}
}

// startHealthServer makes a server whose port is in the memory network.
func startHealthServer(t *testing.T, network *memoryNetwork, timeout time.Duration) *healthServer {
	t.Helper()
	server := newHealthServer(t, timeout)
	setUnexported(t, server.upstreamHealth, "listener", network)
	go runHealthServer(server.upstreamHealth)
	synctest.Wait()
	return server
}

// probeAll asks often enough to see every answer that Go's map order can give; they differ in the body only.
func probeAll(t *testing.T, network *memoryNetwork, path string) *httpAnswer {
	t.Helper()
	client := network.dial(healthPort)
	if client == nil {
		t.Fatal("the health server does not listen")
	}
	defer client.close()
	if path == "" {
		path = "/healthz"
	}
	answer := client.get(path)
	if answer == nil {
		t.Fatal("the health server closed the connection")
	}
	// Two map entries: the rarer order comes with 1/8, so 400 requests miss it once in 1e23.
	for range 400 {
		if answer.Status != 503 {
			break
		}
		if body := client.get(path).bodies[0]; !slices.Contains(answer.bodies, body) {
			answer.bodies = append(answer.bodies, body)
		}
	}
	slices.Sort(answer.bodies)
	return answer
}
