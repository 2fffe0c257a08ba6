// SPDX-License-Identifier: Apache-2.0
// The kube-proxies of all nodes: what /healthz answers, and which endpoint changes their rules already hold.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "models/cluster/api_server.hpp"
#include "models/cluster/machines.hpp"

namespace lbsim::proxy {

/// Every node runs one kube-proxy while its machine is on. Views are kept as change logs: with one fixed watch latency
/// all proxies hold the same rules at every instant, else each node has a log of its own.
/// Source: kubernetes/kubernetes cmd/kube-proxy/app/server.go, pkg/proxy/node.go, 1.28 to 1.33 (own-node informer).
/// Simplifies: a proxy that starts has its first rules at once where views are shared.
class KubeProxies {
public:
    KubeProxies(cluster::Journal& journal, cluster::ApiServer& api, cluster::Machines& machines,
                const scenario::Scenario& scenario, std::uint32_t replication);

    /// Call once, when the initial nodes and pods are in place.
    void start();
    void power_changed(NodeId node, bool is_on);
    void endpoints_changed(ServiceId service);
    /// The node's proxy hears nothing from now until `end`; then what it has missed.
    void stop_watches(NodeId node, Time end) { proxy(node).gaps.add(journal_->now(), end); }

private:
    /// A kube-proxy's watch of its own Node object and, where views differ, of the endpoints.
    struct Proxy {
        NodeId node;
        bool healthz_ok = true;  ///< the node counts as eligible until the first node event says otherwise
        cluster::WatchLatency::Line endpoints;
        cluster::Gaps gaps;      ///< of its watches
    };
    Proxy& proxy(NodeId node);
    void own_node_changed(const cluster::NodeChange& change);
    void judge(Proxy& p, const policy::NodeFacts& facts, EventId why);
    void list_own_node(Proxy& p);
    void post_view(Proxy& p, Time t, ServiceId service, std::uint32_t version);
    void sync_shared(ServiceId service);
    void post_shared(ServiceId service, Time t);
    std::optional<Time> held_up(Time t, const cluster::Gaps* own) const;

    cluster::Journal* journal_;
    cluster::ApiServer* api_;
    cluster::Machines* machines_;
    const scenario::Scenario* scenario_;
    std::uint32_t replication_;
    bool shared_;
    std::deque<Proxy> proxies_;         ///< by node; stable addresses for pending events
    std::vector<Time> shared_sync_;     ///< by service: the latest shared sync that is posted and not done
};

}  // namespace lbsim::proxy
