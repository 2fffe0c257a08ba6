// SPDX-License-Identifier: Apache-2.0
// Kind "pod_endpoint": which endpoint conditions the EndpointSlice controller's reconciler gives a pod.

//go:build since_28 && (!since_31 || since_33)

package proxytrace

import (
	"context"
	"testing"
	"time"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientset "k8s.io/client-go/kubernetes"
	discoveryclient "k8s.io/client-go/kubernetes/typed/discovery/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/endpointslice"
	endpointsliceutil "k8s.io/endpointslice/util"
	"k8s.io/klog/v2"
)

type podState struct {
	Phase           v1.PodPhase        `json:"phase"`
	Ready           v1.ConditionStatus `json:"ready,omitempty"` // absent: no Ready condition
	Deleting        bool               `json:"deleting,omitempty"`
	NoIP            bool               `json:"no_ip,omitempty"`
	PublishNotReady bool               `json:"publish_not_ready,omitempty"` // of the service
}

type podEndpointIn struct {
	Pods []podState `json:"pods"`
}

// podEndpointOut has ready, serving, terminating as T, F or -; nil for a pod that gets no endpoint.
type podEndpointOut struct {
	Conditions []*string `json:"conditions"`
}

// sliceClient answers the one call that the reconciler makes for a new service; any other call panics.
type sliceClient struct {
	clientset.Interface
	discoveryclient.DiscoveryV1Interface
	discoveryclient.EndpointSliceInterface
	created []*discovery.EndpointSlice
}

func (c *sliceClient) DiscoveryV1() discoveryclient.DiscoveryV1Interface { return c }

func (c *sliceClient) EndpointSlices(string) discoveryclient.EndpointSliceInterface { return c }

func (c *sliceClient) Create(
	_ context.Context, slice *discovery.EndpointSlice, _ metav1.CreateOptions,
) (*discovery.EndpointSlice, error) {
	c.created = append(c.created, slice)
	return slice, nil
}

func recordPodEndpoint(tr *trace) {
	var in podEndpointIn
	var out podEndpointOut
	for _, publish := range []bool{false, true} {
		for _, deleting := range []bool{false, true} {
			for _, ready := range []v1.ConditionStatus{v1.ConditionTrue, v1.ConditionFalse, v1.ConditionUnknown, ""} {
				in.Pods = append(in.Pods, podState{v1.PodRunning, ready, deleting, false, publish})
			}
			for _, phase := range []v1.PodPhase{v1.PodPending, v1.PodSucceeded, v1.PodFailed, v1.PodUnknown} {
				in.Pods = append(in.Pods, podState{phase, v1.ConditionTrue, deleting, false, publish})
			}
			in.Pods = append(in.Pods, podState{v1.PodRunning, v1.ConditionTrue, deleting, true, publish})
		}
	}
	for _, pod := range in.Pods {
		out.Conditions = append(out.Conditions, endpointOfPod(tr.t, pod))
	}
	tr.add("pod_endpoint", "all", in, out)
}

func (p podState) object() *v1.Pod {
	pod := &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: serviceName.Namespace, Name: "pod"},
		Spec:       v1.PodSpec{NodeName: nodeName},
		Status:     v1.PodStatus{Phase: p.Phase},
	}
	if p.Ready != "" {
		pod.Status.Conditions = []v1.PodCondition{{Type: v1.PodReady, Status: p.Ready}}
	}
	if p.Deleting {
		now := metav1.Now()
		pod.DeletionTimestamp = &now
	}
	if !p.NoIP {
		pod.Status.PodIP, pod.Status.PodIPs = "10.0.0.1", []v1.PodIP{{IP: "10.0.0.1"}}
	}
	return pod
}

// endpointOfPod reconciles a new service that selects this one pod.
func endpointOfPod(t *testing.T, state podState) *string {
	t.Helper()
	nodes := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
	if err := nodes.Add(&v1.Node{ObjectMeta: metav1.ObjectMeta{Name: nodeName}}); err != nil {
		t.Fatal(err)
	}
	client := &sliceClient{}
	reconciler := endpointslice.NewReconciler(client, corelisters.NewNodeLister(nodes), 100,
		endpointsliceutil.NewEndpointSliceTracker(), nil, record.NewFakeRecorder(10), "lbsim")
	service := categorizeService{}.object()
	service.Spec.IPFamilies = []v1.IPFamily{v1.IPv4Protocol}
	service.Spec.PublishNotReadyAddresses = state.PublishNotReady
	pods := []*v1.Pod{state.object()}
	if err := reconciler.Reconcile(klog.Background(), service, pods, nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if len(client.created) != 1 {
		t.Fatalf("the reconciler made %d slices", len(client.created))
	}
	if len(client.created[0].Endpoints) == 0 {
		return nil
	}
	conditions := client.created[0].Endpoints[0].Conditions
	text := ""
	for _, condition := range []*bool{conditions.Ready, conditions.Serving, conditions.Terminating} {
		text += conditionLetter(condition)
	}
	return &text
}

func conditionLetter(condition *bool) string {
	switch {
	case condition == nil:
		return "-"
	case *condition:
		return "T"
	}
	return "F"
}
