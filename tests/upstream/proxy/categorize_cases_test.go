// SPDX-License-Identifier: Apache-2.0
// The hand-written cases of kind "categorize": the table of upstream's TestCategorizeEndpoints, and conditions.

//go:build since_24

package proxytrace

import (
	"fmt"
	"strings"
)

type categorizeCase struct {
	name  string
	gates map[string]bool
	in    categorizeIn
}

// endpoints reads a short notation: "a[z:a,b;n:1;L] b[!] c[T]" with zone hints, node hints, L local, ! not ready,
// T serving and terminating, X terminating and not serving, P ready though terminating. Node hint 1 is node n1.
func endpoints(notation string) []categorizeEndpoint {
	var list []categorizeEndpoint
	for _, word := range strings.Fields(notation) {
		_, rest, _ := strings.Cut(word, "[")
		endpoint := categorizeEndpoint{Node: "n1"}
		for _, mark := range strings.Split(strings.TrimSuffix(rest, "]"), ";") {
			switch {
			case strings.HasPrefix(mark, "z:"):
				endpoint.Zones = strings.Split(mark[2:], ",")
			case strings.HasPrefix(mark, "n:"):
				for _, digit := range strings.Split(mark[2:], ",") {
					endpoint.Nodes = append(endpoint.Nodes, "n"+digit)
				}
			case mark == "L":
				endpoint.Node = nodeName
			case mark == "!":
				endpoint.Conditions = "FFF"
			case mark == "T":
				endpoint.Conditions = "FTT"
			case mark == "X":
				endpoint.Conditions = "FFT"
			case mark == "P":
				endpoint.Conditions = "TTT"
			}
		}
		list = append(list, endpoint)
	}
	return list
}

func categorizeCases() []categorizeCase {
	var list []categorizeCase
	add := func(name string, service categorizeService, zone, notation string, gates map[string]bool) {
		label := &zone
		if zone == "none" {
			label = nil
		}
		list = append(list, categorizeCase{name, gates, categorizeIn{nil, label, service, endpoints(notation)}})
	}
	tableCases(add)
	gateCases(add)
	for _, service := range []categorizeService{
		{ExternalLocal: true, ExternalIP: true},
		{Type: "NodePort", ExternalLocal: true, NodePort: true},
		{Type: "LoadBalancer", ExternalLocal: true},
		{Type: "LoadBalancer", ExternalLocal: true, LBIP: true},
		{Type: "LoadBalancer", ExternalLocal: true, InternalLocal: true, LBIP: true},
		{Type: "LoadBalancer", InternalLocal: true},
	} {
		name := fmt.Sprintf("exposure %s internal_local %v lb_ip %v external_ip %v", service.Type, service.InternalLocal,
			service.LBIP, service.ExternalIP)
		add(name, service, "a", "a b[L] c[T;L]", nil)
	}
	return append(list, conditionCases()...)
}

type addCase func(name string, service categorizeService, zone, notation string, gates map[string]bool)

// tableCases has the rows of upstream's table; the annotation makes releases that want one use hints.
func tableCases(add addCase) {
	plain := categorizeService{Annotation: "auto"}
	internal := categorizeService{InternalLocal: true}
	external := categorizeService{Type: "NodePort", ExternalLocal: true, NodePort: true, Annotation: "auto"}
	internalExposed := categorizeService{Type: "NodePort", InternalLocal: true, NodePort: true, Annotation: "auto"}
	both := categorizeService{Type: "NodePort", InternalLocal: true, ExternalLocal: true, NodePort: true}
	off, on := map[string]bool{"PreferSameTrafficDistribution": false}, map[string]bool{"PreferSameTrafficDistribution": true}
	four := "a[z:a] b[z:b] c[z:c] d[z:a]"
	local := "a[z:a;L] b[z:b;L] c[z:c] d[z:a]"
	hinted := "a[z:a;n:0] b[z:b;n:2] c[z:c;n:3] d[z:a;n:4]"
	for n, row := range []struct {
		service  categorizeService
		zone     string
		notation string
		gates    map[string]bool
	}{
		{plain, "a", four, nil},
		{external, "a", local, nil},
		{internalExposed, "a", local, nil},
		{plain, "none", "a[z:a]", nil},
		{plain, "", "a[z:a]", nil},
		{plain, "b", "a[z:a]", nil},
		{plain, "a", "a[z:a] b[z:b] c[z:c] d[z:a;!]", nil},
		{plain, "a", "a[z:a;!] b[z:b] c[z:c] d[z:a;!]", nil},
		{plain, "a", "a[z:a] b[z:b] c d[z:a]", nil},
		{plain, "c", "a[z:a,b,c] b[z:b,c] c[z:b,d] d[z:c]", nil},
		{plain, "a", hinted, off},
		{plain, "a", hinted, on},
		{plain, "a", "a[z:a;n:0] b c[z:c;n:3] d[z:a;n:4]", on},
		{plain, "a", strings.Replace(hinted, "n:0", "n:1", 1), on},
		{external, "a", "a[z:a;L] b[z:b;L] c[z:a] d[z:b]", nil},
		{internal, "none", "", nil},
		{internal, "none", "a b", nil},
		{internal, "none", "a[L] b[L]", nil},
		{internal, "none", "a[L] b", nil},
		{plain, "none", "a[!] b[!]", nil},
		{plain, "none", "a[!] b", nil},
		{plain, "none", "a[T;L] b[T]", nil},
		{internalExposed, "none", "a[L] b", nil},
		{external, "none", "a[L] b", nil},
		{both, "none", "a[L] b", nil},
		{both, "none", "a b", nil},
		{both, "none", "a[T] b[T]", nil},
		{external, "none", "a b[!;L] c[T;L] d[T]", nil},
		{categorizeService{ExternalLocal: true}, "none", "a b[L]", nil},
		{internal, "none", "a b[L]", nil},
		{plain, "none", "", nil},
		{plain, "a", "a[!]", nil},
	} {
		add(fmt.Sprintf("table row %d", n+1), row.service, row.zone, row.notation, row.gates)
	}
}

