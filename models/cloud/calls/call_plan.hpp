// SPDX-License-Identifier: Apache-2.0
// Which API calls an Ensure, Update, Get or Delete of a provider makes, by name and count.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lbsim/scenario/cloud.hpp"

namespace lbsim::cloud {

/// What the service controller asks of the provider.
enum class SyncKind : std::uint8_t {
    create,  ///< Ensure of a load balancer that does not exist
    ensure,  ///< Ensure of one that exists
    update,
    get,
    remove,
};

/// Does it give the load balancer its targets?
inline bool sets_nodes(SyncKind kind) {
    return kind == SyncKind::create || kind == SyncKind::ensure || kind == SyncKind::update;
}

/// What decides how many calls a sync makes. Symbols as in the specification: P, N, Z, A, R.
struct SyncFacts {
    std::uint32_t ports = 1;            ///< P
    std::uint32_t nodes = 0;            ///< N: targets that the load balancer shall have
    std::uint32_t zones = 1;            ///< Z
    std::uint32_t added = 0;            ///< A: against what the load balancer, or the shared group, has
    std::uint32_t removed = 0;          ///< R
    std::uint32_t zones_added_to = 0;   ///< zones that hold an added node
    std::uint32_t zones_removed_from = 0;
    std::uint32_t removed_running = 0;  ///< removed nodes whose machine the cloud still has, where counts_running
    bool http_check = false;            ///< the health check speaks HTTP
    bool has_check = true;              ///< there is a health check at all
    bool has_fresh_health = false;      ///< target health was read a short while ago
    bool is_last_service = false;       ///< of a Delete: nobody else uses what is shared
};

/// Calls of one kind, made one after the other.
struct PlannedCall {
    std::string_view operation;         ///< static text: the provider's own name
    scenario::CallClass call_class = scenario::CallClass::describe;
    std::uint32_t count = 1;
    bool mutates = false;
    bool is_operation = false;          ///< answered at once; the operation it starts is then waited for
    bool changes_targets = false;       ///< refused where there are too many
};

/// Calls of a sync, in order. Calls with a count of 0 are left out.
using CallPlan = std::vector<PlannedCall>;

/// The calls of one sync. Pre: `api.sequence` is not `none`, which has no calls (an empty plan).
/// Source: cloud-load-balancers.md 0.4 and the call tables of each provider; each function names its own.
CallPlan plan_calls(const scenario::CloudApi& api, SyncKind kind, const SyncFacts& facts);

/// Name of the call that asks whether an operation is done.
std::string_view poll_operation(scenario::CallSequence sequence);
/// Do the calls depend on which nodes are added and removed? Telling costs the changes since the last sync.
bool depends_on_changes(scenario::CallSequence sequence);
/// Does it matter whether the machine of a removed node is still there?
bool counts_running(scenario::CallSequence sequence);
/// Do the provider's load balancers share one set of targets, which the first service of a pass brings up to date?
bool shares_targets(scenario::CallSequence sequence);

// The families, for plan_calls.
CallPlan plan_aws_clb(SyncKind kind, const SyncFacts& facts);
CallPlan plan_aws_nlb(const scenario::CloudApi& api, SyncKind kind, const SyncFacts& facts);
CallPlan plan_aws_target_groups(const scenario::CloudApi& api, SyncKind kind, const SyncFacts& facts);
CallPlan plan_gce(const scenario::CloudApi& api, SyncKind kind, const SyncFacts& facts);
CallPlan plan_azure(const scenario::CloudApi& api, SyncKind kind, const SyncFacts& facts);
CallPlan plan_octavia(SyncKind kind, const SyncFacts& facts);
CallPlan plan_digitalocean(SyncKind kind);
CallPlan plan_hetzner(SyncKind kind, const SyncFacts& facts);

// Makers, so that a plan reads as the table it comes from.
constexpr PlannedCall reads(std::string_view operation, std::uint32_t count = 1,
                            scenario::CallClass call_class = scenario::CallClass::describe) {
    return {.operation = operation, .call_class = call_class, .count = count};
}
constexpr PlannedCall changes(std::string_view operation, scenario::CallClass call_class, std::uint32_t count = 1) {
    return {.operation = operation,
            .call_class = call_class,
            .count = count,
            .mutates = true,
            .changes_targets = call_class == scenario::CallClass::membership};
}
/// A change that goes on after its answer.
constexpr PlannedCall starts(std::string_view operation, scenario::CallClass call_class, std::uint32_t count = 1) {
    PlannedCall call = changes(operation, call_class, count);
    call.is_operation = true;
    return call;
}
/// Objects in portions; a limit of 0 takes all in one. No objects need no call.
constexpr std::uint32_t portions(std::uint32_t objects, std::uint32_t limit) {
    if (objects == 0 || limit == 0) return objects == 0 ? 0 : 1;
    return (objects + limit - 1) / limit;
}

}  // namespace lbsim::cloud
