// SPDX-License-Identifier: Apache-2.0
// Which nodes exist at the start of a record, and what state the dump shows them in.
#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/io/import/replay.hpp"

namespace lbsim::io {

namespace {

/// A Node object is written shortly before the controller sees it.
constexpr std::int64_t registration_slack_us = 60'000'000;
/// A controller that starts sees all nodes within this time.
constexpr std::int64_t restart_window_us = 5'000'000;

std::size_t common_prefix(const std::string& x, const std::string& y) {
    const auto [end, other] = std::mismatch(x.begin(), x.end(), y.begin(), y.end());
    return static_cast<std::size_t>(end - x.begin());
}

/// The node with the longest common prefix of names: that is one of its neighbours in order.
const NodeObject& most_alike(const std::map<std::string, const NodeObject*>& by_name, const std::string& name) {
    auto above = by_name.lower_bound(name);
    if (above == by_name.end()) return *std::prev(above)->second;
    if (above == by_name.begin()) return *above->second;
    const auto below = std::prev(above);
    return common_prefix(below->first, name) > common_prefix(above->first, name) ? *below->second : *above->second;
}

/// True where the record has this node register as something new, and not because the controller started again, which
/// registers every node anew.
class Newcomers {
public:
    Newcomers(const std::vector<NodeObject>& nodes, const Record& record) {
        if (record.events.empty()) return;
        start_ = record.events.front().us - registration_slack_us;
        std::map<std::string, std::int64_t> created;
        for (const NodeObject& node : nodes) {
            if (node.created_us) created.try_emplace(node.name, *node.created_us);
        }
        for (const NodeEvent& event : record.events) {
            if (event.news != NodeNews::registered) continue;
            const auto at = created.find(event.node);
            if (at != created.end() && at->second < start_) restarts_.push_back(event.us);
        }
    }

    bool is_new(const NodeObject& node) const { return start_ && node.created_us && *node.created_us > *start_; }
    bool is_new(const NodeEvent& first_event) const {
        if (first_event.news != NodeNews::registered) return false;
        return std::none_of(restarts_.begin(), restarts_.end(), [&](std::int64_t restart) {
            return std::abs(restart - first_event.us) <= restart_window_us;
        });
    }

private:
    std::optional<std::int64_t> start_;
    std::vector<std::int64_t> restarts_;
};

std::string taint_keys(const NodeObject::Taint& taint) {
    return nlohmann::ordered_json{{"key", taint.key}, {"value", taint.value}, {"effect", taint.effect}}.dump(
        -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

Census take_census(const std::vector<NodeObject>& nodes, const Record& record, ImportNotes& notes) {
    Census census{.nodes = nodes, .added = {}};
    std::map<std::string, const NodeObject*> by_name;
    for (const NodeObject& node : nodes) by_name.try_emplace(node.name, &node);
    const Newcomers newcomers(nodes, record);
    std::set<std::string> too_young;  // they came after the record
    if (!record.is_of_samples) {
        std::map<std::string, const NodeEvent*> first;
        for (const NodeEvent& event : record.events) first.try_emplace(event.node, &event);
        for (const NodeObject& node : nodes) {
            const auto at = first.find(node.name);
            // What has a past before its object was written had another object of this name.
            const bool has_past = at != first.end() && at->second->news != NodeNews::registered && node.created_us &&
                                  at->second->us < *node.created_us;
            if (newcomers.is_new(node) && !has_past) census.added.insert(node.name);
            if (census.added.contains(node.name) && at == first.end() && *node.created_us > record.events.back().us)
                too_young.insert(node.name);
        }
        // Where every node is younger than the record, it is the record that begins with the cluster.
        if (census.added.size() == by_name.size()) {
            census.added.clear();
            too_young.clear();
        }
    }
    for (const std::string& name : too_young)
        notes.left_out("Node " + printable(name), "metadata.creationTimestamp", "younger than the last event: it is not part of the replay");
    std::erase_if(census.nodes, [&](const NodeObject& node) { return too_young.contains(node.name); });
    std::set<std::string> seen;
    for (const NodeEvent& event : record.events) {
        if (by_name.contains(event.node) || !seen.insert(event.node).second) continue;
        NodeObject node = most_alike(by_name, event.node);
        notes.assumed("Node " + printable(event.node), "metadata.name",
                      "only the events know it: taken to have labels, zone and versions of the node with the most similar name");
        node.name = event.node;
        node.unschedulable = false;
        node.taints.clear();
        node.ready = policy::ConditionStatus::is_true;
        node.created_us.reset();
        census.nodes.push_back(std::move(node));
        if (!record.is_of_samples && newcomers.is_new(event)) census.added.insert(event.node);
    }
    return census;
}

std::vector<NodeAct> acts_at_start(const Record& record, const Census& census, ImportNotes& notes) {
    std::set<std::string> has_readiness, has_cordon, has_scale_down;
    for (const NodeEvent& event : record.events) {
        const bool is_of_cordon = event.news == NodeNews::cordoned || event.news == NodeNews::uncordoned;
        const bool is_of_scale_down = event.news == NodeNews::scale_down || event.news == NodeNews::scale_down_failed;
        (is_of_cordon ? has_cordon : is_of_scale_down ? has_scale_down : has_readiness).insert(event.node);
    }
    std::vector<NodeAct> acts;
    for (const NodeObject& node : census.nodes) {
        if (census.added.contains(node.name)) continue;
        const std::string object = "Node " + printable(node.name);
        const auto act = [&](const char* verb, std::string keys) {
            acts.push_back({.us = std::numeric_limits<std::int64_t>::min(), .verb = verb, .keys = std::move(keys), .node = node.name});
        };
        if (node.unschedulable && !has_cordon.contains(node.name)) {
            act("cordon", "{}");
            notes.assumed(object, "spec.unschedulable", "cordoned at time 0: before, pods are placed as if it were not");
        }
        using Status = policy::ConditionStatus;
        if (node.ready == Status::absent)
            notes.assumed(object, "status.conditions Ready", "not given: taken as ready");
        if ((node.ready == Status::is_false || node.ready == Status::unknown) && !has_readiness.contains(node.name)) {
            act("set_ready", node.ready == Status::is_false ? R"({"status":"False"})" : R"({"status":"Unknown"})");
            notes.assumed(object, "status.conditions Ready", "not ready from time 0 on, for the whole run");
        }
        for (const NodeObject::Taint& taint : node.taints) {
            if (taint.key == "ToBeDeletedByClusterAutoscaler" && taint.effect == "NoSchedule") {
                if (has_scale_down.contains(node.name)) continue;
                act("taint", taint_keys(taint));
                notes.assumed(object, "spec.taints ToBeDeletedByClusterAutoscaler", "set at time 0; the rest of the scale-down is not played");
            } else if (!taint.key.starts_with("node.kubernetes.io/")) {
                notes.left_out(object, "spec.taints " + printable(taint.key), "where pods may be placed is not played by taints of the start");
            }
        }
    }
    return acts;
}

}  // namespace lbsim::io
