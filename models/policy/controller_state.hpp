// SPDX-License-Identifier: Apache-2.0
// What the parts of one service controller share: caches, service queue, counters, notices.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "lbsim/policy/node_set.hpp"
#include "lbsim/policy/service_controller.hpp"
#include "lbsim/policy/work_queue.hpp"
#include "models/policy/variant_rules.hpp"

namespace lbsim::policy {

/// Caches, queue and records that node passes and service workers both touch.
struct ControllerState {
    explicit ControllerState(const ServiceController::Options& options)
        : rules(variant_rules(options.release, options.gates)),
          pass_order(options.pass_order),
          first_tick(options.first_tick),
          shares_log(rules.cluster == rules.local) {}

    VariantRules rules;
    PassOrder pass_order;
    Time first_tick;
    bool shares_log;                                   ///< both policies have one predicate, so logs[0] serves both
    std::array<NodeSetLog, 2> logs;                    ///< the node watch cache, filtered
    std::vector<std::optional<ServiceFacts>> lister;   ///< the service watch cache
    std::vector<std::optional<ServiceFacts>> cache;    ///< services as the service queue last processed them
    WorkQueue service_queue;
    ControllerMetrics metrics;
    std::vector<ControllerNotice> notices;

    NodeSetLog& log(TrafficPolicy policy) { return logs[log_index(policy)]; }
    const NodeSetLog& log(TrafficPolicy policy) const { return logs[log_index(policy)]; }
    /// The set that a list would give now.
    NodeSetRef current(TrafficPolicy policy) const { return {policy, log(policy).version()}; }
    /// What this variant compares of a node set.
    Fingerprint compared(const NodeSetRef& set) const {
        const NodeSetLog& sets = log(set.policy);
        return rules.compares_provider_ids ? sets.names_and_provider_ids(set.version) : sets.names(set.version);
    }
    /// Makes both service tables long enough for this key.
    void reserve_service(ServiceKey service) {
        const std::size_t needed = static_cast<std::size_t>(service) + 1;
        if (lister.size() >= needed) return;
        lister.resize(needed);
        cache.resize(needed);
    }

private:
    std::size_t log_index(TrafficPolicy policy) const {
        return shares_log || policy == TrafficPolicy::cluster ? 0 : 1;
    }
};

}  // namespace lbsim::policy