// gateCases cover gates, annotation values, and fallbacks beside topology.
func gateCases(add addCase) {
	settable := settableGates()
	annotations := []string{"", "auto", "Auto", "disabled", "Disabled", "AUTO", "other"}
	if hintsAnnotation == "" {
		annotations = nil
	}
	for _, annotation := range annotations {
		for _, distribution := range []bool{false, true} {
			if _, ok := settable["ServiceTrafficDistribution"]; !ok && distribution {
				continue
			}
			add(fmt.Sprintf("annotation %q, ServiceTrafficDistribution %v", annotation, distribution),
				categorizeService{Annotation: annotation}, "a", "a[z:a] b[z:b]",
				map[string]bool{"ServiceTrafficDistribution": distribution})
		}
	}
	for _, gate := range []string{"TopologyAwareHints", "ProxyTerminatingEndpoints", "ServiceInternalTrafficPolicy"} {
		if _, ok := settable[gate]; !ok {
			continue
		}
		for _, value := range []bool{false, true} {
			gates := map[string]bool{gate: value, "ServiceTrafficDistribution": false}
			service := categorizeService{Type: "LoadBalancer", ExternalLocal: true, LBIP: true, Annotation: "auto"}
			add(fmt.Sprintf("%s %v, exposed", gate, value), service, "a", "a[z:a;T;L] b[z:b] c[z:a]", gates)
			add(fmt.Sprintf("%s %v, internal", gate, value), categorizeService{InternalLocal: true, Annotation: "auto"},
				"a", "a[z:a;T;L] b[z:b]", gates)
			add(fmt.Sprintf("%s %v, only terminating", gate, value), service, "a", "a[T;L] b[T] c[X;L]", gates)
		}
	}
	plain := categorizeService{Annotation: "auto"}
	on := map[string]bool{"PreferSameTrafficDistribution": true}
	add("terminating endpoints need no hints", plain, "a", "a[z:a] b[z:b] c[T] d[X]", nil)
	add("node hints only", plain, "a", "a[n:0] b[n:1]", on)
	add("node hints for several nodes", plain, "a", "a[n:0,1] b[n:1] c[n:0,2]", on)
	add("node hints with the hinted endpoint not ready", plain, "a", "a[z:a;n:0;!] b[z:b;n:1] c[z:a;n:2]", on)
	add("zone hint is the empty string", plain, "", "a[z:] b[z:b]", nil)
	add("ready while terminating", plain, "none", "a[P;L] b", nil)
}

// conditionCases go through nil, true and false of every condition.
func conditionCases() []categorizeCase {
	const values = "-TF"
	var list []categorizeCase
	for n := range 27 {
		conditions := string([]byte{values[n/9], values[n/3%3], values[n%3]})
		service := categorizeService{Type: "LoadBalancer", ExternalLocal: true, LBIP: true}
		endpoints := []categorizeEndpoint{{Conditions: conditions, Node: nodeName}}
		list = append(list, categorizeCase{"conditions " + conditions, nil, categorizeIn{nil, nil, service, endpoints}})
	}
	return list
}
