// SPDX-License-Identifier: Apache-2.0
// The life of a node pass and of its UpdateLoadBalancer calls.
#include "models/policy/node_pass_runner.hpp"

#include "lbsim/core/check.hpp"

namespace lbsim::policy {

void NodePassRunner::note(ControllerNotice::Kind kind, ServiceKey service, std::uint32_t calls) {
    ControllerNotice notice;
    notice.kind = kind;
    notice.service = service;
    notice.pass = pass_;
    notice.cause = plan_.cause;
    notice.calls = calls;
    state_.notices.push_back(notice);
}

void NodePassRunner::begin_pass() {
    plan_ = engine_.begin(pass_);
    is_active_ = true;
    next_piece_ = 0;
    calls_ = 0;
    failed_.clear();
    note(ControllerNotice::Kind::pass_started);
}

void NodePassRunner::finish_pass(Time now) {
    for (const PassPiece& piece : failed_) {
        ++state_.metrics.retries;
        note(ControllerNotice::Kind::retry_scheduled, piece.service);
    }
    engine_.finish(now, failed_, plan_.cause);
    ++state_.metrics.passes;
    note(ControllerNotice::Kind::pass_finished, 0, calls_);
    is_active_ = false;
    ++pass_;
}

std::optional<CloudCall> NodePassRunner::next_update(Worker& worker) {
    while (next_piece_ < plan_.pieces.size()) {
        const PassPiece piece = plan_.pieces[next_piece_++];
        const auto nodes = engine_.turn(piece);
        if (!nodes) continue;
        worker.phase = Phase::updating;
        worker.piece = piece;
        worker.call = {CloudOperation::update_load_balancer, piece.service, *nodes, plan_.cause};
        ++busy_;
        ++calls_;
        ++state_.metrics.loadbalancer_sync_total;
        note(ControllerNotice::Kind::update_started, piece.service);
        return worker.call;
    }
    return std::nullopt;
}

std::optional<CloudCall> NodePassRunner::next_call(WorkerIndex index, Time now) {
    if (index >= workers_.size()) return std::nullopt;
    Worker& worker = workers_[index];
    if (worker.phase == Phase::get_pending) {
        worker.phase = Phase::getting;
        worker.call.operation = CloudOperation::get_load_balancer;
        --gets_pending_;
        return worker.call;
    }
    LBSIM_CHECK(worker.phase == Phase::idle, "a node worker was asked for work during its call");
    while (is_active_ || engine_.has_pending()) {
        if (!is_active_) begin_pass();
        if (auto call = next_update(worker)) return call;
        if (busy_ > 0) return std::nullopt;
        finish_pass(now);
    }
    return std::nullopt;
}

void NodePassRunner::release(Worker& worker) {
    worker.phase = Phase::idle;
    --busy_;
}

void NodePassRunner::fail(Worker& worker) {
    ++state_.metrics.nodesync_error_total;
    failed_.push_back(worker.piece);
    release(worker);
}

void NodePassRunner::call_ended(WorkerIndex index, const CloudResult& result) {
    using Kind = CloudResult::Kind;
    Worker& worker = workers_[index];
    if (worker.phase == Phase::updating) {
        if (result.kind == Kind::ok || result.kind == Kind::implemented_elsewhere) {
            release(worker);
        } else {
            // A failure counts only if the load balancer still exists.
            worker.phase = Phase::get_pending;
            ++gets_pending_;
        }
        return;
    }
    LBSIM_CHECK(worker.phase == Phase::getting, "a call ended that no node worker made");
    if (result.kind == Kind::not_found) {
        release(worker);
    } else {
        // Found, or the Get failed too: the original error stands.
        fail(worker);
    }
}

bool NodePassRunner::has_work() const {
    if (gets_pending_ > 0) return true;
    if (busy_ == workers_.size()) return false;
    if (!is_active_) return engine_.has_pending();
    return busy_ == 0 || next_piece_ < plan_.pieces.size();
}

}  // namespace lbsim::policy
