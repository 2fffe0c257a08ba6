// SPDX-License-Identifier: Apache-2.0
// How fast NoExecute taints are handed out: per zone, slower where much of a zone is down, not at all where all is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/node_set.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// State of a zone. `initial`: seen for the first time, judged at the next pass.
enum class ZoneState : std::uint8_t { initial, normal, partial_disruption, full_disruption };

/// The nodes of a zone that count: those without the label node.kubernetes.io/exclude-disruption.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.21 to 1.36,
/// isNodeExcludedFromDisruptionChecks (1.19 and 1.20: also nodes named like masters); KEP-1143.
struct ZoneCount {
    std::uint32_t ready = 0;
    std::uint32_t not_ready = 0;
};

/// Full: no node is Ready. Partial: more than two are not, and at least 55 % of all. An empty zone is normal.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.19 to 1.36,
/// ComputeZoneState; --unhealthy-zone-threshold 0.55.
ZoneState zone_state(const ZoneCount& count);

/// Time between two NoExecute taints in a zone of this state and size: 10 s; in partial disruption 100 s with more than
/// 50 nodes, else never (empty). A single zone in full disruption keeps the normal 10 s.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.19 to 1.36,
/// setLimiterInZone, ReducedQPSFunc; --node-eviction-rate 0.1, --secondary-node-eviction-rate 0.01,
/// --large-cluster-size-threshold 50.
std::optional<Duration> taint_interval(ZoneState state, std::uint32_t zone_size);

/// What a pass makes of all zones together.
struct DisruptionStep {
    std::vector<ZoneState> states;                   ///< Shape: as the input
    std::vector<std::optional<Duration>> intervals;  ///< Shape: as the input; empty: no taint is handed out
    bool lifts_all_taints = false;       ///< every zone just became fully disrupted: all NoExecute taints go
    bool restarts_grace_periods = false; ///< that ended: every node counts as heard of now
};
/// Judges all zones. While every zone is fully disrupted the controller suspects itself: it takes all NoExecute taints
/// away and hands out none.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.19 to 1.36,
/// handleDisruption.
/// Simplifies: upstream keeps a zone's rate while its state lasts, even where its size crosses 50.
/// Pre: `before` and `counts` have one entry per zone.
DisruptionStep disruption_step(std::span<const ZoneState> before, std::span<const ZoneCount> counts);

/// The queues of NoExecute taints are looked at this often.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go, 1.19 to 1.36,
/// NodeEvictionPeriod.
inline constexpr Duration taint_queue_period = 100ms;
/// The label of nodes that do not count for the state of their zone.
inline constexpr std::string_view exclude_disruption_label = "node.kubernetes.io/exclude-disruption";

/// The nodes of one zone that wait for their NoExecute taint, with a limiter that saves up at most one.
/// The controller looks every 100 ms.
/// Order: as queued.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go, 1.36; burst 1.
/// Simplifies: a write of a taint never fails.
class ZoneTaintQueue {
public:
    explicit ZoneTaintQueue(std::optional<Duration> interval = 10s) : interval_(interval) {}
    /// Queues the node unless it already waits. Its turn may come at once.
    void add(NodeKey node);
    void remove(NodeKey node);
    /// Changes the rate. Where a turn was due it stays due; else the wait starts anew, a full new interval from now.
    void set_interval(std::optional<Duration> interval, Time now);
    /// The node whose turn it is, taken out; at most one per interval. Nothing where none waits or the limiter is empty.
    std::optional<NodeKey> take(Time now);
    /// When the next turn comes; nothing where none waits or no taint is handed out. It may lie in the past.
    std::optional<Time> next_turn() const;

private:
    std::map<std::uint64_t, NodeKey> waiting_;  ///< by number of its entry
    std::map<NodeKey, std::uint64_t> numbers_;
    std::uint64_t entries_ = 0;
    std::optional<Duration> interval_;
    Time next_turn_{};  ///< the limiter has something from here on; meaningless without an interval
};

}  // namespace lbsim::policy
#pragma GCC visibility pop
