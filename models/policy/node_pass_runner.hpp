// SPDX-License-Identifier: Apache-2.0
// Runs node passes: hands the pieces of the pass under way to the node workers and follows each call to its end.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/policy/node_engine.hpp"

namespace lbsim::policy {

/// ParallelizeUntil over the services of a pass, by workers that are told what to do and report what came of it.
/// Source: kubernetes/cloud-provider controllers/service/controller.go v0.36.0, updateLoadBalancerHosts and
/// lockedUpdateLoadBalancerHosts; kubernetes/client-go util/workqueue/parallelizer.go.
class NodePassRunner {
public:
    /// Up to 1.20 the services of a pass are updated one after another, whatever `workers` says.
    NodePassRunner(ControllerState& state, NodeEngine& engine, std::uint32_t workers)
        : state_(state),
          engine_(engine),
          workers_(state.rules.engine == NodeEngineKind::in_handler ? 1 : workers) {}

    std::optional<CloudCall> next_call(WorkerIndex worker, Time now);
    void call_ended(WorkerIndex worker, const CloudResult& result);
    bool has_work() const;

private:
    enum class Phase : std::uint8_t { idle, updating, get_pending, getting };
    struct Worker {
        Phase phase = Phase::idle;
        PassPiece piece;
        CloudCall call;
    };

    void begin_pass();
    void finish_pass(Time now);
    std::optional<CloudCall> next_update(Worker& worker);
    void release(Worker& worker);
    void fail(Worker& worker);
    void note(ControllerNotice::Kind kind, ServiceKey service = 0, std::uint32_t calls = 0);

    ControllerState& state_;
    NodeEngine& engine_;
    std::vector<Worker> workers_;
    std::uint32_t busy_ = 0;
    std::uint32_t gets_pending_ = 0;
    bool is_active_ = false;
    std::uint64_t pass_ = 0;  ///< number of the pass under way, or of the next one
    PassPlan plan_;
    std::size_t next_piece_ = 0;
    std::uint32_t calls_ = 0;
    std::vector<PassPiece> failed_;
};

}  // namespace lbsim::policy
