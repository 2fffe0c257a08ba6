// SPDX-License-Identifier: Apache-2.0
// The service controller as a pure machine: events and now in; cloud calls to start and timers to set out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lbsim/core/rng.hpp"
#include "lbsim/core/time.hpp"
#include "lbsim/policy/cloud_operation.hpp"
#include "lbsim/policy/node_facts.hpp"
#include "lbsim/policy/node_set.hpp"
#include "lbsim/policy/release.hpp"
#include "lbsim/policy/traffic_policy.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

using ServiceKey = std::uint32_t;

/// What the controller reads of a Service object; see facts_of in service_spec.hpp.
/// Source: kubernetes/cloud-provider v0.36.0 controllers/service/controller.go, wantsLoadBalancer, needsCleanup,
/// needsUpdate.
struct ServiceFacts {
    TrafficPolicy external_traffic_policy = TrafficPolicy::cluster;
    bool wants_load_balancer = true;  ///< type LoadBalancer and, where honoured, no loadBalancerClass
    bool needs_cleanup = false;       ///< finalizer set, and deleting or no longer of type LoadBalancer
    std::uint64_t revision = 0;       ///< changes with every field that needsUpdate compares, except the next
    std::uint64_t uid = 0;            ///< identity of metadata.uid: another one is another service of the same name
    friend bool operator==(const ServiceFacts&, const ServiceFacts&) = default;
};

/// Does a service with a loadBalancerClass belong to another controller? From 1.21 on; before, the field is not read.
/// Source: kubernetes/cloud-provider v0.20.0 and v0.21.0 controllers/service/controller.go, wantsLoadBalancer; KEP-1959.
bool honours_load_balancer_class(Release release);

/// Which node set a call carries: a version of one of the machine's node set logs.
struct NodeSetRef {
    TrafficPolicy policy = TrafficPolicy::cluster;  ///< which log, see ServiceController::node_sets
    NodeSetLog::Version version = 0;
    friend bool operator==(const NodeSetRef&, const NodeSetRef&) = default;
};

/// A cloud call to start now; the worker is busy until the driver reports its end.
struct CloudCall {
    CloudOperation operation{};
    ServiceKey service = 0;
    NodeSetRef nodes;
    std::uint64_t cause = 0;  ///< tag of the delivery that led here
};

/// How a cloud call ended. A Get ends with found or not_found, any other call with ok; each may end with an error.
/// Source: kubernetes/cloud-provider v0.36.0 cloud.go (ImplementedElsewhere), v0.28.0 api/retry_error.go (RetryError,
/// read from EnsureLoadBalancer and from the deletion of a service that has vanished; elsewhere a plain error).
struct CloudResult {
    enum class Kind : std::uint8_t { ok, error, implemented_elsewhere, retry_after, not_found, found };
    Kind kind = Kind::ok;
    Duration retry_after{};  ///< with retry_after: the fixed delay of a RetryError (1.28 on; an error before)
};

/// What happened inside the machine that an observer may want to know.
struct ControllerNotice {
    enum class Kind : std::uint8_t {
        pass_started,
        pass_finished,
        update_started,
        ensure_started,  ///< the finalizer is on the service from here on
        cleaned_up,      ///< the load balancer is gone, and so is the finalizer
        retry_scheduled,
    };
    Kind kind{};
    ServiceKey service = 0;     ///< of all but pass_started and pass_finished
    std::uint64_t pass = 0;     ///< number of the node pass, from 0
    std::uint64_t cause = 0;    ///< tag of the delivery that started the pass or queued the service
    std::uint32_t calls = 0;    ///< of pass_finished: UpdateLoadBalancer calls made
};

/// Counters under the names the real controller exports.
/// Source: kubernetes/cloud-provider v0.21.0, v0.27.0 controllers/service/metrics.go.
struct ControllerMetrics {
    std::uint64_t passes = 0;                         ///< observations of service_controller_nodesync_latency_seconds
    std::uint64_t loadbalancer_sync_total = 0;        ///< UpdateLoadBalancer calls (since 1.27 under this name)
    std::uint64_t nodesync_error_total = 0;           ///< UpdateLoadBalancer failures of a load balancer that exists
    std::uint64_t ensures = 0;                        ///< EnsureLoadBalancer calls
    std::uint64_t retries = 0;                        ///< failed syncs put back (notice retry_scheduled)
};

/// What a PassOrder is asked for: whose turn comes when, or in which order the services that failed are queued again.
enum class PassStage : std::uint8_t { turns, retries };
/// Puts services of node pass number `pass`, given ascending, in order. Upstream ranges over Go maps in both stages.
using PassOrder = std::function<void(std::uint64_t pass, PassStage stage, std::vector<ServiceKey>& services)>;
/// A random order for each pass; its retries come in the order of its turns. A service's draw depends only on the pass
/// and the service, so leaving services out moves no other.
PassOrder random_pass_order(const StreamKey& key);

