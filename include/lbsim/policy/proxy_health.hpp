// SPDX-License-Identifier: Apache-2.0
// The health server of kube-proxy on port 10256: late rule syncs, node eligibility, /healthz and /livez.
#pragma once

#include <array>
#include <optional>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/http_answer.hpp"
#include "lbsim/policy/node_facts.hpp"
#include "lbsim/policy/proxy_rules.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// syncPeriod as configured for iptables and for the mode in use.
struct HealthPeriods {
    Duration iptables = 30s;
    Duration own_mode = 30s;
};
/// The age at which a queued change is too old: twice a syncPeriod, up to 1.30 that of iptables whatever the mode.
/// Source: kubernetes/kubernetes cmd/kube-proxy/app/server.go (server_others.go up to 1.27), 1.19 to 1.36.
Duration health_timeout(Release release, const HealthPeriods& periods);

/// Does a write cover a change that carries the same reading of the clock?
enum class EqualReadings : std::uint8_t {
    order_of_calls,    ///< the write covers what was queued before it: a simulated write may end in the microsecond of
                       ///< the change it covers, which two readings of a real clock never do
    strictly_later     ///< no: upstream's comparison up to 1.24, met by programs that run it on a fake clock
};

/// Health of the rule sync loops: fed with queued changes and successful writes, asked at any later instant. Too old is
/// an age of health_timeout or more; before the first write everything is healthy.
/// Known weakness up to 1.24: every further change moves the age on, so a steady stream hides a dead loop for ever.
/// From 1.25 to 1.28 a write of one family clears the backlog of the other.
/// Order: of a change and a write at one instant, the order of the calls decides whether the write covers the change,
/// unless the caller asks for strictly_later.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/proxier_health.go, 1.19 to 1.32, proxy_health.go, 1.33 to 1.36;
/// issue 105742, PR 109483, PR 118146.
class ProxySyncHealth {
public:
    explicit ProxySyncHealth(const KubeProxyRules& rules, EqualReadings equal = EqualReadings::order_of_calls)
        : late_sync_(rules.late_sync), timeout_(rules.health_timeout), equal_(equal) {}
    /// The family's loop was told of a service or endpoint change.
    void change_queued(Time now, IpFamily family = IpFamily::ipv4);
    /// The family's rules were written; also called once when the loop starts.
    void rules_written(Time now, IpFamily family = IpFamily::ipv4);
    /// Pre: now is not before the last event.
    bool is_healthy(Time now) const { return now < unhealthy_from(); }
    /// The instant from which is_healthy turns false if nothing more happens; never if it stays true.
    Time unhealthy_from() const;

    /// Is this family late? Up to 1.28 both families share one record.
    bool is_family_healthy(Time now, IpFamily family) const { return now < unhealthy_from(family); }
    /// Last write of this family; nullopt before the first.
    std::optional<Time> last_written(IpFamily family) const { return loop(family).last_written; }
    /// The write that the body calls lastUpdated while the proxy is unhealthy or the node not eligible: that of a late
    /// family, or, where none is late and from 1.33 on always, the latest write of all.
    /// Order: where several families are late, IPv4 first; upstream up to 1.32 takes one at random.
    std::optional<Time> reported_write(Time now, ProxyHealthBody body) const;

private:
    struct Loop {
        std::optional<Time> queued;  ///< the change whose age counts
        std::optional<Time> last_written;
    };
    Time unhealthy_from(IpFamily family) const;
    std::size_t index_of(IpFamily family) const {
        return late_sync_ == LateSync::oldest_change_per_family && family == IpFamily::ipv6 ? 1 : 0;
    }
    const Loop& loop(IpFamily family) const { return loops_[index_of(family)]; }
    bool covers(const Loop& loop, Time written) const;

    LateSync late_sync_;
    Duration timeout_;
    EqualReadings equal_;
    std::array<Loop, 2> loops_;
};

/// Is the node eligible for new load-balancer traffic as /healthz sees it? Cordon, readiness and other taints do not
/// count.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/proxier_health.go 1.28, proxy_health.go 1.34 to 1.36; KEP-3836.
bool is_node_eligible(const NodeFacts& node);

/// What the health server believes of its node.
/// Source: kubernetes/kubernetes pkg/proxy/node.go 1.28 (NodeEligibleHandler) and 1.34 to 1.36 (NodeManager);
/// cmd/kube-proxy/app/server.go 1.28 to 1.33; KEP-3836.
class NodeEligibility {
public:
    explicit NodeEligibility(const KubeProxyRules& rules)
        : feed_(rules.eligibility), is_eligible_(rules.eligibility != EligibilityFeed::pulled) {}
    /// The node's object was added or updated.
    void node_seen(const NodeFacts& node);
    /// The node's object is gone; `last` is how it was. A pushed flag is judged from that object again; pulled, the
    /// manager keeps the object it had. So a plain deletion never makes the node ineligible.
    void node_deleted(const NodeFacts& last);
    bool is_eligible() const { return is_eligible_; }

private:
    EligibilityFeed feed_;
    bool is_eligible_;
};

/// HTTP status of /healthz: 200 or 503.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/proxier_health.go 1.19 to 1.32, proxy_health.go 1.33 to 1.36.
int healthz_status(const KubeProxyRules& rules, bool sync_is_healthy, bool node_is_eligible);
/// HTTP status of /livez; nullopt where the release has none.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/proxier_health.go, 1.28 on; KEP-3836.
std::optional<int> livez_status(const KubeProxyRules& rules, bool sync_is_healthy);

/// When a health server is asked, and how its clock reads.
struct HealthQuestion {
    Time now{};
    WallTime wall_now;  ///< the reading at `now`; readings of earlier instants are counted back from it
};

/// The whole answer of GET /healthz. In JSON `healthy` is the proxy's own health, whatever the node's.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/proxier_health.go 1.19 to 1.32, proxy_health.go 1.33 to 1.36.
HttpAnswer healthz_answer(const KubeProxyRules& rules, const ProxySyncHealth& health, const NodeEligibility& node,
                          const HealthQuestion& question);
/// The whole answer of GET /livez; 404 where the release has none.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/proxier_health.go 1.28 to 1.32, proxy_health.go 1.33 to 1.36.
HttpAnswer livez_answer(const KubeProxyRules& rules, const ProxySyncHealth& health, const HealthQuestion& question);

}  // namespace lbsim::policy
#pragma GCC visibility pop
