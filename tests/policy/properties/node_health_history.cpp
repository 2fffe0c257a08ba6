// SPDX-License-Identifier: Apache-2.0
// kube-proxy's health answers, its choice of endpoints and a prober, beside models that look at the whole past.
#include <algorithm>
#include <optional>
#include <vector>

#include "bytes.hpp"
#include "histories.hpp"
#include "lbsim/policy/kube_proxy.hpp"
#include "lbsim/policy/prober.hpp"
#include "releases.hpp"

namespace lbsim::test {

using namespace policy;

namespace {
/// All that the sync loops were told, in order.
struct SyncPast {
    struct Event {
        bool is_write = false;
        IpFamily family{};
        Time at;
    };
    std::vector<Event> events;

    /// The instant from which the loops are late.
    Time late_from(const KubeProxyRules& rules) const {
        if (rules.late_sync != LateSync::oldest_change_per_family) return late_from(events, rules);
        Time first = never;
        for (const IpFamily family : {IpFamily::ipv4, IpFamily::ipv6}) {
            std::vector<Event> own;
            for (const Event& e : events) {
                if (e.family == family) own.push_back(e);
            }
            first = std::min(first, late_from(own, rules));
        }
        return first;
    }

private:
    /// One timeout after the change that is judged; never where no change waits or no write was ever made.
    static Time late_from(const std::vector<Event>& events, const KubeProxyRules& rules) {
        const auto is_write = [](const Event& e) { return e.is_write; };
        const auto last = std::find_if(events.rbegin(), events.rend(), is_write);
        if (last == events.rend() || last == events.rbegin()) return never;
        const bool is_newest = rules.late_sync == LateSync::newest_change;
        return (is_newest ? events.back().at : last.base()->at) + rules.health_timeout;
    }
};

void check_answers(const KubeProxyRules& rules, const ProxySyncHealth& health, Time now, Bytes& bytes) {
    const bool healthy = health.is_healthy(now);
    const int fit = healthz_status(rules, healthy, true);
    const int unfit = healthz_status(rules, healthy, false);
    const auto livez = livez_status(rules, healthy);
    for (const int status : {fit, unfit}) {
        require(status == 200 || status == 503, "/healthz answers 200 or 503");
        require(status != 200 || !livez || *livez == 200, "/healthz 200 implies /livez 200");
    }
    require(livez.has_value() == rules.has_livez, "/livez is there where the release has it");
    require(!livez || (*livez == 200) == healthy, "/livez reads the sync loop and not the node");
    require((fit == 200) == healthy, "/healthz of an eligible node reads the sync loop");
    require(unfit == (rules.eligibility != EligibilityFeed::none ? 503 : fit), "eligibility counts where the gate says so");
    const std::uint32_t endpoints = bytes.below(4);
    const int service = service_health_status(rules, endpoints, healthy);
    require(endpoints > 0 || service == 503, "a service port without ready local endpoints answers 503");
    require(endpoints == 0 || service == (healthy || !rules.service_port_reads_proxy_health ? 200 : 503),
            "a service port with endpoints answers 200, unless it reads a sick proxy");
}

void check_sync(const KubeProxyRules& rules, const ProxySyncHealth& health, const SyncPast& past, Time now) {
    const Time from = past.late_from(rules);
    require(health.unhealthy_from() == from, "the sync loop turns sick one timeout after the change that is judged");
    require(health.is_healthy(now) == (now < from), "the sync loop is sick from that instant on");
    if (from != never) {
        require(health.is_healthy(from - Duration{1}) && !health.is_healthy(from), "and neither before nor after it");
    }
}

void check_forwarding(const KubeProxyRules& rules, Bytes& bytes) {
    std::vector<EndpointView> endpoints(bytes.below(6));
    for (EndpointView& e : endpoints) {
        const std::uint8_t flags = bytes.next();
        e = {(flags & 1U) != 0, (flags & 2U) != 0, (flags & 4U) != 0, (flags & 8U) != 0};
    }
    const auto cluster = external_forwarding(rules, TrafficPolicy::cluster, endpoints);
    const auto local = external_forwarding(rules, TrafficPolicy::local, endpoints);
    for (const TrafficPolicy policy : {TrafficPolicy::cluster, TrafficPolicy::local}) {
        const ForwardingDecision& decision = policy == TrafficPolicy::cluster ? cluster : local;
        require((decision.verdict == ForwardingVerdict::forward) == !decision.endpoints.empty(),
                "a connection is forwarded where and only where there is an endpoint for it");
        require(std::is_sorted(decision.endpoints.begin(), decision.endpoints.end(), std::less_equal<>{}),
                "endpoints are listed once, ascending");
        bool any_ready = false;
        for (const std::uint32_t i : decision.endpoints) {
            const EndpointView& e = endpoints.at(i);
            require(e.ready || (falls_back_to_terminating(rules, policy) && e.serving && e.terminating),
                    "a target is ready, or terminating and serving where the release falls back");
            any_ready = any_ready || e.ready;
        }
        for (const std::uint32_t i : decision.endpoints) {
            require(endpoints[i].ready == any_ready, "terminating endpoints are used only where none is ready");
        }
    }
    for (const std::uint32_t i : local.endpoints) require(endpoints[i].is_local, "Local forwards to this node only");
    require(cluster.verdict != ForwardingVerdict::drop, "Cluster never drops");
    const bool is_served_somewhere = std::any_of(endpoints.begin(), endpoints.end(), [&](const EndpointView& e) {
        return e.ready || (falls_back_to_terminating(rules, TrafficPolicy::local) && e.serving && e.terminating);
    });
    require(local.verdict != ForwardingVerdict::drop || is_served_somewhere, "Local drops only what another node would serve");
    require(local.verdict != ForwardingVerdict::reject || !is_served_somewhere, "Local refuses only what no node would serve");
}

/// The verdict after all results: it flips where the last `threshold` of them, all since the last flip, go against it.
bool passing_after(bool passing, const std::vector<bool>& results, const ProbeThresholds& thresholds) {
    std::size_t since = 0;
    for (std::size_t i = 0; i < results.size(); ++i) {
        const std::size_t needed = std::max<std::size_t>(1, passing ? thresholds.unhealthy : thresholds.healthy);
        std::size_t against = 0;
        while (against < i + 1 - since && results[i - against] != passing) ++against;
        if (against < needed) continue;
        passing = !passing;
        since = i + 1;
    }
    return passing;
}

/// A prober and all results that it was told.
class Prober {
public:
    explicit Prober(Bytes& bytes)
        : thresholds_{bytes.below(5), bytes.below(5)},
          was_passing_(bytes.happens(128)),
          state_(was_passing_ ? ProbeState::Verdict::passing : ProbeState::Verdict::failing) {}

