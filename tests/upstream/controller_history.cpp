// SPDX-License-Identifier: Apache-2.0
// Reads histories and traces, one JSON object a line.
#include "upstream/controller_history.hpp"

#include <fstream>
#include <functional>
#include <set>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace lbsim::upstream {

namespace {
using nlohmann::json;
using policy::CloudResult;
using policy::ConditionStatus;

/// Calls read(line number, object) for each line.
void for_each_line(const std::filesystem::path& file, const std::function<void(std::size_t, const json&)>& read) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        try {
            read(number, json::parse(line));
        } catch (const std::exception& error) {
            throw std::runtime_error(file.string() + ":" + std::to_string(number) + ": " + error.what());
        }
    }
}

Time time_of(const json& value) { return at_us(value.get<std::int64_t>()); }

ConditionStatus status_of(const std::string& text) {
    if (text.empty()) return ConditionStatus::absent;
    if (text == "True") return ConditionStatus::is_true;
    return text == "False" ? ConditionStatus::is_false : ConditionStatus::unknown;
}

/// 0 for the empty text; equal texts give equal numbers, and different ones different numbers but for one chance in
/// 2^32.
std::uint32_t identity(const std::string& text) {
    return text.empty() ? 0 : static_cast<std::uint32_t>(std::hash<std::string>{}(text)) | 1U;
}

policy::NodeFacts node_of(const json& set) {
    policy::NodeFacts node;
    node.ready = status_of(set.value("ready", ""));
    node.has_conditions = node.ready != ConditionStatus::absent || set.value("conditions", false);
    for (const json& taint : set.value("taints", json::array())) {
        node.autoscaler_tainted |= taint == std::string(policy::autoscaler_taint_key);
    }
    node.is_deleting = set.value("deleting", false);
    node.unschedulable = set.value("unschedulable", false);
    const bool is_labelled = set.contains("exclude");
    const std::string value = set.value("exclude", "");
    node.exclusion = policy::exclusion_label_of(is_labelled ? std::optional<std::string_view>(value) : std::nullopt);
    node.provider_id = identity(set.value("provider_id", ""));
    const std::string other = set.value("label", "");
    node.labels_digest = std::hash<std::string>{}((is_labelled ? "label:" + value : "none:") + "|" + other);
    return node;
}

policy::ServiceSpec service_of(const json& set) {
    policy::ServiceSpec service;
    service.type = set.at("type").get<std::string>();
    if (set.contains("class")) service.load_balancer_class = set.at("class").get<std::string>();
    const bool is_local = set.value("policy", "Cluster") == "Local";
    service.external_traffic_policy = is_local ? policy::TrafficPolicy::local : policy::TrafficPolicy::cluster;
    if (set.contains("annotation")) service.annotations["annotation"] = set.at("annotation").get<std::string>();
    service.uid = set.value("uid", "");
    return service;
}

Event event_of(const json& value) {
    Event event;
    event.t = time_of(value.at("t"));
    if (value.contains("node")) event.node = value.at("node").get<policy::NodeKey>();
    if (value.contains("service")) event.service = value.at("service").get<policy::ServiceKey>();
    if (value.contains("set") && event.node) event.node_state = node_of(value.at("set"));
    if (value.contains("set") && event.service) event.service_state = service_of(value.at("set"));
    event.is_delete = value.value("delete", false);
    event.is_vanish = value.value("vanish", false);
    return event;
}

Answer answer_of(const json& value) {
    static const std::map<std::string, CloudResult::Kind> kinds{
        {"ok", CloudResult::Kind::ok},          {"error", CloudResult::Kind::error},
        {"found", CloudResult::Kind::found},    {"elsewhere", CloudResult::Kind::implemented_elsewhere},
        {"absent", CloudResult::Kind::not_found}, {"retry", CloudResult::Kind::retry_after}};
    Answer answer;
    answer.latency = Duration{value.at(0).get<std::int64_t>()};
    const std::string kind = value.at(1).get<std::string>();
    if (!kind.empty()) answer.kind = kinds.at(kind);
    if (value.size() > 2) answer.retry_after = Duration{value.at(2).get<std::int64_t>()};
    return answer;
}

const std::map<std::string, char> operation_letters{{"ensure", 'E'}, {"update", 'U'}, {"get", 'G'}, {"delete", 'D'}};

History history_of(const json& value) {
    History history;
    history.name = value.at("name").get<std::string>();
    history.workers = value.at("workers").get<std::uint32_t>();
    history.gate_off = value.value("gate_off", false);
    history.until = time_of(value.at("until"));
    for (const json& event : value.at("events")) history.events.push_back(event_of(event));
    for (const auto& [key, letter] : operation_letters) {
        history.default_latency[letter] = Duration{value.at("default").at(key).get<std::int64_t>()};
    }
    if (!value.contains("cloud")) return history;
    for (const auto& [service, script] : value.at("cloud").items()) {
        for (const auto& [key, letter] : operation_letters) {
            if (!script.contains(key)) continue;
            auto& answers = history.cloud[static_cast<policy::ServiceKey>(std::stoul(service))][letter];
            for (const json& answer : script.at(key)) answers.push_back(answer_of(answer));
        }
    }
    return history;
}

Call call_of(const json& value) {
    Call call;
    call.t = time_of(value.at(0));
    call.operation = value.at(1).get<std::string>().at(0);
    call.service = value.at(2).get<policy::ServiceKey>();
    if (value.size() > 3) call.nodes = value.at(3).get<std::vector<policy::NodeKey>>();
    return call;
}
}  // namespace

std::string to_string(const Call& call) {
    std::string text = std::to_string(call.t.time_since_epoch().count()) + " us: " + call.operation + " s" +
                       std::to_string(call.service) + " {";
    for (const policy::NodeKey node : call.nodes) text += " n" + std::to_string(node);
    return text + " }";
}

std::size_t History::service_count() const {
    std::set<policy::ServiceKey> services;
    for (const Event& event : events) {
        if (event.service) services.insert(*event.service);
    }
    return services.size();
}

std::size_t Golden::call_count() const {
    std::size_t count = 0;
    for (const Trace& trace : traces) count += trace.calls.size();
    return count;
}

std::map<std::string, History> read_histories(const std::filesystem::path& file) {
    std::map<std::string, History> histories;
    for_each_line(file, [&](std::size_t, const json& value) {
        History history = history_of(value);
        std::string name = history.name;
        histories.emplace(std::move(name), std::move(history));
    });
    return histories;
}

GoldenHeader read_golden_header(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line;
    if (!std::getline(in, line)) throw std::runtime_error("no header in " + file.string());
    const json value = json::parse(line);
    GoldenHeader header{.release = value.at("release").get<std::string>(),
                        .histories = value.at("histories").get<std::size_t>(),
                        .calls = value.at("calls").get<std::size_t>()};
    while (std::getline(in, line)) {
        if (line.find("\"race\":true") != std::string::npos) --header.histories;
    }
    return header;
}

Golden read_golden(const std::filesystem::path& file) {
    Golden golden;
    for_each_line(file, [&](std::size_t number, const json& value) {
        if (number == 1) {
            golden.release = value.at("release").get<std::string>();
            return;
        }
        Trace trace;
        trace.name = value.at("name").get<std::string>();
        trace.is_race = value.value("race", false);
        for (const json& call : value.at("calls")) trace.calls.push_back(call_of(call));
        golden.traces.push_back(std::move(trace));
    });
    return golden;
}

}  // namespace lbsim::upstream
