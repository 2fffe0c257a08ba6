// SPDX-License-Identifier: Apache-2.0
// The workers of the service queue: EnsureLoadBalancer, clean-up and deletion, one service key at a time each.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/policy/node_engine.hpp"

namespace lbsim::policy {

/// Takes keys of the service queue and follows each through its calls.
/// Source: kubernetes/cloud-provider controllers/service/controller.go v0.36.0, processNextServiceItem, syncService,
/// processServiceCreateOrUpdate, syncLoadBalancerIfNeeded, processServiceDeletion.
/// Simplifies: writes to the API (finalizer, status) take no time and do not fail.
class ServiceWorkers {
public:
    ServiceWorkers(ControllerState& state, NodeEngine& engine, std::uint32_t workers)
        : state_(state), engine_(engine), workers_(workers) {}

    std::optional<CloudCall> next_call(std::uint32_t worker);
    void call_ended(std::uint32_t worker, Time now, const CloudResult& result);
    bool has_work() const;
    /// Caches a service as processed, or drops it.
    void remember(ServiceKey service, const std::optional<ServiceFacts>& facts);

private:
    enum class Phase : std::uint8_t {
        idle,
        replacing,       ///< deletion of the load balancer of a service that came back under another UID
        sync_pending,    ///< that is done; the sync of the new service is the worker's next step
        ensuring,
        checking,        ///< Get before a clean-up
        delete_pending,  ///< the Get found it; the deletion is the worker's next call
        deleting,        ///< clean-up of a service that still exists
        deleting_gone,   ///< the service vanished without clean-up
    };
    struct Worker {
        Phase phase = Phase::idle;
        WorkQueue::Item item;
        ServiceFacts service;  ///< as listed when the key was taken
    };

    std::optional<CloudCall> start(Worker& worker);
    std::optional<CloudCall> start_deletion(Worker& worker);
    CloudCall sync(Worker& worker);
    void make_pending(Worker& worker, Phase phase);
    CloudCall call(Worker& worker, Phase phase, CloudOperation operation) const;
    void succeed(Worker& worker);
    void retry(Worker& worker, Time now, std::optional<Duration> fixed_delay);
    void release(Worker& worker);
    void note(ControllerNotice::Kind kind, const Worker& worker);

    ControllerState& state_;
    NodeEngine& engine_;
    std::vector<Worker> workers_;
    std::uint32_t busy_ = 0;
    std::uint32_t pending_ = 0;  ///< workers whose next step needs no key
};

}  // namespace lbsim::policy
