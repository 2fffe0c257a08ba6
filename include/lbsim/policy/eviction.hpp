// SPDX-License-Identifier: Apache-2.0
// How pods leave a node: eviction by NoExecute taint, the eviction API and kubectl drain, garbage collection.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/node_facts.hpp"
#include "lbsim/policy/release.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// A NoExecute taint of a node.
struct NoExecuteTaint {
    std::string key;
    std::string value;
    friend bool operator==(const NoExecuteTaint&, const NoExecuteTaint&) = default;
};

/// A toleration of a pod, as far as NoExecute taints go.
struct Toleration {
    std::string key;                    ///< empty: every key
    std::optional<std::string> value;   ///< empty: every value (operator Exists)
    std::optional<Duration> seconds;    ///< tolerationSeconds; empty: for ever; zero or less: not at all
};

/// For how long a pod endures these taints together: the least over the first toleration that matches each taint; empty
/// where it stays for ever. A taint that nothing tolerates gives 0 s.
/// Source: kubernetes/kubernetes pkg/controller/tainteviction/taint_eviction.go, 1.36, getMinTolerationTime; the same in
/// pkg/controller/nodelifecycle/scheduler/taint_manager.go, 1.19 to 1.28.
std::optional<Duration> endured(std::span<const NoExecuteTaint> taints, std::span<const Toleration> tolerations);

/// A deletion that is set to happen.
struct ScheduledEviction {
    Time since;  ///< when it was scheduled
    Time due;
    friend bool operator==(const ScheduledEviction&, const ScheduledEviction&) = default;
};
/// What becomes of a pod's scheduled eviction when its node's NoExecute taints (or its tolerations) are seen anew.
/// Known quirk, kept: once a deadline stands, another finite toleration does not move it, even where the new taint is
/// endured for a shorter time; only a taint that is not tolerated, or the end of all finite ones, changes it.
/// Source: kubernetes/kubernetes pkg/controller/tainteviction/taint_eviction.go, 1.36, processPodOnNode.
std::optional<ScheduledEviction> eviction_step(const std::optional<ScheduledEviction>& scheduled,
                                               std::span<const NoExecuteTaint> taints,
                                               std::span<const Toleration> tolerations, Time now);

/// The owner of a pod, as far as default tolerations go.
enum class PodOwner : std::uint8_t { replica_set, daemon_set };
/// How long a pod without tolerations of its own endures not-ready and unreachable: 300 s, which admission adds; a
/// DaemonSet's pod for ever.
/// Source: kubernetes/kubernetes plugin/pkg/admission/defaulttolerationseconds, 1.19 to 1.36;
/// pkg/controller/daemon/util/daemonset_util.go.
std::optional<Duration> default_toleration(PodOwner owner);

/// Who deletes pods off tainted nodes.
enum class TaintEvictor : std::uint8_t { node_lifecycle_controller, separate_controller };
/// Source: KEP-3902; kubernetes/kubernetes pkg/features, SeparateTaintEvictionController (1.29 beta, 1.34 locked).
TaintEvictor taint_evictor(Release controller_manager);

/// The garbage collector looks this often, and gives a vanished node this long to come back.
/// Source: kubernetes/kubernetes pkg/controller/podgc/gc_controller.go, 1.36 (gcCheckPeriod, quarantineTime).
inline constexpr Duration pod_collection_period = 20s;
inline constexpr Duration orphan_quarantine = 40s;
/// The instant at which the pods of a node are collected whose object is gone from `gone` on: the pass that finds them,
/// then the first pass a quarantine later.
/// Source: kubernetes/kubernetes pkg/controller/podgc/gc_controller.go, 1.36, gcOrphaned.
Time orphans_collected_at(Time gone, Duration pass_phase);
/// Does the collector take a pod that is terminating on this node? From 1.26 (KEP-2268, on by default), where the node
/// is not Ready and somebody has put the out-of-service taint on it.
/// Source: kubernetes/kubernetes pkg/controller/podgc/gc_controller.go, 1.36, gcTerminating; pkg/features,
/// NodeOutOfServiceVolumeDetach, 1.24 to 1.31.
bool collects_terminating_pod(Release controller_manager, ConditionStatus ready, bool is_out_of_service);

/// Times of kubectl drain and of the eviction API.
/// Source: kubernetes/kubectl v0.36.0 pkg/drain/drain.go; kubernetes/kubernetes
/// pkg/registry/core/pod/storage/eviction.go, 1.36.
struct DrainTimes {
    Duration retry_refused = 5s;        ///< after a 429: a disruption budget forbids it now
    Duration poll = 1s;                 ///< looks whether an evicted pod is gone
    Duration retry_after_header = 10s;  ///< what the server's 429 advises; kubectl does not follow it
    Duration conflict_retry = 500ms;    ///< inside the server, for a write that met another
    int conflict_tries = 20;
};

/// What the API server answered to an eviction (accepted, refused) or, later, to the look-up of the pod (still there).
enum class EvictionAnswer : std::uint8_t { accepted, refused_by_budget, still_there, pod_is_gone, failed };
/// What kubectl drain does next for one pod.
struct DrainStep {
    enum class Action : std::uint8_t { evict, poll, done, give_up };
    Action action{};
    Time at{};
    friend bool operator==(const DrainStep&, const DrainStep&) = default;
};
/// The next step for a pod after this answer. `deadline` is the end of --timeout; never without one (0, the default).
/// Source: kubernetes/kubectl v0.36.0 pkg/drain/drain.go, evictPods, waitForDelete.
/// Simplifies: a poll that fails for another reason ends the drain, as upstream; a namespace that is terminating is not
/// modelled.
DrainStep drain_step(EvictionAnswer answer, Time now, Time deadline = never);

/// How patient the one who empties a node is. A step that would come at the end of `refusals` or `leaving`, or after
/// `timeout`, is not taken: the drain is given up there.
struct DrainPatience {
    Duration retry{};                   ///< from a refused eviction to the next try
    Duration poll{};                    ///< between two looks at evicted pods
    std::optional<Duration> refusals;   ///< from the first try; empty: for ever
    std::optional<Duration> leaving;    ///< from the last accepted eviction; empty: for ever
    std::optional<Duration> timeout;    ///< of the whole drain; empty: none
};
/// kubectl drain with this --timeout.
DrainPatience kubectl_patience(std::optional<Duration> timeout);

/// After refusals at `now` of a drain that began at `began`: when to try again, or to give up.
DrainStep retry_step(const DrainPatience& patience, Time began, Time now);
/// The look that finds the last pod gone, where it went at `gone` and the last eviction was accepted at `accepted`; where
/// that would come too late, or `gone` is never, the end of patience.
DrainStep look_step(const DrainPatience& patience, Time began, Time accepted, Time gone);

}  // namespace lbsim::policy
#pragma GCC visibility pop
