// SPDX-License-Identifier: Apache-2.0
// Writes to Node objects and their delivery to watchers.
#include "models/cluster/api_server.hpp"

#include <algorithm>
#include <limits>

namespace lbsim::cluster {

namespace {

/// Before every start-up latency.
constexpr Time long_ago = at_us(std::numeric_limits<std::int64_t>::min() / 2);

std::uint64_t digest(const std::map<std::string, std::string>& labels) {
    std::uint64_t h = labels.size();
    for (const auto& [key, value] : labels) {
        for (const char c : key) h = mix64(h ^ static_cast<unsigned char>(c));
        h = mix64(h + 0x100);
        for (const char c : value) h = mix64(h ^ static_cast<unsigned char>(c));
        h = mix64(h + 0x200);
    }
    return h;
}

bool is_named(const Taint& taint, std::string_view key, std::string_view effect) {
    return taint.key == key && (effect.empty() || taint.effect == effect);
}

policy::NodeFacts facts_of(const NodeObject& node) {
    const auto label = node.labels.find(std::string(policy::exclusion_label_key));
    return {.ready = node.ready,
            .has_conditions = node.ready != policy::ConditionStatus::absent,
            .autoscaler_tainted = node.has_taint(policy::autoscaler_taint_key),
            .is_deleting = false,
            .unschedulable = node.unschedulable,
            .exclusion = policy::exclusion_label_of(
                label == node.labels.end() ? std::nullopt : std::optional<std::string_view>(label->second)),
            .has_master_label = node.labels.contains(std::string(policy::master_label_key)),
            .provider_id = node.provider_id,
            .labels_digest = digest(node.labels)};
}

}  // namespace

Taint autoscaler_taint() {
    return {.key = std::string(policy::autoscaler_taint_key), .value = "", .effect = "NoSchedule"};
}

void Journal::later(Time t, engine::Step step, std::uint32_t object, std::function<void()> action) {
    if (t == never) return;
    if (free_actions_.empty()) {
        free_actions_.push_back(actions_.size());
        actions_.emplace_back();
    }
    const std::uint64_t at = free_actions_.back();
    free_actions_.pop_back();
    actions_[at] = std::move(action);
    engine_->at(t, {engine::rank_of(step), object}, &Journal::act, this, at);
}

void Journal::act(void* self, std::uint64_t action) {
    Journal& journal = *static_cast<Journal*>(self);
    const std::function<void()> what = std::move(journal.actions_[action]);
    journal.actions_[action] = nullptr;
    journal.free_actions_.push_back(action);
    what();
}

Time WatchLatency::next_delivery(Line& line, Time written) const {
    const Duration wait = is_fixed() ? fixed() : sampler_.draw(line.key.word(line.count));
    ++line.count;
    line.last = std::max(line.last, saturating_add(written, wait));
    return line.last;
}

bool NodeObject::has_taint(std::string_view key, std::string_view effect) const {
    return std::any_of(taints.begin(), taints.end(), [&](const Taint& t) { return is_named(t, key, effect); });
}

void NodeObject::set_taint(const Taint& taint) {
    remove_taint(taint.key, taint.effect);
    taints.push_back(taint);
}

void NodeObject::remove_taint(std::string_view key, std::string_view effect) {
    std::erase_if(taints, [&](const Taint& t) { return is_named(t, key, effect); });
}

bool NodeObject::accepts_pods() const {
    return exists && ready == policy::ConditionStatus::is_true && !unschedulable &&
           std::none_of(taints.begin(), taints.end(),
                        [](const Taint& t) { return t.effect == "NoSchedule" || t.effect == "NoExecute"; });
}

ApiServer::ApiServer(Journal& journal, const scenario::Scenario& scenario, std::uint32_t replication)
    : journal_(&journal),
      seed_(scenario.seed),
      replication_(replication),
      latency_(scenario.cluster.watch_latency) {}

NodeId ApiServer::add_node(std::string name) {
    const NodeId id{nodes_.size()};
    by_name_[name] = id;
    nodes_.emplace_back();
    changes_of_.emplace_back();
    journal_->history().nodes.push_back({.name = std::move(name), .machine = {}, .healthz = {}});
    for (Watch& watch : watches_) {
        if (watch.own) watch.lines.push_back({.key = StreamKey(seed_, replication_, watch.watcher, name_key(id))});
    }
    return id;
}

std::string ApiServer::name_key(NodeId id) const { return journal_->history().nodes[id.index()].name; }

std::optional<NodeId> ApiServer::find_node(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

void ApiServer::start_with(NodeId id, const std::function<void(NodeObject&)>& change) {
    NodeObject& node = nodes_[id.index()];
    change(node);
    node.facts = facts_of(node);
    changes_of_[id.index()].push_back(changes_.size());
    changes_.push_back({.t = long_ago, .node = id, .before = {}, .after = node.facts, .why = {}});
    for (const Deliver& observe : observers_) observe(changes_.back());
}

void ApiServer::write(NodeId id, EventId why, const std::function<void(NodeObject&)>& change) {
    NodeObject& node = nodes_[id.index()];
    NodeChange row{.t = journal_->now(), .node = id, .before = {}, .after = {}, .why = why};
    if (node.exists) row.before = node.facts;
    change(node);
    node.facts = facts_of(node);
    if (node.exists) row.after = node.facts;
    if (row.before == row.after) {
        // Not a fact that a policy reads, such as another taint: watchers have nothing to decide, placement may have.
        for (const Deliver& observe : observers_) observe(row);
        return;
    }
    changes_of_[id.index()].push_back(changes_.size());
    changes_.push_back(row);
    for (const Deliver& observe : observers_) observe(row);
    dispatch(changes_.back());
}

void ApiServer::watch(const std::string& watcher, Deliver deliver) {
    watches_.push_back({.watcher = watcher,
                        .own = false,
                        .deliver = std::move(deliver),
                        .line = {.key = StreamKey(seed_, replication_, "watch_latency", watcher)},
                        .lines = {}});
}

void ApiServer::watch_own(const std::string& watcher, Deliver deliver) {
    watches_.push_back({.watcher = watcher, .own = true, .deliver = std::move(deliver), .line = {}, .lines = {}});
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        watches_.back().lines.push_back({.key = StreamKey(seed_, replication_, watcher, name_key(NodeId{i}))});
    }
}

void ApiServer::dispatch(const NodeChange& change) {
    for (Watch& watch : watches_) {
        WatchLatency::Line& line = watch.own ? watch.lines[change.node.index()] : watch.line;
        deliver(latency_.next_delivery(line, change.t), engine::Step::watch_delivery, change.node.value,
                [&watch, &change] { watch.deliver(change); });
    }
}

// ---- outages -------------------------------------------------------------------------------------------------------

void ApiServer::go_down(Time until) { outages_.add(journal_->now(), until); }

void ApiServer::when_up(engine::Step step, std::uint32_t object, std::function<void()> action) {
    if (!is_down()) {
        action();
        return;
    }
    journal_->later(up_at(), step, object, [this, step, object, action = std::move(action)]() mutable {
        when_up(step, object, std::move(action));
    });
}

void ApiServer::deliver(Time t, engine::Step step, std::uint32_t object, std::function<void()> action) {
    deliver_at(t, t, step, object, std::move(action));
}

/// An outage may grow while a delivery waits for its end, so that where it falls is told anew each time.
void ApiServer::deliver_at(Time t, Time due, engine::Step step, std::uint32_t object, std::function<void()> action) {
    journal_->later(t, step, object, [this, due, step, object, action = std::move(action)]() mutable {
        const Time held = after_outages(due, latency_.fixed_or_zero());
        if (held > journal_->now()) {
            deliver_at(held, due, step, object, std::move(action));
        } else {
            action();
        }
    });
}

/// When what is due at t comes, as far as outages are known.
Time ApiServer::after_outages(Time t, Duration latency) const {
    for (const Gaps::Gap& outage : outages_.all()) {
        if (t >= outage.from && t < outage.to) t = saturating_add(outage.to, latency);
    }
    return t;
}

void ApiServer::wait_until_up() const {
    while (is_down()) journal_->engine().sleep_until(up_at());
}

Time ApiServer::delivered_at(Time written) const {
    return after_outages(saturating_add(written, latency_.fixed()), latency_.fixed());
}

Time ApiServer::visible_until(Time now) const {
    if (now == never) return never;
    for (auto outage = outages_.all().rbegin(); outage != outages_.all().rend(); ++outage) {
        if (now >= outage->from && now < saturating_add(outage->to, latency_.fixed())) now = outage->from - Duration{1};
    }
    return now - latency_.fixed();
}

std::optional<policy::NodeFacts> ApiServer::listed(NodeId id, Time t) const {
    const Duration age = latency_.fixed_or_zero();
    const std::vector<std::uint64_t>& rows = changes_of_[id.index()];
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
        if (saturating_add(changes_[*row].t, age) <= t) return changes_[*row].after;
    }
    return std::nullopt;
}

}  // namespace lbsim::cluster
