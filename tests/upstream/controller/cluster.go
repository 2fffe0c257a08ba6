// SPDX-License-Identifier: Apache-2.0
// The API server of a history: an object tracker, resource versions, finalizers.

package controller

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/fake"
)

const (
	namespace    = "default"
	excludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers"
	finalizer    = "service.kubernetes.io/load-balancer-cleanup"
)

var (
	nodeResource    = v1.SchemeGroupVersion.WithResource("nodes")
	serviceResource = v1.SchemeGroupVersion.WithResource("services")
)

// cluster is the API server: client-go's object tracker plus the few rules of the real one that the controller meets
// (resource versions, deletion that waits for finalizers).
type cluster struct {
	clientset *fake.Clientset
	mu        sync.Mutex
	version   int
}

func newCluster() *cluster { return &cluster{clientset: fake.NewSimpleClientset()} }

// apply performs one event.
func (c *cluster) apply(e Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case e.Node != 0 && e.Delete:
		return c.clientset.Tracker().Delete(nodeResource, "", nodeName(e.Node))
	case e.Node != 0:
		return c.setNode(e)
	case e.Vanish:
		return c.clientset.Tracker().Delete(serviceResource, namespace, serviceName(e.Service))
	case e.Delete:
		return c.deleteService(e.Service)
	default:
		return c.setService(e)
	}
}

func (c *cluster) setNode(e Event) error {
	var state NodeState
	if err := json.Unmarshal(e.Set, &state); err != nil {
		return err
	}
	node := nodeObject(e.Node, state)
	c.stamp(&node.ObjectMeta)
	_, err := c.clientset.Tracker().Get(nodeResource, "", node.Name)
	if apierrors.IsNotFound(err) {
		return c.clientset.Tracker().Add(node)
	}
	return c.clientset.Tracker().Update(nodeResource, node, "")
}

func (c *cluster) setService(e Event) error {
	var state ServiceState
	if err := json.Unmarshal(e.Set, &state); err != nil {
		return err
	}
	service, err := c.service(serviceName(e.Service))
	if apierrors.IsNotFound(err) {
		service = &v1.Service{ObjectMeta: metav1.ObjectMeta{
			Name: serviceName(e.Service), Namespace: namespace, UID: types.UID(state.UID)}}
		writeServiceState(service, state)
		c.stamp(&service.ObjectMeta)
		return c.clientset.Tracker().Add(service)
	}
	if err != nil {
		return err
	}
	writeServiceState(service, state)
	return c.update(service)
}

// deleteService is a user's delete: at once without finalizer, else by the deletion timestamp.
func (c *cluster) deleteService(number int) error {
	service, err := c.service(serviceName(number))
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if !slices.Contains(service.Finalizers, finalizer) {
		return c.clientset.Tracker().Delete(serviceResource, namespace, service.Name)
	}
	if service.DeletionTimestamp != nil {
		return nil
	}
	service.DeletionTimestamp = &metav1.Time{Time: time.Now()}
	return c.update(service)
}

// patchService is the controller's strategic merge patch; removing the last finalizer of a deleting object removes it.
func (c *cluster) patchService(name string, patch []byte) (*v1.Service, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	service, err := c.service(name)
	if err != nil {
		return nil, err
	}
	before, err := json.Marshal(service)
	if err != nil {
		return nil, err
	}
	after, err := strategicpatch.StrategicMergePatch(before, patch, v1.Service{})
	if err != nil {
		return nil, err
	}
	patched := &v1.Service{}
	if err := json.Unmarshal(after, patched); err != nil {
		return nil, err
	}
	if patched.DeletionTimestamp != nil && len(patched.Finalizers) == 0 {
		return patched, c.clientset.Tracker().Delete(serviceResource, namespace, name)
	}
	return patched, c.update(patched)
}

func (c *cluster) service(name string) (*v1.Service, error) {
	object, err := c.clientset.Tracker().Get(serviceResource, namespace, name)
	if err != nil {
		return nil, err
	}
	return object.(runtime.Object).DeepCopyObject().(*v1.Service), nil
}

func (c *cluster) update(service *v1.Service) error {
	c.stamp(&service.ObjectMeta)
	return c.clientset.Tracker().Update(serviceResource, service, namespace)
}

// stamp gives the object a new resource version: informers take an update that keeps it for a resync.
func (c *cluster) stamp(meta *metav1.ObjectMeta) {
	c.version++
	meta.ResourceVersion = strconv.Itoa(c.version)
}

func nodeObject(number int, state NodeState) *v1.Node {
	node := &v1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: nodeName(number), Labels: map[string]string{}},
		Spec:       v1.NodeSpec{ProviderID: state.ProviderID, Unschedulable: state.Unschedulable},
	}
	if state.Conditions {
		node.Status.Conditions = append(node.Status.Conditions,
			v1.NodeCondition{Type: v1.NodeMemoryPressure, Status: v1.ConditionFalse})
	}
	if state.Ready != "" {
		node.Status.Conditions = append(node.Status.Conditions,
			v1.NodeCondition{Type: v1.NodeReady, Status: v1.ConditionStatus(state.Ready)})
	}
	for _, key := range state.Taints {
		node.Spec.Taints = append(node.Spec.Taints, v1.Taint{Key: key, Effect: v1.TaintEffectNoSchedule})
	}
	if state.Deleting {
		node.DeletionTimestamp = &metav1.Time{Time: time.Unix(946684800, 0)}
	}
	if state.Exclude != nil {
		node.Labels[excludeLabel] = *state.Exclude
	}
	if state.Label != "" {
		node.Labels["label"] = state.Label
	}
	return node
}

func writeServiceState(service *v1.Service, state ServiceState) {
	service.Spec.Type = v1.ServiceType(state.Type)
	service.Spec.Ports = []v1.ServicePort{{Port: 80, Protocol: v1.ProtocolTCP, NodePort: 30080}}
	assign(&service.Spec.ExternalTrafficPolicy, state.Policy)
	setClass(service, state.Class)
	service.Annotations = nil
	if state.Annotation != "" {
		service.Annotations = map[string]string{"annotation": state.Annotation}
	}
	service.Labels = nil
	if state.Label != "" {
		service.Labels = map[string]string{"label": state.Label}
	}
}

// assign converts to a string type whose name differs between releases.
func assign[T ~string](target *T, value string) { *target = T(value) }

func nodeName(number int) string    { return "n" + strconv.Itoa(number) }
func serviceName(number int) string { return "s" + strconv.Itoa(number) }

// numberOf is the inverse of nodeName and serviceName.
func numberOf(name string) int {
	number, err := strconv.Atoi(name[1:])
	if err != nil {
		panic(fmt.Sprintf("no number in %q", name))
	}
	return number
}
