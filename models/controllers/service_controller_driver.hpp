// SPDX-License-Identifier: Apache-2.0
// Thin actors around the service controller's machine: they deliver watch events and perform its cloud calls.
#pragma once

#include <memory>
#include <vector>

#include "lbsim/policy/service_controller.hpp"
#include "models/cloud/cloud.hpp"
#include "models/cluster/api_server.hpp"

namespace lbsim::controllers {

/// Runs the service controller of the scenario's release inside the simulated world.
class ServiceControllerDriver {
public:
    ServiceControllerDriver(cluster::Journal& journal, cluster::ApiServer& api, cloud::Cloud& cloud,
                            const scenario::Scenario& scenario, std::uint32_t replication);

    /// Fills the caches, starts watching and spawns the workers. Call once, when the initial nodes are in place.
    void start();
    const policy::ServiceController& machine() const { return machine_; }
    /// Copies what the machine saw and counted into the history. Call after the run.
    void finish();

private:
    struct Worker {
        explicit Worker(engine::Engine& engine) : has_work(engine) {}
        engine::Signal has_work;
        bool is_idle = false;
        std::uint64_t asked_at = 0;  ///< epoch in which the machine last had nothing for it
    };
    void start_cold();
    void arm_tick();
    void arm_timer();
    void after_step();
    void look_after_machine();
    bool take_notices();
    [[noreturn]] void work(policy::WorkerIndex index);

    cluster::Journal* journal_;
    cluster::ApiServer* api_;
    cloud::Cloud* cloud_;
    const scenario::Scenario* scenario_;
    policy::ServiceController machine_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::uint64_t epoch_ = 1;  ///< grows whenever the machine moves
    EventId pass_event_;      ///< sync_pass_started of the pass under way
    Time armed_ = never;      ///< the earliest timer that is posted
    bool is_tick_armed_ = false;
};

}  // namespace lbsim::controllers
