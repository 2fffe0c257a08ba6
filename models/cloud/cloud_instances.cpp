// SPDX-License-Identifier: Apache-2.0
// Calls about machines, the names of all calls, and what must add up at the end.
#include <algorithm>

#include "lbsim/core/check.hpp"
#include "models/cloud/cloud.hpp"

namespace lbsim::cloud {

using history::CallResult;
using scenario::CallClass;

namespace {
constexpr std::string_view cloud_node_lifecycle = "cloud-node-lifecycle-controller";

/// Whoever deletes machines tries again at its next round.
/// Source: kubernetes/autoscaler, scan interval 10 s.
constexpr Duration deletion_retry = 10s;
}  // namespace

CallResult Cloud::instance_call(std::string_view controller, std::string_view operation, bool mutates, NodeId node) {
    return accounts_.front()
        .call({.controller = controller,
               .operation = operation,
               .call_class = CallClass::instance,
               .mutates = mutates,
               .service = {},
               .node = node})
        .result;
}

std::optional<cluster::InstanceState> Cloud::instance_state(NodeId node) {
    if (instance_call(cloud_node_lifecycle, "InstanceExists", false, node) != CallResult::ok) return std::nullopt;
    if (machines_->machine(node).instance == cluster::InstanceState::gone) return cluster::InstanceState::gone;
    if (instance_call(cloud_node_lifecycle, "InstanceShutdown", false, node) != CallResult::ok) return std::nullopt;
    return machines_->machine(node).instance;
}

bool Cloud::try_delete_instance(NodeId node, std::string_view controller) {
    return instance_call(controller, "DeleteNodes", true, node) == CallResult::ok;
}

void Cloud::delete_instance(NodeId node, std::string_view controller) {
    while (!try_delete_instance(node, controller)) accounts_.front().sleep_for(deletion_retry);
}

void Cloud::warn_of_unknown_calls(const scenario::CloudFault& fault, EventId why) {
    for (const std::string& operation : fault.operations) {
        if (knows_call(operation)) continue;
        journal_->record(history::EventKind::verb_without_effect, {}, why,
                         "no cloud of this scenario has a call " + operation);
    }
}

bool Cloud::knows_call(std::string_view operation) const {
    const SyncFacts busy{.ports = 1, .nodes = 1000, .added = 1, .removed = 1, .zones_added_to = 1, .zones_removed_from = 1,
                         .removed_running = 1, .http_check = true};
    std::vector<std::string_view> names{"InstanceExists", "InstanceShutdown", "DeleteNodes"};
    for (const Account& account : accounts_) {
        names.push_back(poll_operation(account.api().sequence));
        for (const SyncKind kind : {SyncKind::create, SyncKind::ensure, SyncKind::update, SyncKind::get, SyncKind::remove}) {
            for (const PlannedCall& call : plan_calls(account.api(), kind, busy)) names.push_back(call.operation);
            for (const PlannedCall& call : plan_calls(scenario::CloudApi{}, kind, busy)) names.push_back(call.operation);
        }
    }
    return std::find(names.begin(), names.end(), operation) != names.end();
}

void Cloud::finish() const {
    const std::uint64_t recorded = journal_->history().api_calls.totals().calls;
    std::uint64_t sent = 0;
    for (const Account& account : accounts_) {
        for (const Account::Balance& balance : account.balances()) {
            sent += balance.sent;
            LBSIM_CHECK(balance.asked == balance.answered + balance.cut_off, "every call that was started has ended");
            LBSIM_CHECK(balance.sent <= balance.asked && balance.sent >= balance.answered,
                        "what is answered was sent, and what is sent was asked for");
        }
    }
    LBSIM_CHECK(sent == recorded, "the calls of all classes add up to the total");
    LBSIM_CHECK(calls_of_syncs_ <= sent, "the calls of all syncs are among those that were made");
}

}  // namespace lbsim::cloud
