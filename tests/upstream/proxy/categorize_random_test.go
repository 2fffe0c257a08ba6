// SPDX-License-Identifier: Apache-2.0
// Random cases of kind "categorize".

//go:build since_24

package proxytrace

import (
	"math/rand/v2"

	v1 "k8s.io/api/core/v1"
)

func randomCategorize(rng *rand.Rand) (map[string]bool, categorizeIn) {
	gates, in := map[string]bool{}, categorizeIn{Service: randomService(rng)}
	for _, gate := range selectionGates {
		if rng.IntN(2) > 0 {
			gates[gate] = rng.IntN(3) > 0
		}
	}
	if zone := []string{"a", "a", "a", "b", ""}[rng.IntN(5)]; rng.IntN(8) > 0 {
		in.Zone = &zone
	}
	// How likely an endpoint has hints: mostly all or none, because one without switches them off.
	zoneHints, nodeHints := []int{0, 8, 10, 10}[rng.IntN(4)], []int{0, 0, 8, 10}[rng.IntN(4)]
	readiness := []int{0, 1, 2, 3, 3}[rng.IntN(5)]
	size := []int{0, 1, 1, 2, 2, 3}[rng.IntN(6)]
	if zoneHints == 10 {
		size = []int{2, 2, 2, 3, 4}[rng.IntN(5)]
	}
	for range size {
		endpoint := categorizeEndpoint{Node: []string{nodeName, "n1", "n2", ""}[rng.IntN(4)]}
		endpoint.Conditions = randomConditions(rng, readiness)
		if rng.IntN(10) < zoneHints {
			endpoint.Zones = [][]string{{"a"}, {"a"}, {"a"}, {"b"}, {"b"}, {"a", "b"}, {""}}[rng.IntN(7)]
		}
		if rng.IntN(10) < nodeHints {
			endpoint.Nodes = [][]string{{nodeName}, {nodeName}, {nodeName, "n1"}, {"n1"}, {"n2"}}[rng.IntN(5)]
		}
		in.Endpoints = append(in.Endpoints, endpoint)
	}
	return gates, in
}

func randomService(rng *rand.Rand) categorizeService {
	service := categorizeService{
		Type:          []v1.ServiceType{"", "NodePort", "LoadBalancer", "LoadBalancer"}[rng.IntN(4)],
		InternalLocal: rng.IntN(4) == 0,
		ExternalLocal: rng.IntN(2) == 0,
		ExternalIP:    rng.IntN(5) == 0,
		Annotation:    []string{"auto", "auto", "auto", "Auto", "", "disabled", "Disabled", "other"}[rng.IntN(8)],
	}
	service.NodePort = service.Type != "" && rng.IntN(5) > 0
	service.LBIP = service.Type == v1.ServiceTypeLoadBalancer && rng.IntN(4) > 0
	return service
}

// randomConditions picks what controllers really write; a low readiness makes the fallbacks frequent.
func randomConditions(rng *rand.Rand, readiness int) string {
	if rng.IntN(4) < readiness {
		return ""
	}
	notReady := []string{"FTT", "FTT", "FFF", "FFT"}
	if readiness == 0 && rng.IntN(8) > 0 {
		return notReady[rng.IntN(len(notReady))]
	}
	return append(notReady, "---", "T--", "F--", "F-T", "TTT", "TFT", "-TF")[rng.IntN(len(notReady)+7)]
}
