// SPDX-License-Identifier: Apache-2.0
// What happens to the controller, and what is checked on the way.
#include "controller_world.hpp"

#include <algorithm>

#include "bytes.hpp"

namespace lbsim::test {

using namespace policy;

namespace {
constexpr auto both_policies = {TrafficPolicy::cluster, TrafficPolicy::local};
constexpr NodeKey fresh_node = 15;
constexpr Duration longest_back_off = 300s;
constexpr std::string_view stable_gate = "StableLoadBalancerNodeSet";

std::size_t index(TrafficPolicy policy) { return policy == TrafficPolicy::cluster ? 0 : 1; }

ServiceController::Options options(Release release, const FeatureGates& gates, std::uint32_t workers, std::uint64_t seed) {
    ServiceController::Options options;
    options.release = release;
    options.gates = gates;
    options.concurrent_service_syncs = workers;
    options.pass_order = random_pass_order(StreamKey(seed, 0, "pass-order"));
    options.first_tick = time_zero + Duration{seed % 100} * 1'000'000;
    return options;
}

NodeFacts always_ready(NodeFacts facts) {
    facts.ready = ConditionStatus::is_true;
    facts.has_conditions = true;
    return facts;
}

CloudResult good_end(const CloudCall& call) {
    CloudResult result;
    if (call.operation == CloudOperation::get_load_balancer) result.kind = CloudResult::Kind::found;
    return result;
}

bool same(const CloudCall& a, const CloudCall& b) {
    return a.operation == b.operation && a.service == b.service && a.nodes == b.nodes && a.cause == b.cause;
}
}  // namespace

ControllerWorld::ControllerWorld(Release release, const FeatureGates& gates, std::uint32_t workers, std::uint64_t seed)
    : release_(release),
      machine_(options(release, gates, workers, seed)),
      sets_(release, gates),
      running_(machine_.worker_count()),
      deleted_by_(machine_.worker_count()) {
    if (gate_value(stable_gate, release, gates)) {
        twin_.emplace(options(release, gates, workers, seed));
    }
    sets_.check_logs(machine_);
    synced_ = current();
}

void ControllerWorld::start_in_sync(const std::vector<std::optional<NodeFacts>>& nodes,
                                    const std::vector<ServiceFacts>& services) {
    machine_.start_in_sync(nodes, services);
    if (twin_) {
        auto ready = nodes;
        for (auto& node : ready) {
            if (node) node = always_ready(*node);
        }
        twin_->start_in_sync(ready, services);
    }
    for (NodeKey n = 0; n < nodes.size(); ++n) sets_.put(n, nodes[n]);
    sets_.check_logs(machine_);
    synced_ = current();
    for (ServiceKey s = 0; s < services.size(); ++s) {
        services_[s] = services[s];
        if (!services[s].wants_load_balancer) continue;
        ever_concerned_.insert(s);
        held_[s] = {current()[index(services[s].external_traffic_policy)], false, step_};
    }
    require(!machine_.has_work() && !machine_.next_timer(), "a controller that starts in sync has nothing to do");
}

ControllerWorld::Sets ControllerWorld::current() const {
    Sets sets;
    for (const TrafficPolicy policy : both_policies) {
        sets[index(policy)] = {policy, machine_.node_sets(policy).version()};
    }
    return sets;
}

std::optional<ServiceFacts> ControllerWorld::service(ServiceKey key) const {
    const auto found = services_.find(key);
    return found == services_.end() ? std::nullopt : std::optional(found->second);
}

bool ControllerWorld::wants_load_balancer(ServiceKey key) const {
    const auto facts = service(key);
    return facts && facts->wants_load_balancer && !facts->needs_cleanup;
}

void ControllerWorld::change_node(NodeKey node, const std::optional<NodeFacts>& after) {
    const auto before = sets_.facts(node);
    if (!before && !after) return;
    machine_.node_delivered(now_, node, before, after, ++step_);
    deliver_to_twin(node, before, after);
    sets_.put(node, after);
    sets_.check_logs(machine_);
    check_twin();
}

void ControllerWorld::deliver_to_twin(NodeKey node, std::optional<NodeFacts> before, std::optional<NodeFacts> after) {
    if (!twin_) return;
    if (before) before = always_ready(*before);
    if (after) after = always_ready(*after);
    if (before != after) twin_->node_delivered(now_, node, before, after, step_);
}

void ControllerWorld::change_service(ServiceKey key, const std::optional<ServiceFacts>& after) {
    machine_.service_delivered(now_, key, after, ++step_);
    if (twin_) twin_->service_delivered(now_, key, after, step_);
    services_.erase(key);
    if (after) services_.emplace(key, *after);
    else vanished_.insert(key);
    if (after && (after->wants_load_balancer || after->needs_cleanup)) ever_concerned_.insert(key);
}

void ControllerWorld::tick() {
    const auto due = machine_.next_tick();
    require(!due || release_.minor <= 25, "from 1.26 on nothing ticks");
    if (!due) return;
    wait(std::max(Duration{}, *due - now_));
    machine_.tick(now_, ++step_);
    require(!machine_.next_tick() || *machine_.next_tick() > now_, "after a tick the next one is later");
}

void ControllerWorld::wait(Duration time) {
    const Time until = now_ + time;
    while (const auto timer = machine_.next_timer()) {
        if (*timer > until) break;
        now_ = std::max(now_, *timer);
        machine_.timer_fired(now_);
        if (twin_) twin_->timer_fired(now_);
        require(!machine_.next_timer() || *machine_.next_timer() > now_, "a timer that fired leaves later ones only");
    }
    now_ = until;
}

void ControllerWorld::ask(WorkerIndex worker) {
    if (running_[worker]) return;
    const bool had_work = machine_.has_work();
    const std::uint64_t passes = counted_.passes;
    ++step_;
    const auto call = machine_.next_call(worker, now_);
    if (twin_) {
        const auto twin_call = twin_->next_call(worker, now_);
        require(call.has_value() == twin_call.has_value() && (!call || same(*call, *twin_call)),
                "readiness alone never leads to a call where the node set does not read it");
    }
    read_notices();
    require(had_work || (!call && passes == counted_.passes), "where has_work sees none, nobody finds work");
    if (call) {
        check_call(worker, *call);
        running_[worker] = call;
    }
    check_twin();
}

void ControllerWorld::ask_everyone() {
    for (int round = 0; machine_.has_work(); ++round) {
        require(round < 10'000, "idle workers come to an end of the work that there is");
        const auto before = std::tuple(counted_.passes, machine_.queue_length(), std::count(running_.begin(), running_.end(), std::nullopt));
        for (WorkerIndex w = 0; w < worker_count(); ++w) ask(w);
        const auto after = std::tuple(counted_.passes, machine_.queue_length(), std::count(running_.begin(), running_.end(), std::nullopt));
        require(before != after || !machine_.has_work(), "where has_work sees some, an idle worker makes progress");
    }
}

void ControllerWorld::end(WorkerIndex worker, const CloudResult& result) {
    if (!running_[worker]) return;
    ++step_;
    const CloudCall call = *running_[worker];
    running_[worker].reset();
    retry_noticed_ = false;
    if (result.kind == CloudResult::Kind::retry_after) longest_retry_ = std::max(longest_retry_, result.retry_after);
    machine_.call_ended(worker, now_, result);
    if (twin_) twin_->call_ended(worker, now_, result);
    read_notices();
    const bool is_gone = call.operation == CloudOperation::ensure_load_balancer_deleted && !retry_noticed_;
    deleted_by_[worker] = is_gone ? std::optional(call.service) : std::nullopt;
    if (retry_noticed_ && machine_.next_timer()) {
        require(*machine_.next_timer() <= now_ + std::max(longest_back_off, longest_retry_),
                "no retry is put off by more than 300 s, or what a RetryError asks for");
    }
    require(!retry_noticed_ || machine_.next_timer() || machine_.queue_length() > 0, "a retry waits somewhere");
    check_twin();
}

bool ControllerWorld::is_idle() const {
    return std::all_of(running_.begin(), running_.end(), [](const auto& call) { return !call; });
}

void ControllerWorld::come_to_rest() {
    for (int round = 0; round < 100'000; ++round) {
        ask_everyone();
        if (!is_idle()) {
            for (WorkerIndex w = 0; w < worker_count(); ++w) {
                if (running_[w]) end(w, good_end(*running_[w]));
            }
        } else if (const auto timer = machine_.next_timer()) {
            wait(std::max(Duration{}, *timer - now_));
        } else {
            check_rest();
            return;
        }
    }
    require(false, "a controller whose calls go well comes to rest");
}

void ControllerWorld::settle_and_check() {
    come_to_rest();
    const std::uint64_t rested = step_;
    NodeFacts fresh = always_ready({});
    fresh.provider_id = 1000;
    change_node(fresh_node, fresh);
    come_to_rest();
    for (const auto& [key, facts] : services_) {
        if (wants_load_balancer(key)) {
            const auto& pushed = sets_.at(held_.at(key).nodes);
            require(names_of(pushed) == names_of(sets_.desired(facts.external_traffic_policy)),
                    "after rest, one more node brings every service to the set that the release wants");
        } else if (held_.contains(key) && !vanished_.contains(key)) {
            require(held_.at(key).step <= rested, "a service that wants no load balancer is not updated");
        }
    }
}

}  // namespace lbsim::test
