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
    /// The leader ends now: its caches and queues are lost and its calls have no effect. After `gap` another one starts
    /// with empty caches and Ensures every service. A restart during the gap begins the gap anew.
    /// Source: kubernetes-logic.md 1.6 (leader fail-over = fresh start).
    void restart(Duration gap, EventId why);
    /// The service appears in the API server now, or is deleted.
    void create_service(ServiceId service, EventId why);
    void delete_service(ServiceId service, EventId why);
    /// A service wants a load balancer from here on, or no longer does.
    using ServiceObserver = std::function<void(ServiceId, bool wants, EventId why)>;
    void observe_services(ServiceObserver observe) { observer_ = std::move(observe); }
    const policy::ServiceController& machine() const { return machine_; }
    /// Copies what the machine saw and counted into the history. Call after the run.
    void finish();

private:
    struct Worker {
        explicit Worker(engine::Engine& engine) : has_work(engine) {}
        engine::Signal has_work;
        bool is_idle = false;
        std::uint64_t asked_at = 0;  ///< epoch in which the machine last had nothing for it
        engine::ActorRef actor;
    };
    policy::ServiceController::Options options() const;
    enum class Start : std::uint8_t { in_sync, cold };
    void start_leading();
    void fill_caches(Start start, EventId why);
    void deliver_everything(EventId why);
    void deliver(ServiceId service, const std::optional<policy::ServiceFacts>& facts, EventId why);
    void count_what_the_machine_did();
    void arm_tick();
    void arm_timer();
    void after_step();
    void look_after_machine();
    bool take_notices();
    void note_queue_length(std::uint64_t length);
    [[noreturn]] void work(policy::WorkerIndex index, Worker& self);

    cluster::Journal* journal_;
    cluster::ApiServer* api_;
    cloud::Cloud* cloud_;
    const scenario::Scenario* scenario_;
    std::uint32_t replication_;
    std::uint64_t term_ = 0;   ///< counts leaders; timers of an earlier one do nothing
    policy::ServiceController machine_;
    std::vector<std::optional<policy::ServiceFacts>> services_;  ///< as they stand in the API server
    std::vector<cluster::WatchLatency::Line> service_watch_;     ///< one line
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::unique_ptr<Worker>> former_workers_;        ///< of leaders that ended; their actors may still unwind
    bool is_leading_ = false;
    Time pass_started_{};
    Time listed_at_ = history::before_start;  ///< writes before this were seen by the leader's first list
    std::uint64_t uids_ = 0;                  ///< of created services
    ServiceObserver observer_;
    std::uint64_t epoch_ = 1;  ///< grows whenever the machine moves
    EventId pass_event_;      ///< sync_pass_started of the pass under way
    Time armed_ = never;      ///< the earliest timer that is posted
    bool is_tick_armed_ = false;
};

}  // namespace lbsim::controllers
