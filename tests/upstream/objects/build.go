// SPDX-License-Identifier: Apache-2.0
// Makers of API objects, so that a cluster reads as a list.

package objects

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// born is when every object was created that is not said to be younger.
var born = time.Date(2024, 4, 1, 8, 0, 0, 0, time.UTC)

// incident is when the record of each cluster begins.
var incident = time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)

type labels = map[string]string

func object(kind, version string) metav1.TypeMeta {
	return metav1.TypeMeta{Kind: kind, APIVersion: version}
}

func meta(namespace, name string, l labels) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: name, Namespace: namespace, Labels: l, UID: types.UID("uid-" + namespace + "-" + name),
		CreationTimestamp: metav1.NewTime(born), ResourceVersion: "1",
	}
}

func node(name, providerID, kubelet, zone string, l labels) *corev1.Node {
	all := labels{"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}
	for key, value := range l {
		all[key] = value
	}
	if zone != "" {
		all["topology.kubernetes.io/zone"] = zone
	}
	return &corev1.Node{
		TypeMeta:   object("Node", "v1"),
		ObjectMeta: meta("", name, all),
		Spec:       corev1.NodeSpec{ProviderID: providerID, PodCIDR: "10.0.0.0/24"},
		Status: corev1.NodeStatus{
			Conditions: []corev1.NodeCondition{
				{Type: corev1.NodeMemoryPressure, Status: corev1.ConditionFalse, Reason: "KubeletHasSufficientMemory"},
				{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady", LastHeartbeatTime: metav1.NewTime(incident)},
			},
			Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "10.1.0.1"}},
			NodeInfo: corev1.NodeSystemInfo{
				KubeletVersion: kubelet, KubeProxyVersion: kubelet, OSImage: "Linux", OperatingSystem: "linux", Architecture: "amd64",
			},
			Images: []corev1.ContainerImage{{Names: []string{"registry.example/web:1"}, SizeBytes: 12345}},
		},
	}
}

func ready(n *corev1.Node, status corev1.ConditionStatus) *corev1.Node {
	n.Status.Conditions[1].Status = status
	return n
}

func service(namespace, name string, annotations labels, spec corev1.ServiceSpec) *corev1.Service {
	s := &corev1.Service{TypeMeta: object("Service", "v1"), ObjectMeta: meta(namespace, name, nil), Spec: spec}
	s.Annotations = annotations
	if s.Spec.Type == "" {
		s.Spec.Type = corev1.ServiceTypeLoadBalancer
	}
	if s.Spec.Selector == nil {
		s.Spec.Selector = labels{"app": name}
	}
	if s.Spec.ExternalTrafficPolicy == "" && s.Spec.Type == corev1.ServiceTypeLoadBalancer {
		s.Spec.ExternalTrafficPolicy = corev1.ServiceExternalTrafficPolicyTypeCluster
	}
	s.Spec.SessionAffinity = corev1.ServiceAffinityNone
	if s.Spec.Ports == nil {
		s.Spec.Ports = ports(443)
	}
	return s
}

func ports(numbers ...int32) []corev1.ServicePort {
	var out []corev1.ServicePort
	for i, number := range numbers {
		out = append(out, corev1.ServicePort{
			Name: fmt.Sprintf("p%d", i), Port: number, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromInt(8080), NodePort: 30000 + number,
		})
	}
	return out
}

// slice lists one ready endpoint on each of the nodes.
func slice(namespace, service string, nodes ...string) *discoveryv1.EndpointSlice {
	yes := true
	out := &discoveryv1.EndpointSlice{
		TypeMeta:    object("EndpointSlice", "discovery.k8s.io/v1"),
		ObjectMeta:  meta(namespace, service+"-abcde", labels{discoveryv1.LabelServiceName: service}),
		AddressType: discoveryv1.AddressTypeIPv4,
	}
	for i, name := range nodes {
		name := name
		out.Endpoints = append(out.Endpoints, discoveryv1.Endpoint{
			Addresses:  []string{fmt.Sprintf("10.2.0.%d", i+1)},
			Conditions: discoveryv1.EndpointConditions{Ready: &yes},
			NodeName:   &name,
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Name: fmt.Sprintf("%s-%d", service, i), Namespace: namespace, UID: types.UID(fmt.Sprintf("pod-%s-%d", service, i))},
		})
	}
	return out
}

// pod is a template with a preStop command and a grace period; nil and 0 for none.
func pod(app string, grace int64, preStop *corev1.Lifecycle) corev1.PodTemplateSpec {
	t := corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: labels{"app": app}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{
			{Name: "proxy", Image: "registry.example/proxy:1"},
			{Name: app, Image: "registry.example/" + app + ":1", Env: []corev1.EnvVar{{Name: "A", Value: "b"}}, Lifecycle: preStop},
		}},
	}
	if grace > 0 {
		t.Spec.TerminationGracePeriodSeconds = &grace
	}
	return t
}

func deployment(namespace, name string, replicas int32, template corev1.PodTemplateSpec, change func(*appsv1.DeploymentSpec)) *appsv1.Deployment {
	quarter := intstr.FromString("25%")
	d := &appsv1.Deployment{
		TypeMeta: object("Deployment", "apps/v1"), ObjectMeta: meta(namespace, name, nil),
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: template.Labels}, Template: template,
			Strategy: appsv1.DeploymentStrategy{
				Type:          appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &quarter, MaxUnavailable: &quarter},
			},
		},
	}
	if change != nil {
		change(&d.Spec)
	}
	return d
}

func daemonSet(namespace, name string, template corev1.PodTemplateSpec) *appsv1.DaemonSet {
	one := intstr.FromInt(1)
	return &appsv1.DaemonSet{
		TypeMeta: object("DaemonSet", "apps/v1"), ObjectMeta: meta(namespace, name, nil),
		Spec: appsv1.DaemonSetSpec{
			Selector: &metav1.LabelSelector{MatchLabels: template.Labels}, Template: template,
			UpdateStrategy: appsv1.DaemonSetUpdateStrategy{
				Type: appsv1.RollingUpdateDaemonSetStrategyType, RollingUpdate: &appsv1.RollingUpdateDaemonSet{MaxUnavailable: &one},
			},
		},
	}
}

func budget(namespace, name string, spec policyv1.PodDisruptionBudgetSpec) *policyv1.PodDisruptionBudget {
	return &policyv1.PodDisruptionBudget{TypeMeta: object("PodDisruptionBudget", "policy/v1"), ObjectMeta: meta(namespace, name, nil), Spec: spec}
}

// event is a core/v1 Event of a Node, as kubelets and controllers record them.
func event(after time.Duration, node, component, reason, message string) *corev1.Event {
	at := metav1.NewTime(incident.Add(after))
	e := &corev1.Event{
		TypeMeta:       object("Event", "v1"),
		ObjectMeta:     meta("default", fmt.Sprintf("%s.%s.%d", node, reason, int(after.Seconds())), nil),
		InvolvedObject: corev1.ObjectReference{Kind: "Node", Name: node, UID: types.UID(node)},
		Reason:         reason, Message: message, Type: corev1.EventTypeNormal, Count: 1,
		Source:         corev1.EventSource{Component: component},
		FirstTimestamp: at, LastTimestamp: at,
	}
	e.ReportingController = component
	return e
}

func command(words ...string) *corev1.Lifecycle {
	return &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: words}}}
}