/// One of the controller's goroutines that may call the cloud. Workers 0 … W-1 take the pieces of node passes,
/// workers W … 2W-1 take keys of the service queue, where W is concurrent_service_syncs.
using WorkerIndex = std::uint32_t;

/// Service controller of one release. It knows no clock, no cloud and no threads: the driver delivers watch events,
/// asks each idle worker for work at the instants it chooses, performs the calls and reports their ends.
///
/// A driver loop for worker w:
///   while (auto call = machine.next_call(w, now)) { perform; machine.call_ended(w, now, result); }
/// and, when next_call gives nothing, wait until any delivery, timer or call end may have made work.
///
/// Source: kubernetes/cloud-provider controllers/service/controller.go, v0.19.0 to v0.36.2, by variant.
class ServiceController {
public:
    struct Options {
        Release release;
        FeatureGates gates;
        std::uint32_t concurrent_service_syncs = 1;
        PassOrder pass_order;  ///< required; see random_pass_order
        Time first_tick{};     ///< of the 100 s tick, in releases that have one
    };

    explicit ServiceController(Options options);
    ~ServiceController();
    ServiceController(ServiceController&&) noexcept;
    ServiceController& operator=(ServiceController&&) noexcept;

    /// Takes over the node set logs of a controller that has ended, so that versions go on counting: a set that the cloud
    /// holds keeps its number. Nothing else is remembered. Call before start_in_sync, with the same release and gates.
    void adopt_node_sets(const ServiceController& predecessor);
    /// Fills the caches with the state at time 0 as if every load balancer had just been synced: no Ensure, no first
    /// pass. Call at most once, before any delivery. Shape: index = key; an empty node does not exist.
    void start_in_sync(std::span<const std::optional<NodeFacts>> nodes, std::span<const ServiceFacts> services);

    /// A watch event of a node arrived. `before`/`after` empty: added / deleted. `cause` is an opaque tag.
    void node_delivered(Time now, NodeKey node, const std::optional<NodeFacts>& before,
                        const std::optional<NodeFacts>& after, std::uint64_t cause);
    /// A watch event of a service arrived. `after` empty: deleted. The informer's periodic resync is this with
    /// unchanged facts; it queues only a service that needs cleanup.
    void service_delivered(Time now, ServiceKey service, const std::optional<ServiceFacts>& after, std::uint64_t cause);
    /// When the driver is to call tick next; nothing where the release (1.26 on) has no tick, and, up to 1.20, while the
    /// pass of the last one is waiting or under way, since the period counts from its end.
    /// Source: kubernetes/cloud-provider v0.19.0, v0.25.3 controllers/service/controller.go, nodeSyncPeriod.
    std::optional<Time> next_tick() const;
    /// The 100 s tick. Pre: next_tick() is due.
    void tick(Time now, std::uint64_t cause);

    /// The next instant at which a delayed queue entry becomes ready; the driver then calls timer_fired.
    std::optional<Time> next_timer() const;
    void timer_fired(Time now);

    /// What idle worker `worker` does now: starts and ends passes as it finds them, and returns the next cloud call,
    /// or nothing where there is no work for it. Pre: the worker has no call under way.
    std::optional<CloudCall> next_call(WorkerIndex worker, Time now);
    /// The call that next_call gave this worker has ended.
    void call_ended(WorkerIndex worker, Time now, const CloudResult& result);

    std::uint32_t worker_count() const;
    /// True where some idle worker would make progress at this instant: get a call, start or finish a pass, or step
    /// over services that need none. The driver then asks every idle worker, again while this stays true. Cost: O(1).
    bool has_work() const;

    /// The node sets seen by this controller (its watch cache filtered by the release's predicate for that policy).
    const NodeSetLog& node_sets(TrafficPolicy policy) const;
    /// Keys waiting in the service queue and, from 1.26, the node queue.
    std::size_t queue_length() const;
    const ControllerMetrics& metrics() const;
    /// The notices since the last call, in order.
    std::vector<ControllerNotice> take_notices();

private:
    struct Machine;
    std::unique_ptr<Machine> machine_;
};

/// The release's predicate: does this node belong in the load balancers of a service with this policy?
/// Source: kubernetes/cloud-provider controllers/service/controller.go by variant: getNodeConditionPredicate v0.25.3;
/// getNodePredicatesForService v0.26.0, v0.27.0, v0.28.0; predicate lists v0.36.0. Pre: the release is modelled.
bool is_desired_target(const NodeFacts& node, TrafficPolicy policy, Release release, const FeatureGates& gates);

/// The release's trigger: does this update of a node start a pass (or queue a key)?
/// Source: kubernetes/cloud-provider controllers/service/controller.go by variant: shouldSyncNode v0.25.3;
/// shouldSyncUpdatedNode v0.26.0, v0.27.0, v0.28.0, v0.36.0. Pre: the release is modelled.
bool update_triggers_sync(const NodeFacts& before, const NodeFacts& after, Release release, const FeatureGates& gates);

}  // namespace lbsim::policy
#pragma GCC visibility pop
