// SPDX-License-Identifier: Apache-2.0
// The hand-written scripts of kind "service_health".

package proxytrace

import "time"

func serviceHealthCases() []healthzCase {
	const ten = 10 * time.Second
	a, ab := named{"ns/a": 30001}, named{"ns/a": 30001, "ns/b": 30002}
	both := named{"ns/a": 1, "ns/b": 2}
	return []healthzCase{
		{"no services", ten, newScript().probePorts(30001)},
		{"upstream script", ten, upstreamServiceHealth(ten)},
		{"endpoints before the service are dropped", ten, newScript().counts(both).services(a).probePorts(30001).
			counts(both).probePorts(30001)},
		{"a service that stays keeps its count", ten, newScript().services(a).counts(both).services(ab).
			probePorts(30001, 30002)},
		{"another port loses the count", ten, newScript().services(a).counts(both).services(named{"ns/a": 30009}).
			probePorts(30001, 30009).counts(both).probePorts(30009)},
		{"two services swap ports", ten, newScript().services(ab).counts(both).
			services(named{"ns/a": 30002, "ns/b": 30001}).probePorts(30001, 30002).
			counts(both).probePorts(30001, 30002)},
		{"a port that is taken is tried again at the next sync", ten, newScript().services(a).counts(both).
			services(named{"ns/a": 30001, "ns/b": 30001}).counts(both).probePorts(30001).
			services(named{"ns/b": 30001}).probePorts(30001).counts(both).probePorts(30001).
			services(named{"ns/b": 30001}).probePorts(30001)},
		{"left out of the counts means none", ten, newScript().services(ab).counts(both).counts(named{"ns/b": 3}).
			probePorts(30001, 30002).counts(named{}).probePorts(30002)},
		{"proxy health", ten, proxyHealthScript(ten)},
		{"a kept connection sees new counts", ten, newScript().services(a).connect("c", 30001).request("c").
			counts(both).request("c").counts(named{}).request("c")},
		{"a kept connection after the service is gone", ten, newScript().services(a).counts(both).connect("c", 30001).
			request("c").services(named{}).request("c").after(time.Minute).request("c").probePorts(30001)},
		{"a connection without a request after the service is gone", ten, newScript().services(a).counts(both).
			connect("c", 30001).services(named{}).request("c")},
		{"a kept connection after the service came back", ten, newScript().services(a).counts(both).connect("c", 30001).
			request("c").services(named{}).services(a).request("c").counts(both).request("c")},
		{"a kept connection after the port changed", ten, newScript().services(a).counts(both).connect("c", 30001).
			request("c").services(named{"ns/a": 30009}).counts(named{"ns/a": 7}).request("c").
			probePorts(30001, 30009)},
		{"a kept connection after another service took the port", ten, newScript().services(a).counts(both).
			connect("c", 30001).request("c").services(named{"ns/b": 30001}).counts(both).request("c").
			probePorts(30001)},
	}
}

// upstreamServiceHealth is the sequence of upstream's TestServer.
func upstreamServiceHealth(timeout time.Duration) *script {
	s := newScript().updated(ipv4, ipv6).services(named{}).counts(named{"mynamespace/none": 5}).probePorts(9376)
	one := named{"mynamespace/a": 9376}
	s.services(one).probePorts(9376)
	for _, count := range []int{18, 0, 11} {
		s.counts(named{"mynamespace/a": count}).probePorts(9376)
	}
	s.counts(named{}).probePorts(9376).counts(named{"mynamespace/a": 18}).probePorts(9376).services(named{}).probePorts(9376)
	s.services(named{"mynamespace/a": 9376, "mynamespace/b": 12909, "mynamespace/c": 11113}).probePorts(9376, 12909, 11113)
	s.counts(named{"mynamespace/a": 9, "mynamespace/b": 3, "mynamespace/c": 7})
	s.probePorts(9376, 12909, 11113)
	s.services(named{"mynamespace/b": 12909, "mynamespace/c": 11114, "mynamespace/d": 11878})
	s.probePorts(9376, 12909, 11113, 11114, 11878)
	s.counts(named{"mynamespace/b": 3, "mynamespace/c": 7, "mynamespace/d": 6})
	s.probePorts(12909, 11114, 11878)
	s.counts(named{"mynamespace/c": 7, "mynamespace/d": 6}).probePorts(12909, 11114, 11878)
	s.queued(ipv4).after(timeout).probePorts(12909, 11114, 11878)
	return s.updated(ipv4).probePorts(12909, 11114, 11878)
}

// proxyHealthScript walks the deadline of the proxy health server, seen from a service's port.
func proxyHealthScript(timeout time.Duration) *script {
	s := newScript().services(named{"ns/a": 30001, "ns/b": 30002}).counts(named{"ns/a": 2})
	s.probePorts(30001, 30002).queued(ipv4).after(timeout).probePorts(30001).updated(ipv4, ipv6).after(time.Second)
	s.queued(ipv6).after(timeout-time.Microsecond).probePorts(30001).after(time.Microsecond).probePorts(30001, 30002)
	s.updated(ipv4).probePorts(30001).updated(ipv6).probePorts(30001)
	return s.node("node_update", false, clusterTaint).probePorts(30001)
}
