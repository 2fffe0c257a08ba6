// SPDX-License-Identifier: Apache-2.0
// Kind "categorize": upstream's endpoint cache and CategorizeEndpoints, fed with API objects.

//go:build since_24

package proxytrace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubernetes/pkg/proxy"
)

const (
	portName   = "http"
	targetPort = 8080
)

var (
	serviceName = types.NamespacedName{Namespace: "ns", Name: "web"}
	svcPortName = proxy.ServicePortName{NamespacedName: serviceName, Port: portName, Protocol: v1.ProtocolTCP}
)

type categorizeService struct {
	Type          v1.ServiceType `json:"type,omitzero"` // absent is ClusterIP
	InternalLocal bool           `json:"internal_local,omitempty"`
	ExternalLocal bool           `json:"external_local,omitempty"`
	NodePort      bool           `json:"node_port,omitempty"`
	LBIP          bool           `json:"lb_ip,omitempty"`
	ExternalIP    bool           `json:"external_ip,omitempty"`
	Annotation    string         `json:"annotation,omitempty"`
}

// categorizeEndpoint is endpoint n of a case, with address 10.0.0.(n+1).
type categorizeEndpoint struct {
	Conditions string   `json:"conditions,omitempty"` // ready, serving, terminating: T, F or - for nil; absent is TTF
	Node       string   `json:"node,omitempty"`
	Zones      []string `json:"zones,omitempty"`
	Nodes      []string `json:"nodes,omitempty"`
}

type categorizeIn struct {
	Gates     []string             `json:"gates_on,omitzero"` // absent if the release lets none be set
	Zone      *string              `json:"zone,omitempty"`
	Service   categorizeService    `json:"service"`
	Endpoints []categorizeEndpoint `json:"endpoints"`
}

// categorizeOut has endpoints by their place in the input; a nil list is absent.
type categorizeOut struct {
	Endpoints  []string `json:"endpoints"`
	Uses       string   `json:"uses"`
	Cluster    []int    `json:"cluster,omitzero"`
	Local      []int    `json:"local,omitzero"`
	All        []int    `json:"all,omitzero"`
	HasAny     bool     `json:"has_any,omitzero"`
	LocalReady int      `json:"local_ready,omitzero"`
}

// nodeLabels are the labels of node n0.
func (in categorizeIn) nodeLabels() map[string]string {
	labels := map[string]string{v1.LabelHostname: nodeName}
	if in.Zone != nil {
		labels[v1.LabelTopologyZone] = *in.Zone
	}
	return labels
}

func recordCategorize(tr *trace) {
	for _, c := range categorizeCases() {
		tr.categorize(c.name, c.gates, c.in)
	}
	for n := range cases(300) {
		gates, in := randomCategorize(random("categorize", n))
		tr.categorize(randomName(n), gates, in)
	}
	setGates(tr.t, nil)
}

func (tr *trace) categorize(name string, gates map[string]bool, in categorizeIn) {
	in.Gates = setGates(tr.t, gates)
	if in.Endpoints == nil {
		in.Endpoints = []categorizeEndpoint{}
	}
	for n := range in.Endpoints {
		if !hasNodeHints {
			in.Endpoints[n].Nodes = nil
		}
	}
	if hintsAnnotation == "" {
		in.Service.Annotation = ""
	}
	service := servicePortOf(tr.t, in.Service.object())
	endpoints, localReady := endpointsOf(sliceOf(in.Endpoints))
	cluster, local, all, hasAny := categorizeEndpoints(endpoints, service, in.nodeLabels())
	out := categorizeOut{
		Endpoints:  []string{},
		Uses:       letters(letter{"C", service.UsesClusterEndpoints()}, letter{"L", service.UsesLocalEndpoints()}),
		Cluster:    places(cluster),
		Local:      places(local),
		All:        places(all),
		HasAny:     hasAny,
		LocalReady: localReady,
	}
	slices.Sort(out.All)
	for n, endpoint := range endpoints {
		if place(endpoint) != n {
			tr.t.Fatalf("%s: the cache has %s at place %d", name, endpoint, n)
		}
		out.Endpoints = append(out.Endpoints, conditions(endpoint))
	}
	tr.add("categorize", name, in, out)
}

