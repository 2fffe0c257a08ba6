// SPDX-License-Identifier: Apache-2.0
// Matches Services with workloads and budgets, and endpoints with nodes.
#include "sim/io/import/workload_plan.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/io/import/format_knowledge.hpp"

namespace lbsim::io {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t most_replicas = 1'000'000;
/// What a workload may do without.
constexpr const char* rollout_keys[] = {"minReadySeconds", "maxSurge", "maxUnavailable", "pdb_min_available"};

bool contains_all(const Labels& labels, const Labels& wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& w) {
        const auto at = labels.find(w.first);
        return at != labels.end() && at->second == w.second;
    });
}

Json as_given(const Scaled& value) {
    return value.is_percent ? Json(std::to_string(value.value) + "%") : Json(value.value);
}

Json seconds_number(Duration duration) {
    const std::int64_t ms = (duration.count() + 999) / 1'000;
    return ms % 1'000 == 0 ? Json(ms / 1'000) : Json(static_cast<double>(ms) / 1'000.0);
}

class WorkloadPlanner {
public:
    WorkloadPlanner(const ServiceObject& service, const Dump& dump, const NodePlan& plan, ImportNotes& notes)
        : service_(service), dump_(dump), plan_(plan), notes_(notes) {}

    Json plan() {
        find_endpoints();
        find_owner();
        if (owner_ == nullptr) {
            plan_without_owner();
        } else {
            plan_owner();
        }
        plan_nodes();
        return std::move(out_);
    }

private:
    void find_endpoints() {
        const auto slices = dump_.endpoints.find({service_.space, service_.name});
        if (slices == dump_.endpoints.end()) return;
        has_slices_ = true;
        // IPv4 and IPv6 slices list the same pods.
        std::map<std::string, const Endpoint*> by_id;
        for (const Endpoint& endpoint : slices->second) by_id.try_emplace(endpoint.id, &endpoint);
        for (const auto& [id, endpoint] : by_id) {
            ++endpoints_;
            if (endpoint->is_ready) ++ready_;
            const auto node = plan_.name_of.find(endpoint->node);
            if (node != plan_.name_of.end()) ++on_node_[node->second];
            else ++elsewhere_;
        }
    }

    void find_owner() {
        if (service_.selector.empty()) return;
        const auto workloads = dump_.workloads.find(service_.space);
        if (workloads == dump_.workloads.end()) return;
        for (const WorkloadObject& workload : workloads->second) {
            if (!contains_all(workload.labels, service_.selector)) continue;
            ++owners_;
            replicas_ += workload.replicas;
            if (owner_ == nullptr || workload.replicas > owner_->replicas) owner_ = &workload;
        }
        replicas_ = std::min(replicas_, most_replicas);
        if (owners_ > 1)
            notes_.assumed(service_.object(), "spec.selector",
                           "selects pods of several workloads: their replicas are added, all else is that of the largest");
    }

    void plan_without_owner() {
        const std::string why = service_.selector.empty() ? "no selector" : "no workload in the dump has pods that it selects";
        if (!has_slices_) {
            out_["replicas"] = 2;
            notes_.assumed(service_.object(), "spec.selector", why + ", and no EndpointSlice is given: 2 replicas");
            return;
        }
        out_["replicas"] = std::min<std::int64_t>(endpoints_, most_replicas);
        notes_.assumed(service_.object(), "spec.selector",
                       why + ": as many replicas of a Deployment as its EndpointSlices have endpoints, with default hooks");
    }

    void plan_owner() {
        const bool is_daemon_set = owner_->kind == "DaemonSet";
        out_["kind"] = is_daemon_set ? "DaemonSet" : "Deployment";
        if (!is_daemon_set) out_["replicas"] = replicas_;
        if (owner_->kind == "StatefulSet") notes_.assumed(owner_->object(), "kind", "played as a Deployment");
        if (owner_->pre_stop && *owner_->pre_stop > Duration{}) out_["preStopSeconds"] = seconds_number(*owner_->pre_stop);
        if (owner_->grace_period_s) out_["terminationGracePeriodSeconds"] = *owner_->grace_period_s;
        notes_.assumed(owner_->object(), "spec.template", "what the program does at SIGTERM is not in the object: it exits at once");
        if (owner_->min_ready_s > 0)
            put("minReadySeconds", {owner_->min_ready_s}, owner_->object(), "spec.minReadySeconds");
        plan_rollout(is_daemon_set);
        plan_budget();
    }

    /// The value as given, or else in numbers of pods: the first form that the format takes.
    void put(const char* key, const std::vector<Json>& forms, const std::string& object, const std::string& field) {
        for (const Json& form : forms) {
            if (!format_takes(workload_shape(), key, form)) continue;
            out_[key] = form;
            return;
        }
        notes_.left_out(object, field, "a scenario of this version does not act on it");
    }

    std::int64_t pods() const {
        if (owner_->kind != "DaemonSet") return replicas_;
        return on_node_.empty() ? static_cast<std::int64_t>(plan_.name_of.size()) : static_cast<std::int64_t>(on_node_.size());
    }

