// SPDX-License-Identifier: Apache-2.0
// A service controller machine under a driver that does what it likes and checks every answer.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "lbsim/policy/service_controller.hpp"
#include "node_sets_model.hpp"

namespace lbsim::test {

/// Everything that may happen to a controller, one call each. Throws: PropertyBroken as soon as an answer breaks one.
///
/// In releases whose node set does not read readiness a twin machine gets the same history with every node ready: both
/// must do the same, so a change of readiness never leads to a call, alone or with others.
class ControllerWorld {
public:
    ControllerWorld(policy::Release release, const policy::FeatureGates& gates, std::uint32_t workers,
                    std::uint64_t seed);

    /// Starts in sync, instead of empty.
    void start_in_sync(const std::vector<std::optional<policy::NodeFacts>>& nodes,
                       const std::vector<policy::ServiceFacts>& services);

    void change_node(policy::NodeKey node, const std::optional<policy::NodeFacts>& after);
    void change_service(policy::ServiceKey service, const std::optional<policy::ServiceFacts>& after);
    /// The next tick, once it is due; nothing where there is none.
    void tick();
    /// Time passes; delayed keys become ready on their way.
    void wait(Duration time);
    /// Asks one worker, where it is idle.
    void ask(policy::WorkerIndex worker);
    /// Asks idle workers until has_work says that there is nothing to do.
    void ask_everyone();
    /// Ends a worker's call, where it has one.
    void end(policy::WorkerIndex worker, const policy::CloudResult& result);
    /// Everybody works, every call goes well, and time passes, until nothing is left to do.
    void come_to_rest();
    /// Comes to rest; then one more node, and every service must hold the set that the release wants.
    void settle_and_check();

    std::uint32_t worker_count() const { return machine_.worker_count(); }
    std::optional<policy::NodeFacts> node(policy::NodeKey key) const { return sets_.facts(key); }
    std::optional<policy::ServiceFacts> service(policy::ServiceKey key) const;

private:
    /// A set that a service was given: by a call, or by starting in sync.
    struct Push {
        policy::NodeSetRef nodes;
        bool is_ensure = false;
        std::uint64_t step = 0;
    };
    /// A node pass, by the notices.
    struct Pass {
        std::uint64_t number = 0;
        std::array<policy::NodeSetRef, 2> listed;  ///< both policies, as the pass began
        std::set<policy::ServiceKey> updated;
        bool saw_no_change = false;                ///< the sets were the same when it ended
        std::uint64_t end_step = 0;
    };
    using Sets = std::array<policy::NodeSetRef, 2>;

    bool is_node_worker(policy::WorkerIndex worker) const { return worker < worker_count() / 2; }
    bool is_idle() const;
    Sets current() const;
    void deliver_to_twin(policy::NodeKey node, std::optional<policy::NodeFacts> before,
                         std::optional<policy::NodeFacts> after);
    void read_notices();
    void pass_finished(const policy::ControllerNotice& notice);
    void check_metrics() const;
    void check_call(policy::WorkerIndex worker, const policy::CloudCall& call);
    void check_ensure(policy::WorkerIndex worker, const policy::CloudCall& call) const;
    void check_update(const policy::CloudCall& call) const;
    void check_alone(policy::WorkerIndex worker, policy::ServiceKey service) const;
    void check_twin() const;
    /// What each service holds once nothing is left to do.
    void check_rest() const;
    bool wants_load_balancer(policy::ServiceKey service) const;

    policy::Release release_;
    policy::ServiceController machine_;
    std::optional<policy::ServiceController> twin_;
    NodeSetsModel sets_;
    std::map<policy::ServiceKey, policy::ServiceFacts> services_;
    std::set<policy::ServiceKey> ever_concerned_;  ///< wanted a load balancer once, or its clean-up
    std::set<policy::ServiceKey> vanished_;  ///< deleted without clean-up: the controller keeps them in its cache
    Time now_ = time_zero;
    std::uint64_t step_ = 0;  ///< also the tag of the latest delivery
    Duration longest_retry_{};
    std::vector<std::optional<policy::CloudCall>> running_;
    /// The service whose load balancer a worker has just deleted: what it does next goes on with the facts it had read.
    std::vector<std::optional<policy::ServiceKey>> deleted_by_;
    std::map<policy::ServiceKey, Push> held_;
    Sets synced_;                    ///< as the last pass listed them, or the start
    std::optional<Pass> pass_;       ///< under way
    std::optional<Pass> last_pass_;  ///< finished
    policy::ControllerMetrics counted_;
    bool retry_noticed_ = false;
};

}  // namespace lbsim::test