func address(place int) string { return fmt.Sprintf("10.0.0.%d", place+1) }

func place(endpoint proxy.Endpoint) int {
	number, err := strconv.Atoi(strings.TrimPrefix(ip(endpoint), "10.0.0."))
	if err != nil {
		panic(err)
	}
	return number - 1
}

// places keeps the difference between a nil list and an empty one.
func places(endpoints []proxy.Endpoint) []int {
	if endpoints == nil {
		return nil
	}
	list := []int{}
	for _, endpoint := range endpoints {
		list = append(list, place(endpoint))
	}
	return list
}

type letter struct {
	letter string
	set    bool
}

// letters joins the letters that are set.
func letters(all ...letter) string {
	joined := ""
	for _, one := range all {
		if one.set {
			joined += one.letter
		}
	}
	return joined
}

// conditions writes what the cache made of an endpoint: R ready, S serving, T terminating, L local.
func conditions(endpoint proxy.Endpoint) string {
	return letters(letter{"R", endpoint.IsReady()}, letter{"S", endpoint.IsServing()},
		letter{"T", endpoint.IsTerminating()}, letter{"L", isLocal(endpoint)})
}

// conditionOf reads condition number n of an endpoint.
func (e categorizeEndpoint) conditionOf(n int) *bool {
	conditions := e.Conditions
	if conditions == "" {
		conditions = "TTF"
	}
	if conditions[n] == '-' {
		return nil
	}
	set := conditions[n] == 'T'
	return &set
}

func (s categorizeService) object() *v1.Service {
	internal := v1.ServiceInternalTrafficPolicyCluster
	if s.InternalLocal {
		internal = v1.ServiceInternalTrafficPolicyLocal
	}
	serviceType := s.Type
	if serviceType == "" {
		serviceType = v1.ServiceTypeClusterIP
	}
	service := &v1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: serviceName.Namespace, Name: serviceName.Name},
		Spec: v1.ServiceSpec{
			Type: serviceType, ClusterIP: "10.96.0.1", ClusterIPs: []string{"10.96.0.1"}, InternalTrafficPolicy: &internal,
			Ports: []v1.ServicePort{{Name: portName, Protocol: v1.ProtocolTCP, Port: 80}},
		},
	}
	if s.ExternalLocal {
		service.Spec.ExternalTrafficPolicy = "Local"
	}
	if s.NodePort {
		service.Spec.Ports[0].NodePort = 30080
	}
	if s.LBIP {
		service.Status.LoadBalancer.Ingress = []v1.LoadBalancerIngress{{IP: "203.0.113.1"}}
	}
	if s.ExternalIP {
		service.Spec.ExternalIPs = []string{"198.51.100.1"}
	}
	if s.Annotation != "" {
		service.Annotations = map[string]string{hintsAnnotation: s.Annotation}
	}
	return service
}

func sliceOf(endpoints []categorizeEndpoint) *discovery.EndpointSlice {
	name, port, protocol := portName, int32(targetPort), v1.ProtocolTCP
	slice := &discovery.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: serviceName.Namespace, Name: serviceName.Name + "-1",
			Labels: map[string]string{discovery.LabelServiceName: serviceName.Name},
		},
		AddressType: discovery.AddressTypeIPv4,
		Ports:       []discovery.EndpointPort{{Name: &name, Port: &port, Protocol: &protocol}},
	}
	for n, endpoint := range endpoints {
		item := discovery.Endpoint{
			Addresses: []string{address(n)},
			Conditions: discovery.EndpointConditions{
				Ready: endpoint.conditionOf(0), Serving: endpoint.conditionOf(1), Terminating: endpoint.conditionOf(2),
			},
			Hints: hintsOf(endpoint),
		}
		if endpoint.Node != "" {
			item.NodeName = &endpoint.Node
		}
		slice.Endpoints = append(slice.Endpoints, item)
	}
	return slice
}

// servicePortOf lets upstream's tracker make the service port.
func servicePortOf(t *testing.T, service *v1.Service) proxy.ServicePort {
	t.Helper()
	ports := newServicePorts(service)
	port, ok := ports[svcPortName]
	if !ok {
		t.Fatal("the service tracker made no service port")
	}
	return port
}
