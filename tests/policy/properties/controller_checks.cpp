// SPDX-License-Identifier: Apache-2.0
// The properties of calls, passes, counters and rest.
#include <algorithm>

#include "bytes.hpp"
#include "controller_world.hpp"

namespace lbsim::test {

using namespace policy;

namespace {
std::size_t index(TrafficPolicy policy) { return policy == TrafficPolicy::cluster ? 0 : 1; }
}  // namespace

void ControllerWorld::read_notices() {
    for (const ControllerNotice& notice : machine_.take_notices()) {
        switch (notice.kind) {
            case ControllerNotice::Kind::pass_started:
                require(!pass_, "passes do not overlap");
                require(notice.pass == counted_.passes, "passes are numbered from 0 without a gap");
                pass_ = Pass{notice.pass, current(), {}, false, 0};
                break;
            case ControllerNotice::Kind::pass_finished: pass_finished(notice); break;
            case ControllerNotice::Kind::update_started:
                require(pass_.has_value(), "an Update is part of a pass");
                require(pass_->updated.insert(notice.service).second, "a pass updates a service at most once");
                ++counted_.loadbalancer_sync_total;
                break;
            case ControllerNotice::Kind::ensure_started: ++counted_.ensures; break;
            case ControllerNotice::Kind::cleaned_up: break;
            case ControllerNotice::Kind::retry_scheduled:
                ++counted_.retries;
                retry_noticed_ = true;
                break;
        }
    }
    check_metrics();
    if (twin_) twin_->take_notices();
}

void ControllerWorld::pass_finished(const ControllerNotice& notice) {
    require(pass_ && pass_->number == notice.pass, "a pass ends once, after it started");
    require(notice.calls == pass_->updated.size(), "a pass counts its Updates");
    for (WorkerIndex w = 0; w < worker_count() / 2; ++w) {
        require(!running_[w], "a pass ends when its last call has");
    }
    ++counted_.passes;
    pass_->saw_no_change = pass_->listed == current();
    pass_->end_step = step_;
    synced_ = pass_->listed;
    last_pass_ = std::move(pass_);
    pass_.reset();
}

void ControllerWorld::check_metrics() const {
    const ControllerMetrics& metrics = machine_.metrics();
    require(metrics.passes == counted_.passes, "the counter of passes is that of their ends");
    require(metrics.loadbalancer_sync_total == counted_.loadbalancer_sync_total, "every Update is counted once");
    require(metrics.ensures == counted_.ensures, "every Ensure is counted once");
    require(metrics.retries == counted_.retries, "every retry is counted once");
}

void ControllerWorld::check_alone(WorkerIndex worker, ServiceKey service) const {
    for (WorkerIndex w = 0; w < worker_count(); ++w) {
        if (w == worker || !running_[w] || is_node_worker(w) != is_node_worker(worker)) continue;
        require(running_[w]->service != service, "two workers of one kind never work on one service");
    }
}

void ControllerWorld::check_call(WorkerIndex worker, const CloudCall& call) {
    require(call.cause > 0 && call.cause <= step_, "a call names the delivery that led to it");
    require(ever_concerned_.contains(call.service), "no call names a service that never wanted a load balancer or its clean-up");
    check_alone(worker, call.service);
    require(sets_.has_seen(call.nodes), "a call carries a set that there was at some delivery");
    // check_logs held this version against the predicate when it was the present one; it must not have changed since.
    const NodeSetLog& log = machine_.node_sets(call.nodes.policy);
    require(log.members(call.nodes.version) == names_of(sets_.at(call.nodes)),
            "a call names exactly the nodes that were there and wanted when its list was taken");
    switch (call.operation) {
        case CloudOperation::update_load_balancer:
            require(is_node_worker(worker), "Updates are made by node workers");
            check_update(call);
            held_[call.service] = {call.nodes, false, step_};
            break;
        case CloudOperation::ensure_load_balancer:
            require(!is_node_worker(worker), "Ensures are made by service workers");
            check_ensure(worker, call);
            held_[call.service] = {call.nodes, true, step_};
            break;
        case CloudOperation::ensure_load_balancer_deleted:
            require(!is_node_worker(worker), "deletions are made by service workers");
            break;
        case CloudOperation::get_load_balancer: break;
    }
}

void ControllerWorld::check_ensure(WorkerIndex worker, const CloudCall& call) const {
    require(call.nodes == current()[index(call.nodes.policy)], "an Ensure carries the present set");
    // A service under another UID: its old load balancer went first, and the Ensure goes by the facts read before that.
    if (deleted_by_[worker] == call.service) return;
    require(wants_load_balancer(call.service), "only a service that wants a load balancer is ensured");
    require(call.nodes.policy == service(call.service)->external_traffic_policy,
            "an Ensure carries the set of its service's policy");
}

void ControllerWorld::check_update(const CloudCall& call) const {
    require(pass_ && pass_->updated.contains(call.service), "an Update belongs to the pass under way");
    const NodeSetRef listed = pass_->listed[index(call.nodes.policy)];
    const NodeSetRef now = current()[index(call.nodes.policy)];
    require(listed.version <= call.nodes.version && call.nodes.version <= now.version,
            "an Update's list is taken between the start of its pass and the call");
    // 1.26 to 1.28 list once a pass (kubernetes/cloud-provider v0.26.0, syncNodes), 1.29 on at each service's turn.
    if (release_.minor >= 29) {
        require(call.nodes == now, "from 1.29 an Update carries the present set");
        const auto held = held_.find(call.service);
        require(held == held_.end() || sets_.at(held->second.nodes) != sets_.at(now),
                "from 1.29 a service that holds the present set is not updated");
    } else if (release_.minor >= 26) {
        require(call.nodes == listed, "from 1.26 to 1.28 an Update carries the set listed when its pass began");
        require(sets_.at(listed) != sets_.at(synced_[index(call.nodes.policy)]),
                "from 1.26 to 1.28 a pass updates only where its list differs from that of the last pass");
    }
}

void ControllerWorld::check_twin() const {
    if (!twin_) return;
    require(machine_.has_work() == twin_->has_work() && machine_.queue_length() == twin_->queue_length() &&
                machine_.next_timer() == twin_->next_timer(),
            "readiness alone changes no queue where the node set does not read it");
    for (const TrafficPolicy policy : {TrafficPolicy::cluster, TrafficPolicy::local}) {
        require(machine_.node_sets(policy).version() == twin_->node_sets(policy).version(),
                "readiness alone changes no set where the node set does not read it");
    }
}

void ControllerWorld::check_rest() const {
    require(is_idle() && !pass_ && machine_.queue_length() == 0, "at rest no pass is under way and no key waits");
    for (const auto& [key, facts] : services_) {
        if (!wants_load_balancer(key)) continue;
        require(held_.contains(key), "at rest every service that wants a load balancer has been given a set");
        const Push& held = held_.at(key);
        if (!last_pass_ || held.step > last_pass_->end_step) continue;
        const auto& wanted = sets_.at(last_pass_->listed[index(facts.external_traffic_policy)]);
        const bool lists_at_turn = release_.minor >= 29 && last_pass_->saw_no_change;
        // A snapshot release compares with the last pass, not with what an Ensure pushed meanwhile; and a pass keeps the
        // traffic policy that it found when it began.
        const bool lists_once = release_.minor >= 26 && release_.minor <= 28 && !held.is_ensure &&
                                held.nodes.policy == facts.external_traffic_policy;
        if (lists_at_turn || lists_once) {
            require(names_of(sets_.at(held.nodes)) == names_of(wanted),
                    "at rest a service holds the set filtered at its last pass or Ensure");
        }
    }
}

}  // namespace lbsim::test
