// SPDX-License-Identifier: Apache-2.0
// The recording cloud provider.

package controller

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	cloudprovider "k8s.io/cloud-provider"
)

var errScripted = errors.New("the history says that this call fails")

// cloud is a cloud provider that answers as the history says and records every call.
type cloud struct {
	cloudprovider.Interface // nil: the service controller uses nothing but load balancers
	history                 *History
	start                   time.Time
	mu                      sync.Mutex
	calls                   []Call
	counts                  map[string]int // calls so far, by operation and service
	exists                  map[int]bool   // load balancers
	stopped                 chan struct{}  // closed at the end of the history
	yield                   func()
}

func newCloud(history *History, yield func()) *cloud {
	return &cloud{history: history, start: time.Now(), counts: map[string]int{}, exists: map[int]bool{},
		stopped: make(chan struct{}), yield: yield}
}

func (c *cloud) LoadBalancer() (cloudprovider.LoadBalancer, bool) { return c, true }
func (c *cloud) ProviderName() string                             { return "recording" }

// stop ends the calls under way and makes every later one return at once, unrecorded.
func (c *cloud) stop() { close(c.stopped) }

// wait lets the time of a call pass; false where the history ends first.
func (c *cloud) wait(answer Answer) bool {
	select {
	case <-time.After(time.Duration(answer.Latency) * time.Microsecond):
		c.yield()
		return true
	case <-c.stopped:
		return false
	}
}

// begin records a call and says how it goes; false after the end of the history.
func (c *cloud) begin(operation string, service *v1.Service, nodes []*v1.Node) (Answer, bool) {
	c.yield()
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.stopped:
		return Answer{}, false
	default:
	}
	call := Call{T: c.now(), Operation: operation, Service: numberOf(service.Name)}
	var targets []string
	for _, node := range nodes {
		call.Nodes = append(call.Nodes, numberOf(node.Name))
		targets = append(targets, node.Name+"="+node.Spec.ProviderID)
	}
	slices.Sort(targets)
	call.targets = strings.Join(targets, " ")
	slices.Sort(call.Nodes)
	c.calls = append(c.calls, call)
	key := operation + strconv.Itoa(call.Service)
	c.counts[key]++
	answers, latency := c.script(operation, call.Service)
	if c.counts[key] <= len(answers) {
		return answers[c.counts[key]-1], true
	}
	return Answer{Latency: latency, Kind: "ok"}, true
}

func (c *cloud) script(operation string, service int) ([]Answer, int64) {
	script := c.history.Cloud[strconv.Itoa(service)]
	if script == nil {
		script = &CallScript{}
	}
	switch operation {
	case "E":
		return script.Ensure, c.history.Default.Ensure
	case "U":
		return script.Update, c.history.Default.Update
	case "G":
		return script.Get, c.history.Default.Get
	default:
		return script.Delete, c.history.Default.Delete
	}
}

func (c *cloud) now() int64 { return time.Since(c.start).Microseconds() }

// call performs one operation: record, take the time, answer. `done` runs at the end of a call that succeeds.
func (c *cloud) call(operation string, service *v1.Service, nodes []*v1.Node, done func()) error {
	answer, running := c.begin(operation, service, nodes)
	if !running || !c.wait(answer) {
		return nil
	}
	switch answer.Kind {
	case "error":
		return errScripted
	case "retry":
		return retryError(time.Duration(answer.Delay) * time.Microsecond)
	case "elsewhere":
		return cloudprovider.ImplementedElsewhere
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	done()
	return nil
}

func (c *cloud) GetLoadBalancer(_ context.Context, _ string, service *v1.Service) (*v1.LoadBalancerStatus, bool, error) {
	answer, running := c.begin("G", service, nil)
	if !running || !c.wait(answer) {
		return nil, false, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.exists[numberOf(service.Name)]
	switch answer.Kind {
	case "error":
		return nil, false, errScripted
	case "found":
		found = true
	case "absent":
		found = false
	}
	return balancerStatus(service), found, nil
}

func (c *cloud) GetLoadBalancerName(_ context.Context, _ string, service *v1.Service) string {
	return service.Name
}

func (c *cloud) EnsureLoadBalancer(_ context.Context, _ string, service *v1.Service, nodes []*v1.Node) (*v1.LoadBalancerStatus, error) {
	err := c.call("E", service, nodes, func() { c.exists[numberOf(service.Name)] = true })
	if err != nil {
		return nil, err
	}
	return balancerStatus(service), nil
}

func (c *cloud) UpdateLoadBalancer(_ context.Context, _ string, service *v1.Service, nodes []*v1.Node) error {
	return c.call("U", service, nodes, func() {})
}

func (c *cloud) EnsureLoadBalancerDeleted(_ context.Context, _ string, service *v1.Service) error {
	return c.call("D", service, nil, func() { delete(c.exists, numberOf(service.Name)) })
}

func balancerStatus(service *v1.Service) *v1.LoadBalancerStatus {
	return &v1.LoadBalancerStatus{Ingress: []v1.LoadBalancerIngress{{IP: "192.0.2." + service.Name[1:]}}}
}
