// SPDX-License-Identifier: Apache-2.0
// The clusters: one of each cloud, each with what is peculiar to it.

package objects

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func clusters() []Line {
	return []Line{eks(), gke(), aks(), doks(), hetzner(), openStack(), kind()}
}

const local = corev1.ServiceExternalTrafficPolicyTypeLocal

// eks: two node groups, the larger one even over its zones; a Classic and a Network Load Balancer, hooks, budgets; a node
// flaps, another is scaled down.
func eks() Line {
	var items []any
	for i, zone := range []string{"eu-west-1b", "eu-west-1a", "eu-west-1a", "eu-west-1b", "eu-west-1c"} {
		items = append(items, node(fmt.Sprintf("ip-10-0-%d-1.ec2.internal", i), "aws:///"+zone+"/i-000"+fmt.Sprint(i), "v1.29.3-eks-ae9a62a", zone,
			labels{"eks.amazonaws.com/nodegroup": "general", "node.kubernetes.io/instance-type": "m5.large"}))
	}
	for i := 5; i < 7; i++ {
		n := node(fmt.Sprintf("ip-10-0-%d-1.ec2.internal", i), "aws:///eu-west-1a/i-000"+fmt.Sprint(i), "v1.28.5-eks-5e0fdde", "eu-west-1a",
			labels{"eks.amazonaws.com/nodegroup": "old"})
		n.Spec.Taints = []corev1.Taint{{Key: "dedicated", Value: "batch", Effect: corev1.TaintEffectNoSchedule}}
		items = append(items, n)
	}
	items = append(items,
		service("shop", "web", labels{
			"service.beta.kubernetes.io/aws-load-balancer-type":                 "nlb",
			"service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval": "10",
			"service.beta.kubernetes.io/aws-load-balancer-ssl-cert":             "arn:aws:acm:eu-west-1:1:certificate/1",
		}, corev1.ServiceSpec{ExternalTrafficPolicy: local, HealthCheckNodePort: 31999, Ports: ports(80, 443), Selector: labels{"app": "web", "env": "prod"}}),
		service("shop", "api", labels{
			"service.beta.kubernetes.io/aws-load-balancer-connection-draining-enabled": "true",
			"service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout": "90",
		}, corev1.ServiceSpec{}),
		service("shop", "internal", nil, corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP}),
		slice("shop", "web", "ip-10-0-0-1.ec2.internal", "ip-10-0-2-1.ec2.internal", "ip-10-0-4-1.ec2.internal"),
		slice("shop", "api", "ip-10-0-0-1.ec2.internal", "ip-10-0-1-1.ec2.internal"),
	)
	web := pod("web", 60, command("/bin/sh", "-c", "sleep 15 && nginx -s quit"))
	web.Labels["env"] = "prod"
	items = append(items,
		deployment("shop", "web", 3, web, func(s *appsv1.DeploymentSpec) { s.MinReadySeconds = 10 }),
		deployment("shop", "api", 2, pod("api", 0, nil), nil),
		budget("shop", "web", policyv1.PodDisruptionBudgetSpec{
			MaxUnavailable: &[]intstr.IntOrString{intstr.FromString("30%")}[0],
			Selector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
				{Key: "app", Operator: metav1.LabelSelectorOpIn, Values: []string{"web", "web2"}}}},
		}),
	)
	record := list([]any{
		event(0, "ip-10-0-1-1.ec2.internal", "node-controller", "NodeNotReady", "Node ip-10-0-1-1.ec2.internal status is now: NodeNotReady"),
		event(45*time.Second, "ip-10-0-1-1.ec2.internal", "kubelet", "NodeReady", "Node ip-10-0-1-1.ec2.internal status is now: NodeReady"),
		event(2*time.Minute, "ip-10-0-3-1.ec2.internal", "cluster-autoscaler", "ScaleDown", "marked the node as toBeDeleted/unschedulable"),
		event(4*time.Minute, "ip-10-0-3-1.ec2.internal", "node-controller", "NodeNotReady", "Node ip-10-0-3-1.ec2.internal status is now: NodeNotReady"),
		event(4*time.Minute+5*time.Second, "ip-10-0-3-1.ec2.internal", "cloud-node-lifecycle-controller", "DeletingNode", "Deleting node ip-10-0-3-1.ec2.internal because it does not exist in the cloud provider"),
		event(4*time.Minute+6*time.Second, "ip-10-0-3-1.ec2.internal", "node-controller", "RemovingNode", "Node ip-10-0-3-1.ec2.internal event: Removing Node ip-10-0-3-1.ec2.internal from Controller"),
	})
	return Line{Name: "eks", Dump: list(items), Events: &record}
}

