// SPDX-License-Identifier: Apache-2.0
// What the cloud node lifecycle controller does about a node that is not Ready: deletes it, taints it or leaves it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/node_facts.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// The taint of a node whose machine is stopped. Effect: NoSchedule.
/// Source: kubernetes/cloud-provider v0.36.0 api/well_known_taints.go.
inline constexpr std::string_view shutdown_taint_key = "node.cloudprovider.kubernetes.io/shutdown";
/// --node-monitor-period of the cloud controller manager. All nodes are gone through one after the other, so each cloud
/// call delays the nodes behind it.
/// Source: kubernetes/cloud-provider v0.36.0 config/v1alpha1/defaults.go, controllers/nodelifecycle.
inline constexpr Duration cloud_node_monitor_period = 5s;

/// What the cloud says of a machine. `unknown`: the call failed.
enum class InstanceState : std::uint8_t { running, stopped, gone, unknown };

/// Does the controller ask the cloud about this node? A node without a Ready condition counts as Unknown.
/// Source: kubernetes/cloud-provider v0.19.16 and v0.36.2 controllers/nodelifecycle/node_lifecycle_controller.go,
/// MonitorNodes.
bool asks_cloud(ConditionStatus ready);

/// What one round does to one node.
enum class CloudNodeAction : std::uint8_t { none, remove_shutdown_taint, delete_node, add_shutdown_taint };
/// `instance` is read only where asks_cloud. A failed call changes nothing; the next round asks again.
/// Source: kubernetes/cloud-provider v0.19.16 and v0.36.2 controllers/nodelifecycle/node_lifecycle_controller.go,
/// MonitorNodes: the same decisions in all releases.
/// Simplifies: the cloud answers both questions, does it exist and is it shut down, in one state.
CloudNodeAction cloud_node_action(ConditionStatus ready, bool has_shutdown_taint, InstanceState instance);

}  // namespace lbsim::policy
#pragma GCC visibility pop
