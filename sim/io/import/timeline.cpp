// SPDX-License-Identifier: Apache-2.0
// Acts of single nodes become entries of a timeline, and cluster names become names of the scenario.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "lbsim/core/check.hpp"
#include "sim/io/import/replay.hpp"
#include "sim/io/import/timestamp.hpp"

namespace lbsim::io {

namespace {

using Json = nlohmann::ordered_json;

class TimelineWriter {
public:
    TimelineWriter(std::int64_t zero_us, const NodePlan& plan) : zero_us_(zero_us), plan_(plan) {
        for (const PlannedPool& pool : plan.pools) next_.push_back(pool.nodes.size());
        for (const auto& [node, name] : plan.name_of) names_[node].push_back(name);
    }

    void add(const NodeAct& act) {
        const std::string name = act.verb == "add_nodes" ? new_name(act) : name_of(act);
        const std::string what = act.verb + act.keys + (act.verb == "add_nodes" ? pool_name(act.node) : std::string());
        if (us_ != act.us || what_ != what || !in_entry_.insert(name).second) {
            finish();
            begin(act, what, name);
        }
        nodes_.push_back(name);
    }

    Timeline take() {
        finish();
        for (const auto& [node, names] : names_) {
            const auto zone = plan_.zone_of.find(node);
            out_.aliases.push_back({.cluster = node,
                                    .names = names,
                                    .pool_from = plan_.pools[plan_.pool_of.at(node)].from,
                                    .zone = zone != plan_.zone_of.end() ? zone->second : std::string()});
        }
        return std::move(out_);
    }

private:
    const std::string& pool_name(const std::string& node) const { return plan_.pools[plan_.pool_of.at(node)].name; }

    std::string new_name(const NodeAct& act) {
        const std::size_t pool = plan_.pool_of.at(act.node);
        names_[act.node].push_back(plan_.pools[pool].name + "-" + std::to_string(next_[pool]++));
        return names_[act.node].back();
    }
    /// Lives are counted from the first registration where a node is not there at the start.
    std::string name_of(const NodeAct& act) const {
        const std::vector<std::string>& names = names_.at(act.node);
        const std::size_t index = plan_.name_of.contains(act.node) ? act.life : act.life - 1;
        LBSIM_CHECK(index < names.size(), "a node acts after it was registered");
        return names[index];
    }

    void begin(const NodeAct& act, const std::string& what, const std::string& name) {
        us_ = act.us;
        what_ = what;
        in_entry_ = {name};
        const Duration at{std::max<std::int64_t>(0, std::max(act.us, zero_us_) - zero_us_)};
        out_.last = std::max(out_.last, at);
        entry_ = Json{{"at", duration_text(at)}, {"do", act.verb}};
        if (act.verb == "add_nodes") entry_["pool"] = pool_name(act.node);
        is_of_new_nodes_ = act.verb == "add_nodes";
        keys_ = Json::parse(act.keys);
    }

    void finish() {
        if (nodes_.empty()) return;
        if (is_of_new_nodes_) entry_["count"] = nodes_.size();
        else entry_["nodes"] = nodes_;
        entry_.update(keys_);
        out_.entries.push_back(entry_.dump());
        nodes_.clear();
    }

    std::int64_t zero_us_;
    const NodePlan& plan_;
    Timeline out_;
    std::vector<std::size_t> next_;                          ///< number of the next new node, by pool
    std::map<std::string, std::vector<std::string>> names_;  ///< in the scenario, life by life
    std::int64_t us_ = 0;                                    ///< of the entry that is being written, as all below
    std::string what_;
    Json entry_, keys_;
    bool is_of_new_nodes_ = false;
    std::vector<std::string> nodes_;
    std::set<std::string> in_entry_;
};

}  // namespace

Timeline timeline_of(std::vector<NodeAct> acts, std::int64_t zero_us, const NodePlan& plan) {
    std::stable_sort(acts.begin(), acts.end(), [](const NodeAct& x, const NodeAct& y) { return x.us < y.us; });
    TimelineWriter writer(zero_us, plan);
    for (const NodeAct& act : acts) writer.add(act);
    return writer.take();
}

}  // namespace lbsim::io
