// SPDX-License-Identifier: Apache-2.0
// One history in one bubble.

package controller

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/informers"
	"k8s.io/cloud-provider/controllers/service"
)

// The CCM's --min-resync-period, so that only the controller's own resync periods show.
const informerResync = 12 * time.Hour

// run replays one history in a bubble of virtual time, which starts at the controller's start.
func run(t *testing.T, history *History, log *logReader, shake uint64) Trace {
	trace := Trace{Name: history.Name, Calls: []Call{}}
	var passes map[int64]bool
	synctest.Test(t, func(t *testing.T) {
		log.begin(shake)
		cluster := newCluster()
		events := history.Events
		for len(events) > 0 && events[0].T == 0 {
			mustApply(t, cluster, events[0])
			events = events[1:]
		}
		client := newClient(cluster)
		cloud := newCloud(history, log.yield)
		factory := informers.NewSharedInformerFactory(client, informerResync)
		controller, err := service.New(cloud, client, factory.Core().V1().Services(), factory.Core().V1().Nodes(),
			"cluster", featureGates(history.GateOff))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		factory.Start(ctx.Done())
		client.settle()
		if !factory.Core().V1().Services().Informer().HasSynced() || !factory.Core().V1().Nodes().Informer().HasSynced() {
			t.Fatal("the informers have not synced")
		}
		go start(ctx, controller, history.Workers)
		for _, event := range events {
			sleepUntil(cloud.start, event.T)
			mustApply(t, cluster, event)
		}
		sleepUntil(cloud.start, history.Until)
		cloud.stop()
		trace.Calls = append(trace.Calls, cloud.calls...)
		trace.Turns, passes = log.end()
		time.Sleep(time.Second) // the syncs under way end before what they use is shut down
		cancel()
		time.Sleep(time.Second)
		finish(controller, client.settle)
	})
	sortCalls(trace.Calls)
	sortTurns(trace.Turns)
	trace.Race = ensureRacesPass && ensureMeetsPass(trace.Calls, passes)
	return trace
}

// ensureMeetsPass is true where an Ensure with new nodes starts in the microsecond in which a node pass starts: a pass
// has ended with a failed service while another node key waits.
func ensureMeetsPass(calls []Call, passes map[int64]bool) bool {
	last := map[int]string{}
	for _, call := range calls {
		if call.Operation == "E" && passes[call.T] && call.targets != last[call.Service] {
			return true
		}
		if call.Operation == "E" || call.Operation == "U" {
			last[call.Service] = call.targets
		}
	}
	return false
}

func mustApply(t *testing.T, c *cluster, event Event) {
	if err := c.apply(event); err != nil {
		t.Fatalf("event at %d: %v", event.T, err)
	}
}

func sleepUntil(start time.Time, t int64) {
	time.Sleep(time.Until(start.Add(time.Duration(t) * time.Microsecond)))
}