    void record(bool success) {
        const bool before = is_passing();
        const bool settled = state_.is_settled(success);
        const bool flipped = state_.record(success, thresholds_);
        results_.push_back(success);
        require(flipped == (before != is_passing()), "a flip is told");
        require(!settled || !flipped, "a result that agrees with the verdict never flips it");
        require(is_passing() == passing_after(was_passing_, results_, thresholds_),
                "a verdict flips after `threshold` consecutive results against it, and only then");
    }

private:
    bool is_passing() const { return state_.verdict() == ProbeState::Verdict::passing; }

    ProbeThresholds thresholds_;
    bool was_passing_;
    ProbeState state_;
    std::vector<bool> results_;
};
}  // namespace

void play_node_health(std::span<const std::uint8_t> input) {
    constexpr std::size_t longest = 2000;  // the prober's model looks at the whole past each time
    Bytes bytes(input.first(std::min(input.size(), longest)));
    const Release release = release_from(bytes);
    const KubeProxyRules rules = kube_proxy_rules(release, gates_from(bytes));
    ProxySyncHealth health(rules);
    SyncPast past;
    Prober prober(bytes);
    Time now = time_zero;
    while (!bytes.is_over()) {
        switch (bytes.below(6)) {
            case 0: {
                const IpFamily family = bytes.happens(128) ? IpFamily::ipv4 : IpFamily::ipv6;
                health.change_queued(now, family);
                past.events.push_back({false, family, now});
                break;
            }
            case 1: {
                const IpFamily family = bytes.happens(128) ? IpFamily::ipv4 : IpFamily::ipv6;
                health.rules_written(now, family);
                past.events.push_back({true, family, now});
                break;
            }
            case 2: now += Duration{bytes.next()} * 1'000'000; break;
            case 3: check_forwarding(rules, bytes); break;
            default: prober.record(bytes.happens(128)); break;
        }
        check_sync(rules, health, past, now);
        check_answers(rules, health, now, bytes);
    }
}

}  // namespace lbsim::test
