// SPDX-License-Identifier: Apache-2.0
// Rules from class, annotations and finalizers to profiles, cloud by cloud.
#include "sim/io/import/profile_guess.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "sim/io/profiles/profile.hpp"

namespace lbsim::io {

namespace {

struct Scheme {
    std::string_view text;
    CloudKind cloud;
};
/// Source: ProviderName of each cloud provider, which cloud-provider puts before "://" of a providerID.
constexpr std::array schemes{Scheme{"aws", CloudKind::aws},       Scheme{"gce", CloudKind::gce},
                             Scheme{"azure", CloudKind::azure},   Scheme{"digitalocean", CloudKind::digitalocean},
                             Scheme{"hcloud", CloudKind::hetzner}, Scheme{"openstack", CloudKind::openstack},
                             Scheme{"kind", CloudKind::kind}};

std::string annotation(const ServiceObject& service, const std::string& key) {
    const auto at = service.annotations.find(key);
    return at != service.annotations.end() ? at->second : std::string();
}

bool has_finalizer(const ServiceObject& service, std::string_view name) {
    return std::find(service.finalizers.begin(), service.finalizers.end(), name) != service.finalizers.end();
}

/// Source: cloud-provider-aws pkg/providers/v1/aws.go (aws-load-balancer-type); aws-load-balancer-controller
/// docs/guide/service/nlb.md (class, types external and nlb-ip, target type); EKS Auto Mode's guide (its class).
std::string aws_profile(const ServiceObject& service, ImportNotes& notes) {
    const std::string type = annotation(service, "service.beta.kubernetes.io/aws-load-balancer-type");
    const std::string target = annotation(service, "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type");
    const std::string& of_class = service.load_balancer_class;
    if (of_class == "service.k8s.aws/nlb" || of_class == "eks.amazonaws.com/nlb" || type == "external" || type == "nlb-ip") {
        if (target == "ip" || target == "nlb-ip" || type == "nlb-ip") return "aws_nlb_ip_albc";
        if (target.empty())
            notes.assumed(service.object(), "metadata.annotations aws-load-balancer-nlb-target-type",
                          "not given: taken as \"instance\", the default of the AWS Load Balancer Controller");
        return "aws_nlb_instance_albc";
    }
    return type == "nlb" ? "aws_nlb_instance_ccm" : "aws_clb_ccm";
}

/// Source: cloud-provider-gcp providers/gce/gce_annotations.go (load-balancer-type); ingress-gce pkg/utils/common/finalizer.go
/// and pkg/annotations (l4-rbs, finalizers), GKE's guide to classes of load balancers.
std::string gce_profile(const ServiceObject& service, ImportNotes& notes) {
    std::string type = annotation(service, "networking.gke.io/load-balancer-type");
    if (type.empty()) type = annotation(service, "cloud.google.com/load-balancer-type");
    std::transform(type.begin(), type.end(), type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const std::string& of_class = service.load_balancer_class;
    if (type == "internal" || of_class == "networking.gke.io/l4-regional-internal") {
        if (!of_class.empty() || has_finalizer(service, "gke.networking.io/l4-ilb-v2")) return "gcp_ilb_subsetting";
        notes.assumed(service.object(), "metadata.finalizers",
                      "no finalizer of GKE subsetting: taken as a load balancer of the in-tree provider");
        return "gcp_ilb_ig";
    }
    const bool is_backend_service = of_class == "networking.gke.io/l4-regional-external" ||
                                    annotation(service, "cloud.google.com/l4-rbs") == "enabled" ||
                                    has_finalizer(service, "gke.networking.io/l4-netlb-v2") ||
                                    has_finalizer(service, "gke.networking.io/l4-netlb-v3");
    if (is_backend_service) return "gcp_netlb_rbs";
    notes.assumed(service.object(), "metadata.finalizers",
                  "neither class, annotation nor finalizer of a backend service: taken as a target pool of the in-tree provider");
    return "gcp_netlb_targetpool";
}

bool is_of_metallb(const ServiceObject& service) {
    if (service.load_balancer_class.find("metallb") != std::string::npos) return true;
    return std::any_of(service.annotations.begin(), service.annotations.end(), [](const auto& a) {
        return a.first.starts_with("metallb.io/") || a.first.starts_with("metallb.universe.tf/");
    });
}

}  // namespace

CloudKind cloud_of(std::string_view provider_id) {
    const std::string_view scheme = provider_id.substr(0, std::min(provider_id.find("://"), provider_id.size()));
    for (const Scheme& known : schemes) {
        if (known.text == scheme && scheme.size() < provider_id.size()) return known.cloud;
    }
    return CloudKind::none;
}

CloudKind cloud_of(const std::vector<NodeObject>& nodes, ImportNotes& notes) {
    std::map<CloudKind, std::size_t> counts;
    for (const NodeObject& node : nodes) ++counts[cloud_of(node.provider_id)];
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](const auto& x, const auto& y) { return x.second < y.second; });
    if (most == counts.end()) return CloudKind::none;
    if (counts.size() > 1)
        notes.assumed("", "spec.providerID", "nodes are of more than one cloud: taken as that of most of them");
    if (most->first == CloudKind::none)
        notes.assumed("", "spec.providerID", "not given, or of a cloud without a built-in profile: load balancers are neutral "
                                             "(no delay, lag or limit) unless their Service says more");
    return most->first;
}

std::string profile_of(const ServiceObject& service, CloudKind cloud, ImportNotes& notes) {
    if (!service.load_balancer_class.empty())
        notes.left_out(service.object(), "spec.loadBalancerClass",
                       "from 1.21 on the controller of the class configures such a load balancer; here the service controller does");
    if (is_of_metallb(service)) {
        notes.assumed(service.object(), "metadata.annotations", "MetalLB: taken as announced by layer 2; for BGP set \"metallb_bgp\"");
        return "metallb_l2";
    }
    switch (cloud) {
        case CloudKind::aws: return aws_profile(service, notes);
        case CloudKind::gce: return gce_profile(service, notes);
        case CloudKind::azure:
            notes.assumed(service.object(), "spec.providerID of the nodes",
                          "the kind of Azure's backend pools is not in the dump: taken as NICs; for addresses set \"azure_slb_ip\"");
            return "azure_slb_nic";
        case CloudKind::digitalocean: return "digitalocean";
        case CloudKind::hetzner: return "hetzner";
        case CloudKind::openstack: return "octavia_amphora";
        case CloudKind::kind: return "envoy";
        case CloudKind::none: break;
    }
    return std::string(neutral_profile);
}

}  // namespace lbsim::io
