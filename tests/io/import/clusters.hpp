// SPDX-License-Identifier: Apache-2.0
// Small clusters for tests, and what an import makes of them.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lbsim/core/error.hpp"
#include "sim/io/import/import.hpp"

namespace lbsim::test {

using Json = nlohmann::json;

inline Json node(const std::string& name, const Json& labels = Json::object()) {
    return {{"kind", "Node"},
            {"apiVersion", "v1"},
            {"metadata", {{"name", name}, {"labels", labels}, {"creationTimestamp", "2024-01-01T00:00:00Z"}}},
            {"spec", {{"providerID", "aws:///eu-west-1a/" + name}}},
            {"status",
             {{"conditions", Json::array({{{"type", "Ready"}, {"status", "True"}}})},
              {"nodeInfo", {{"kubeletVersion", "v1.29.3"}, {"kubeProxyVersion", "v1.29.3"}}}}}};
}
inline Json service(const std::string& name, const Json& spec = Json::object()) {
    Json out{{"kind", "Service"}, {"metadata", {{"name", name}, {"namespace", "shop"}}}, {"spec", spec}};
    out["spec"].emplace("type", "LoadBalancer");
    out["spec"].emplace("ports", Json::array({{{"port", 80}}}));
    out["spec"].emplace("selector", Json{{"app", name}});
    return out;
}
inline Json workload(const std::string& kind, const std::string& name, const Json& spec = Json::object()) {
    Json out{{"kind", kind}, {"metadata", {{"name", name}, {"namespace", "shop"}}}, {"spec", spec}};
    out["spec"]["template"]["metadata"]["labels"] = {{"app", name}};
    return out;
}
inline Json slice(const std::string& service, const std::vector<std::string>& nodes, const std::string& suffix = "a") {
    Json endpoints = Json::array();
    for (std::size_t i = 0; i < nodes.size(); ++i)
        endpoints.push_back({{"nodeName", nodes[i]}, {"addresses", {"10.0.0." + std::to_string(i)}}, {"targetRef", {{"name", "p" + std::to_string(i)}}}});
    return {{"kind", "EndpointSlice"},
            {"metadata", {{"name", service + "-" + suffix}, {"namespace", "shop"}, {"labels", {{"kubernetes.io/service-name", service}}}}},
            {"endpoints", endpoints}};
}
inline Json list(const std::vector<Json>& items) { return {{"kind", "List"}, {"apiVersion", "v1"}, {"items", items}}; }

/// n nodes named n0, n1, … of one pool, and what is given.
inline Json cluster(std::size_t n, std::vector<Json> more = {service("web")}) {
    for (std::size_t i = 0; i < n; ++i) more.push_back(node("n" + std::to_string(i), {{"eks.amazonaws.com/nodegroup", "pool"}}));
    return list(more);
}

/// An Event of a node, so many seconds after 10:00.
inline Json event(int second, const std::string& node, const std::string& reason, const std::string& component = "node-controller") {
    char at[40];
    std::snprintf(at, sizeof at, "2024-05-01T%02d:%02d:%02dZ", 10 + second / 3600, second / 60 % 60, second % 60);
    return {{"kind", "Event"},
            {"metadata", {{"name", node + "." + std::to_string(second)}}},
            {"involvedObject", {{"kind", "Node"}, {"name", node}}},
            {"reason", reason},
            {"source", {{"component", component}}},
            {"firstTimestamp", at},
            {"lastTimestamp", at},
            {"count", 1}};
}

struct Outcome {
    Json scenario;
    io::ImportedScenario all;

    const Json& pools() const { return scenario.at("cluster").at("node_pools"); }
    const Json& service(std::size_t i = 0) const { return scenario.at("services").at(i); }
    const Json& workload(std::size_t i = 0) const { return service(i).at("workload"); }
    const Json& timeline() const { return scenario.at("timeline"); }
    std::string profile(std::size_t i = 0) const {
        const Json balancer = service(i).value("load_balancer", Json::object());
        if (balancer.contains("profile")) return balancer.at("profile");
        return scenario.contains("cloud") ? scenario.at("cloud").at("profile") : Json("neutral");
    }
    /// The name in the scenario.
    std::string name_of(const std::string& node) const {
        for (const io::NodeAlias& alias : all.aliases) {
            if (alias.cluster == node) return alias.names.front();
        }
        return {};
    }
    bool notes(io::ImportNote::Kind kind, const std::string& object, const std::string& field) const {
        return std::any_of(all.notes.begin(), all.notes.end(), [&](const io::ImportNote& note) {
            return note.kind == kind && note.object == object && note.field.find(field) != std::string::npos;
        });
    }
    bool assumed(const std::string& object, const std::string& field) const { return notes(io::ImportNote::Kind::assumed, object, field); }
    bool left_out(const std::string& object, const std::string& field) const { return notes(io::ImportNote::Kind::left_out, object, field); }
};

inline Outcome outcome_of(io::ImportRequest request) {
    Outcome out{.scenario = {}, .all = io::import_scenario(request)};
    out.scenario = Json::parse(out.all.scenario);
    return out;
}
inline Outcome import_of(const Json& dump) { return outcome_of({.dumps = {{"cluster.json", dump.dump()}}, .events = {}, .release = {}}); }
inline Outcome samples_of(const Json& dump, const std::string& events) {
    return outcome_of({.dumps = {{"cluster.json", dump.dump()}}, .events = io::ImportInput{"events", events}, .release = {}});
}
inline Outcome replay_of(const Json& dump, const std::vector<Json>& events) { return samples_of(dump, list(events).dump()); }

/// All problems of an import as lines of text, "" where there is none.
inline std::string problems_of(const std::string& dump, const std::string& events = {}) {
    io::ImportRequest request{.dumps = {{"cluster.json", dump}}, .events = {}, .release = {}};
    if (!events.empty()) request.events = io::ImportInput{"events", events};
    try {
        io::import_scenario(request);
    } catch (const InputError& error) {
        std::string out;
        for (const Problem& problem : error.problems()) out += problem.text() + "\n";
        return out;
    }
    return {};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace lbsim::test
