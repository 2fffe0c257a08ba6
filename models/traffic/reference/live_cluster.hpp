// SPDX-License-Identifier: Apache-2.0
// Live state of machines, pods and kube-proxy rules, as it stands at this instant.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "lbsim/history/history.hpp"
#include "lbsim/policy/endpoint_selection.hpp"
#include "lbsim/scenario/scenario.hpp"
#include "models/traffic/reference/agenda.hpp"

namespace lbsim::traffic::reference {

struct LiveNode {
    bool is_on = false;
    bool healthz_ok = true;
    policy::KubeProxyRules rules;
    EventId on_event;
    EventId off_event;
    EventId healthz_event;
    Time powered{};        ///< of the last power change
};

struct LivePod {
    bool accepts = false;
    EventId stop_event;
};

/// What a SYN or probe meets at a pod's address.
enum class PodReply : std::uint8_t { accepts, refuses, silent };

/// The rules of one kube-proxy for one service.
struct LiveRules {
    struct Usable {
        std::vector<PodId> pods;  ///< in slot order
        policy::ForwardingVerdict verdict{};
        EventId event;            ///< what made the number of usable endpoints what it is
    };
    std::vector<history::EndpointChange> endpoints;  ///< by slot: the last write that these rules know
    std::array<Usable, 2> usable;                    ///< without and with the terminating fallback
    std::uint32_t version = 0;
    EventId synced;                                  ///< the last rules_synced
};

/// Replays the raw logs of machines, pods and rules.
class LiveCluster {
public:
    LiveCluster(const history::History& history, const scenario::Scenario& scenario);

    /// Puts every change of the run on the agenda and sets the state before it.
    void start(Agenda& agenda);
    void machine_on(const Item& item);
    void machine_off(const Item& item);
    void serving_start(const Item& item);
    void serving_end(const Item& item);
    void healthz(const Item& item);
    void view(const Item& item);

    const LiveNode& node(NodeId id) const { return nodes_[id.index()]; }
    std::size_t node_count() const { return nodes_.size(); }
    NodeId node_of(PodId pod) const { return history_->pods[pod.index()].node; }
    PodReply reply(PodId pod) const;
    /// What stopped a pod that does not accept.
    EventId stopper(PodId pod) const;
    const LiveRules& rules(ServiceId service, NodeId node) const { return rules_[service.index()][node.index()]; }
    const LiveRules::Usable& usable(ServiceId service, NodeId node) const;
    /// Ready endpoints on the node itself, by its own rules.
    std::uint32_t local_ready(ServiceId service, NodeId node) const;

private:
    void learn(ServiceId service, NodeId node, std::uint32_t version, EventId event);

    const history::History* history_;
    const scenario::Scenario* scenario_;
    std::vector<LiveNode> nodes_;
    std::vector<LivePod> pods_;
    std::vector<std::vector<LiveRules>> rules_;  ///< by service and node
};

}  // namespace lbsim::traffic::reference