    /// Source: kubernetes/kubernetes pkg/controller/deployment/util ResolveFenceposts, pkg/controller/daemon/update.go:
    /// a surge is rounded up; what may be unavailable down for a Deployment and up for a DaemonSet.
    void plan_rollout(bool is_daemon_set) {
        const std::string field = owner_->kind == "Deployment" ? "spec.strategy" : "spec.updateStrategy";
        if (!owner_->strategy.empty() && owner_->strategy != "RollingUpdate")
            notes_.left_out(owner_->object(), field + ".type", owner_->strategy == "Recreate" || owner_->strategy == "OnDelete"
                                                                   ? "only RollingUpdate is played"
                                                                   : "no strategy that lbsim knows");
        if (owner_->max_surge)
            put("maxSurge", {as_given(*owner_->max_surge), scaled(*owner_->max_surge, pods(), Rounding::up)}, owner_->object(),
                field + ".rollingUpdate.maxSurge");
        if (owner_->max_unavailable)
            put("maxUnavailable",
                {as_given(*owner_->max_unavailable),
                 scaled(*owner_->max_unavailable, pods(), is_daemon_set ? Rounding::up : Rounding::down)},
                owner_->object(), field + ".rollingUpdate.maxUnavailable");
    }

    /// Source: kubernetes/kubernetes pkg/controller/disruption getExpectedPodCount: percentages are rounded up, and what
    /// maxUnavailable leaves is wanted.
    void plan_budget() {
        const auto budgets = dump_.budgets.find(service_.space);
        if (budgets == dump_.budgets.end()) return;
        const BudgetObject* found = nullptr;
        for (const BudgetObject& budget : budgets->second) {
            if (!budget.selector.selects(owner_->labels)) continue;
            if (found != nullptr)
                notes_.assumed(budget.object(), "spec.selector", "a second budget for the same pods: the first one counts");
            else found = &budget;
        }
        if (found == nullptr) return;
        if (owner_->kind == "DaemonSet")
            return notes_.left_out(found->object(), "spec.selector", "selects pods of a DaemonSet, which no drain evicts");
        if (found->min_available) {
            put("pdb_min_available",
                {as_given(*found->min_available), scaled(*found->min_available, pods(), Rounding::up)}, found->object(),
                "spec.minAvailable");
        } else if (found->max_unavailable) {
            const std::int64_t wanted = std::max<std::int64_t>(0, pods() - scaled(*found->max_unavailable, pods(), Rounding::up));
            put("pdb_min_available", {wanted}, found->object(), "spec.maxUnavailable");
        }
    }

    /// With Local it matters which nodes have endpoints; else only how many there are.
    void plan_nodes() {
        if (owner_ != nullptr && owner_->kind != "DaemonSet" && has_slices_ && ready_ != replicas_)
            notes_.assumed(service_.object(), "EndpointSlice endpoints",
                           "not as many are ready as the workload has replicas: at the start all replicas are ready");
        const bool is_daemon_set = owner_ != nullptr && owner_->kind == "DaemonSet";
        if (!service_.is_local && !is_daemon_set) return;
        if (on_node_.empty())
            return notes_.assumed(service_.object(), "EndpointSlice endpoints",
                                  "no endpoint names a node of the scenario's start: its pods may be on every node");
        if (elsewhere_ > 0)
            notes_.assumed(service_.object(), "EndpointSlice endpoints",
                           "some are on no node of the scenario's start: all pods are on the nodes of the others");
        if (on_node_.size() == plan_.name_of.size()) return;
        Json nodes = Json::array();
        std::size_t most = 0;
        std::size_t least = most_replicas;
        for (const auto& [node, pods] : on_node_) {
            nodes.push_back(node);
            most = std::max(most, pods);
            least = std::min(least, pods);
        }
        out_["nodes"] = nodes;
        notes_.assumed(service_.object(), "EndpointSlice endpoints[].nodeName",
                       "nodes that have endpoints now are the only ones that may have them: delete \"nodes\" where pods may move "
                       "to others");
        if (most > least + 1)
            notes_.assumed(service_.object(), "EndpointSlice endpoints[].nodeName",
                           "replicas are not spread evenly over these nodes in the cluster, but are in the scenario");
    }

    const ServiceObject& service_;
    const Dump& dump_;
    const NodePlan& plan_;
    ImportNotes& notes_;
    Json out_ = Json::object();
    const WorkloadObject* owner_ = nullptr;
    std::size_t owners_ = 0;
    std::int64_t replicas_ = 0;
    bool has_slices_ = false;
    std::int64_t endpoints_ = 0;
    std::int64_t ready_ = 0;
    std::size_t elsewhere_ = 0;  ///< endpoints on nodes that are not there at the start
    std::map<std::string, std::size_t> on_node_;
};

}  // namespace

Json workload_of(const ServiceObject& service, const Dump& dump, const NodePlan& plan, ImportNotes& notes) {
    return WorkloadPlanner(service, dump, plan, notes).plan();
}

bool drop_refused_rollouts(const std::vector<Problem>& problems, Json& services, ImportNotes& notes) {
    constexpr std::string_view start = "/services/";
    std::size_t dropped = 0;
    for (const Problem& problem : problems) {
        if (!problem.pointer.starts_with(start)) return false;
        const std::string_view rest = std::string_view(problem.pointer).substr(start.size());
        std::size_t index = 0;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
        const std::string_view place(end, static_cast<std::size_t>(rest.data() + rest.size() - end));
        if (error != std::errc{} || index >= services.size() || !place.starts_with("/workload")) return false;
        Json& service = services[index];
        for (const char* key : rollout_keys) {
            if (!service["workload"].contains(key) || (place != "/workload" && place != "/workload/" + std::string(key))) continue;
            service["workload"].erase(key);
            notes.left_out("service " + service["name"].get<std::string>(), std::string("workload ") + key, problem.found);
            ++dropped;
        }
    }
    return dropped > 0;
}

std::int64_t scaled(const Scaled& value, std::int64_t total, Rounding rounding) {
    if (!value.is_percent) return value.value;
    return (value.value * total + (rounding == Rounding::up ? 99 : 0)) / 100;
}

}  // namespace lbsim::io