// gke: a regional pool with one zone short of two nodes, and four kinds of load balancers.
func gke() Line {
	var items []any
	for i, zone := range []string{"europe-west1-b", "europe-west1-b", "europe-west1-b", "europe-west1-c"} {
		items = append(items, node(fmt.Sprintf("gke-main-pool-%d", i), "gce://project/"+zone+"/gke-main-pool-"+fmt.Sprint(i), "v1.30.2-gke.1587003", zone,
			labels{"cloud.google.com/gke-nodepool": "main"}))
	}
	subsetting := service("default", "subsetting", labels{"networking.gke.io/load-balancer-type": "Internal"}, corev1.ServiceSpec{})
	subsetting.Finalizers = []string{"gke.networking.io/l4-ilb-v2", "service.kubernetes.io/load-balancer-cleanup"}
	class := "networking.gke.io/l4-regional-external"
	items = append(items, subsetting,
		service("default", "internal", labels{"cloud.google.com/load-balancer-type": "Internal"}, corev1.ServiceSpec{}),
		service("default", "targetpool", nil, corev1.ServiceSpec{}),
		service("default", "rbs", labels{"cloud.google.com/l4-rbs": "enabled"}, corev1.ServiceSpec{}),
		service("default", "class", nil, corev1.ServiceSpec{LoadBalancerClass: &class}),
		daemonSet("default", "rbs", pod("rbs", 45, sleepTwenty())))
	record := list([]any{
		event(0, "gke-main-pool-3", "kubelet", "NodeNotReady", "Node gke-main-pool-3 status is now: NodeNotReady"),
		event(70*time.Second, "gke-main-pool-3", "kubelet", "Rebooted", "Node gke-main-pool-3 has been rebooted, boot id: 2"),
		event(71*time.Second, "gke-main-pool-3", "kubelet", "NodeReady", "Node gke-main-pool-3 status is now: NodeReady"),
		event(72*time.Second, "gke-main-pool-3", "kubelet", "Starting", "Starting kubelet."),
		event(5*time.Minute, "gke-main-pool-0", "kubelet", "NodeNotSchedulable", "Node gke-main-pool-0 status is now: NodeNotSchedulable"),
		event(6*time.Minute, "gke-main-pool-0", "kubelet", "NodeSchedulable", "Node gke-main-pool-0 status is now: NodeSchedulable"),
	})
	return Line{Name: "gke", Dump: list(items), Events: &record}
}

// aks: a system and a user pool; a node comes and another one's machine disappears.
func aks() Line {
	items := []any{}
	for i := 0; i < 2; i++ {
		items = append(items, node(fmt.Sprintf("aks-system-vmss00000%d", i), fmt.Sprintf("azure:///subscriptions/1/vmss/%d", i), "v1.27.9", "0",
			labels{"kubernetes.azure.com/agentpool": "system", "agentpool": "system"}))
	}
	for i := 0; i < 3; i++ {
		items = append(items, node(fmt.Sprintf("aks-user-vmss00000%d", i), fmt.Sprintf("azure:///subscriptions/1/vmss/u%d", i), "v1.27.9", "0",
			labels{"kubernetes.azure.com/agentpool": "user"}))
	}
	young := node("aks-user-vmss000003", "azure:///subscriptions/1/vmss/u3", "v1.27.9", "0", labels{"kubernetes.azure.com/agentpool": "user"})
	young.CreationTimestamp = metav1.NewTime(incident.Add(3 * time.Minute))
	items = append(items, young,
		service("default", "web", labels{
			"service.beta.kubernetes.io/azure-load-balancer-health-probe-interval":     "6",
			"service.beta.kubernetes.io/azure-load-balancer-health-probe-num-of-probe": "3",
		}, corev1.ServiceSpec{}),
		slice("default", "web", "aks-user-vmss000000", "aks-user-vmss000001"))
	record := list([]any{
		event(0, "aks-user-vmss000009", "node-controller", "NodeNotReady", "Node aks-user-vmss000009 status is now: NodeNotReady"),
		event(5*time.Second, "aks-user-vmss000009", "cloud-node-lifecycle-controller", "DeletingNode", "Deleting node aks-user-vmss000009 because it does not exist in the cloud provider"),
		event(3*time.Minute, "aks-user-vmss000003", "node-controller", "RegisteredNode", "Node aks-user-vmss000003 event: Registered Node aks-user-vmss000003 in Controller"),
		event(3*time.Minute+20*time.Second, "aks-user-vmss000003", "kubelet", "NodeReady", "Node aks-user-vmss000003 status is now: NodeReady"),
	})
	return Line{Name: "aks", Dump: list(items), Events: &record}
}

