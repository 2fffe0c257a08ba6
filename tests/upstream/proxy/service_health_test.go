// SPDX-License-Identifier: Apache-2.0
// Kind "service_health": the health check node ports under hand-written and random scripts.

package proxytrace

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
)

// serviceSide is upstream's server together with the connections that the script keeps.
type serviceSide struct {
	t       *testing.T
	network *memoryNetwork
	health  *healthServer
	server  healthcheck.ServiceHealthServer
	kept    map[string]*memoryClient
	out     healthzOut
}

func recordServiceHealth(tr *trace) {
	for _, c := range serviceHealthCases() {
		tr.serviceHealth(c.name, c.timeout, c.script)
	}
	for n := range cases(40) {
		tr.serviceHealth(randomName(n), 10*time.Second, randomServiceHealth(random("service_health", n)))
	}
}

func (tr *trace) serviceHealth(name string, timeout time.Duration, s *script) {
	steps := forRelease(s.steps)
	out := newHealthzOut()
	synctest.Test(tr.t, func(t *testing.T) {
		network := newMemoryNetwork(t)
		defer network.shutdown()
		health := startHealthServer(t, network, timeout)
		server := newServiceHealthServer(health)
		setUnexported(t, server, "listener", network)
		side := &serviceSide{t: t, network: network, health: health, server: server, out: out,
			kept: map[string]*memoryClient{}}
		play(t, steps, side.perform)
		for _, client := range side.kept {
			client.close()
		}
		if err := server.SyncServices(nil); err != nil {
			t.Error(err)
		}
		out = side.out
	})
	tr.add("service_health", name, healthzIn{timeout.Microseconds(), steps}, out)
}

func namespacedName(service string) types.NamespacedName {
	namespace, name, _ := strings.Cut(service, "/")
	return types.NamespacedName{Namespace: namespace, Name: name}
}

func (side *serviceSide) perform(s step) {
	switch s.Do {
	case "sync_services":
		services := map[types.NamespacedName]uint16{}
		for service, port := range s.Services {
			services[namespacedName(service)] = uint16(port)
		}
		if err := side.server.SyncServices(services); err != nil {
			side.t.Error(err)
		}
	case "sync_endpoints":
		counts := map[types.NamespacedName]int{}
		for service, count := range s.Counts {
			counts[namespacedName(service)] = count
		}
		if err := side.server.SyncEndpoints(counts); err != nil {
			side.t.Error(err)
		}
	case "connect":
		side.connect(s)
	case "request":
		side.out.record(ask(side.kept[s.Connection]))
	case "probe":
		client := side.network.dial(s.Port)
		side.out.record(ask(client))
		if client != nil {
			client.close()
		}
	default:
		side.health.perform(s)
	}
}

func (side *serviceSide) connect(s step) {
	if old := side.kept[s.Connection]; old != nil {
		old.close()
		delete(side.kept, s.Connection)
	}
	client := side.network.dial(s.Port)
	if client == nil {
		side.out.record(&httpAnswer{Result: "refused"})
		return
	}
	side.kept[s.Connection] = client
	side.out.record(&httpAnswer{Result: "open"})
}

// ask sends one request; no connection means that it was refused.
func ask(client *memoryClient) *httpAnswer {
	if client == nil {
		return &httpAnswer{Result: "refused"}
	}
	answer := client.get("/")
	if answer == nil {
		return &httpAnswer{Result: "closed"}
	}
	return answer
}

// named maps service names to ports or to counts.
type named = map[string]int

func (s *script) services(services named) *script {
	return s.add(step{Do: "sync_services", Services: services})
}

func (s *script) counts(counts named) *script {
	return s.add(step{Do: "sync_endpoints", Counts: counts})
}

func (s *script) probePorts(ports ...int) *script {
	for _, port := range ports {
		s.add(step{Do: "probe", Port: port})
	}
	return s
}

func (s *script) connect(connection string, port int) *script {
	return s.add(step{Do: "connect", Connection: connection, Port: port})
}

func (s *script) request(connections ...string) *script {
	for _, connection := range connections {
		s.add(step{Do: "request", Connection: connection})
	}
	return s
}

// randomServiceHealth syncs up to three services on distinct ports and looks at them from new and kept connections.
func randomServiceHealth(rng *rand.Rand) *script {
	s, ports := newScript().updated(ipv4, ipv6), []int{30001, 30002, 30003, 30004}
	syncServices := func() {
		rng.Shuffle(len(ports), func(i, j int) { ports[i], ports[j] = ports[j], ports[i] })
		services := named{}
		for n := range 1 + rng.IntN(3) {
			services[fmt.Sprintf("ns/s%d", n)] = ports[n]
		}
		s.services(services)
	}
	syncCounts := func() {
		counts := named{}
		for n := range 3 {
			if rng.IntN(4) > 0 {
				counts[fmt.Sprintf("ns/s%d", n)] = rng.IntN(4)
			}
		}
		s.counts(counts)
	}
	syncServices()
	syncCounts()
	kept := 0
	for range 2 + rng.IntN(4) {
		s.after(randomWait(rng, 10*time.Second))
		switch rng.IntN(8) {
		case 0:
			syncServices()
			syncCounts()
		case 1:
			syncServices()
		case 2:
			syncCounts()
		case 3, 4:
			s.queued([]string{ipv4, ipv6}[rng.IntN(2)])
		case 5:
			s.updated([]string{ipv4, ipv6}[rng.IntN(2)])
		default:
			kept++
			s.connect(fmt.Sprint("c", kept), ports[rng.IntN(2)])
		}
	}
	s.probePorts(ports[0], ports[1])
	for ; kept > 0; kept-- {
		s.request(fmt.Sprint("c", kept))
	}
	return s
}
