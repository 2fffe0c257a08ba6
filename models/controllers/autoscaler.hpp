// SPDX-License-Identifier: Apache-2.0
// The cluster autoscaler's scale-down: which nodes start when, their taints in batches, and the way back after a failure.
#pragma once

#include <memory>
#include <vector>

#include "lbsim/policy/autoscaler.hpp"
#include "models/controllers/node_operations.hpp"

namespace lbsim::controllers {

/// Acts on decisions to remove nodes. A scan every scan_interval starts as many as the budget allows, those without pods
/// first; each batch is tainted together, then its nodes go one by one. A node whose removal fails comes back and stays.
/// Source: kubernetes/autoscaler cluster-autoscaler/core/scaledown/actuation, 1.26.0 to 1.36.0; budgets before:
/// core/scale_down.go.
class Autoscaler {
public:
    Autoscaler(cluster::Journal& journal, cluster::ApiServer& api, cluster::Pods& pods, cloud::Cloud& cloud,
               NodeOperations& operations, const scenario::Scenario& scenario);

    void scale_down(const scenario::AutoscalerScaleDown& verb, std::vector<NodeId> nodes, EventId why);

private:
    /// A decision that is being acted on.
    struct Order {
        scenario::AutoscalerScaleDown verb;
        policy::AutoscalerDefaults rules;
        std::vector<NodeId> waiting;
        EventId why;
    };
    enum class Kind : std::uint8_t { empty, drained };
    void act(Order& order);
    void scan(Order& order);
    Kind kind_of(const Order& order, NodeId node) const;
    bool start_batch(const Order& order, const std::vector<NodeId>& batch, Kind kind);
    bool taint_batch(const Order& order, const std::vector<NodeId>& batch);
    void remove_node(const Order& order, NodeId node);
    void take_back(const Order& order, NodeId node, EventId why);
    std::uint32_t& under_way(Kind kind) { return kind == Kind::empty ? under_way_.empty : under_way_.drained; }

    cluster::Journal* journal_;
    cluster::ApiServer* api_;
    cluster::Pods* pods_;
    cloud::Cloud* cloud_;
    NodeOperations* operations_;
    const scenario::Scenario* scenario_;
    std::vector<std::unique_ptr<Order>> orders_;
    policy::ScaleDownCount under_way_;
};

}  // namespace lbsim::controllers
