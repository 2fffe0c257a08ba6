// SPDX-License-Identifier: Apache-2.0
// Reads Nodes, Services and EndpointSlices.
#include <algorithm>

#include "sim/io/import/object_readers.hpp"

namespace lbsim::io {

namespace {

constexpr std::int64_t highest_port = 65'535;

policy::ConditionStatus status_of(const std::string& text) {
    if (text == "True") return policy::ConditionStatus::is_true;
    return text == "False" ? policy::ConditionStatus::is_false : policy::ConditionStatus::unknown;
}

}  // namespace

NodeObject read_node(const Field& object, const ObjectName& name) {
    NodeObject out;
    out.name = name.name;
    const Field metadata = object["metadata"];
    out.labels = metadata["labels"].texts();
    out.created_us = metadata["creationTimestamp"].instant();
    const Field spec = object["spec"];
    out.provider_id = spec["providerID"].text_or_empty();
    out.unschedulable = spec["unschedulable"].truth().value_or(false);
    for (const Field& taint : spec["taints"].items())
        out.taints.push_back({taint["key"].text_or_empty(), taint["value"].text_or_empty(), taint["effect"].text_or_empty()});
    const Field status = object["status"];
    for (const Field& condition : status["conditions"].items()) {
        if (condition["type"].text_or_empty() == "Ready") out.ready = status_of(condition["status"].text_or_empty());
    }
    out.kubelet_version = status["nodeInfo"]["kubeletVersion"].text_or_empty();
    out.kube_proxy_version = status["nodeInfo"]["kubeProxyVersion"].text_or_empty();
    return out;
}

std::optional<ServiceObject> read_service(const Field& object, const ObjectName& name) {
    const Field spec = object["spec"];
    if (spec["type"].text_or_empty() != "LoadBalancer") return std::nullopt;
    ServiceObject out;
    out.space = name.space;
    out.name = name.name;
    out.load_balancer_class = spec["loadBalancerClass"].text_or_empty();
    const Field policy = spec["externalTrafficPolicy"];
    const std::string policy_text = policy.text().value_or("Cluster");
    if (policy_text != "Local" && policy_text != "Cluster" && !policy_text.empty())
        policy.refuse("\"Cluster\" or \"Local\"");
    out.is_local = policy_text == "Local";
    for (const Field& port : spec["ports"].items()) {
        ++out.ports;
        port["port"].whole(1, highest_port);
        const std::string protocol = port["protocol"].text().value_or("TCP");
        if (protocol != "TCP") ++out.udp_ports;
    }
    out.has_health_check_node_port = spec["healthCheckNodePort"].whole(0, highest_port).value_or(0) > 0;
    out.has_client_affinity = spec["sessionAffinity"].text_or_empty() == "ClientIP";
    out.selector = spec["selector"].texts();
    const Field metadata = object["metadata"];
    out.annotations = metadata["annotations"].texts();
    for (const Field& finalizer : metadata["finalizers"].items()) out.finalizers.push_back(finalizer.text_or_empty());
    return out;
}

std::pair<std::string, std::vector<Endpoint>> read_endpoint_slice(const Field& object) {
    const Labels labels = object["metadata"]["labels"].texts();
    const auto service = labels.find("kubernetes.io/service-name");
    std::vector<Endpoint> out;
    for (const Field& endpoint : object["endpoints"].items()) {
        const Field target = endpoint["targetRef"];
        std::string id = target["uid"].text_or_empty();
        if (id.empty()) id = target["name"].text_or_empty();
        const std::vector<Field> addresses = endpoint["addresses"].items();
        if (id.empty() && !addresses.empty()) id = addresses.front().text_or_empty();
        // discovery.k8s.io/v1: an unknown readiness counts as ready.
        out.push_back({.id = std::move(id),
                       .node = endpoint["nodeName"].text_or_empty(),
                       .is_ready = endpoint["conditions"]["ready"].truth().value_or(true)});
    }
    return {service != labels.end() ? service->second : std::string(), std::move(out)};
}

}  // namespace lbsim::io