// doks: a node is not ready and one is cordoned as it is dumped.
func doks() Line {
	sick := ready(node("pool-a-2", "digitalocean://3", "v1.31.1", "", labels{"doks.digitalocean.com/node-pool": "pool-a"}), corev1.ConditionUnknown)
	cordoned := node("pool-a-1", "digitalocean://2", "v1.31.1", "", labels{"doks.digitalocean.com/node-pool": "pool-a"})
	cordoned.Spec.Unschedulable = true
	affine := service("default", "web", labels{
		"service.beta.kubernetes.io/do-loadbalancer-healthcheck-check-interval-seconds": "5",
	}, corev1.ServiceSpec{})
	affine.Spec.SessionAffinity = corev1.ServiceAffinityClientIP
	items := []any{
		node("pool-a-0", "digitalocean://1", "v1.31.1", "", labels{"doks.digitalocean.com/node-pool": "pool-a"}),
		cordoned, sick, affine,
		deployment("default", "web", 4, pod("web", 0, command("/usr/local/bin/drain-me")), nil),
		budget("default", "web", policyv1.PodDisruptionBudgetSpec{
			MinAvailable: &[]intstr.IntOrString{intstr.FromInt(3)}[0], Selector: &metav1.LabelSelector{MatchLabels: labels{"app": "web"}}}),
	}
	return Line{Name: "doks", Dump: list(items)}
}

// hetzner: kubeadm's control plane is excluded from load balancers; two workloads behind one Service; a UDP port.
func hetzner() Line {
	control := node("cp-0", "hcloud://1", "v1.32.0", "fsn1-dc14", labels{
		"node-role.kubernetes.io/control-plane": "", "node.kubernetes.io/exclude-from-external-load-balancers": "",
		"node.kubernetes.io/instance-type": "cx32"})
	control.Status.NodeInfo.KubeProxyVersion = ""
	items := []any{control}
	for i := 0; i < 3; i++ {
		worker := node(fmt.Sprintf("worker-%d", i), fmt.Sprintf("hcloud://%d", i+2), "v1.32.0", "fsn1-dc14", labels{"node.kubernetes.io/instance-type": "cx32"})
		worker.Status.NodeInfo.KubeProxyVersion = ""
		items = append(items, worker)
	}
	mixed := service("default", "web", labels{"load-balancer.hetzner.cloud/health-check-interval": "20s", "load-balancer.hetzner.cloud/health-check-retries": "2"},
		corev1.ServiceSpec{Ports: ports(53, 54)})
	mixed.Spec.Ports[1].Protocol = corev1.ProtocolUDP
	canary := pod("web", 0, nil)
	canary.Labels["track"] = "canary"
	items = append(items, mixed, deployment("default", "web", 5, pod("web", 40, sleepTwenty()), nil), deployment("default", "web-canary", 1, canary, nil))
	return Line{Name: "hetzner", Dump: list(items)}
}

// openStack: a release too new for lbsim and one too old; MetalLB beside Octavia.
func openStack() Line {
	items := []any{
		node("os-0", "openstack:///1", "v1.99.0", "nova", nil),
		node("os-1", "openstack:///2", "v1.99.0", "nova", nil),
		node("os-2", "openstack:///3", "v1.18.20", "nova", nil),
		service("default", "web", nil, corev1.ServiceSpec{}),
		service("default", "octavia", labels{"loadbalancer.openstack.org/keep-floatingip": "true"}, corev1.ServiceSpec{}),
		service("default", "metal", labels{"metallb.io/ip-allocated-from-pool": "first"}, corev1.ServiceSpec{}),
	}
	return Line{Name: "openstack", Dump: list(items)}
}

// kind: nothing but nodes and a Service.
func kind() Line {
	return Line{Name: "kind", Dump: list([]any{
		node("kind-worker", "kind://docker/kind/kind-worker", "v1.30.0", "", nil),
		service("default", "web", nil, corev1.ServiceSpec{}),
	})}
}
