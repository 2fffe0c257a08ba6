// SPDX-License-Identifier: Apache-2.0
// Late rule syncs, node eligibility, and the answers of /healthz and /livez.
#include "lbsim/policy/proxy_health.hpp"

#include <algorithm>
#include <string>

namespace lbsim::policy {

namespace {
constexpr std::array<IpFamily, 2> families{IpFamily::ipv4, IpFamily::ipv6};

std::string json_bool(bool value) { return value ? "true" : "false"; }

/// The clock's reading at an earlier instant.
std::optional<WallTime> reading_at(const HealthQuestion& question, std::optional<Time> t) {
    if (!t) return std::nullopt;
    const std::int64_t ago = us_of(question.now - *t);
    WallTime reading = question.wall_now;
    reading.us_since_epoch -= ago;
    if (reading.monotonic_us) *reading.monotonic_us -= ago;
    return reading;
}

/// `,"status":{…}` with one entry for each family that was ever written; nothing where none was.
std::string json_status(const ProxySyncHealth& health, const HealthQuestion& question) {
    std::string entries;
    for (const IpFamily family : families) {
        const std::optional<Time> written = health.last_written(family);
        if (!written) continue;
        if (!entries.empty()) entries += ",";
        entries += std::string(family == IpFamily::ipv4 ? "\"IPv4\"" : "\"IPv6\"") + ":{\"lastUpdated\":\"" +
                   rfc3339_text(reading_at(question, written)) +
                   "\",\"healthy\":" + json_bool(health.is_family_healthy(question.now, family)) + "}";
    }
    return entries.empty() ? "" : ",\"status\":{" + entries + "}";
}

/// `node_is_eligible` is nullopt on paths that do not tell of the node.
std::string body_of(const KubeProxyRules& rules, const ProxySyncHealth& health, std::optional<bool> node_is_eligible,
                    const HealthQuestion& question) {
    const bool is_healthy = health.is_healthy(question.now);
    // While all is well lastUpdated is the present, as in releases that wrote the rules all the time.
    const std::optional<WallTime> updated =
        is_healthy && node_is_eligible.value_or(true)
            ? question.wall_now
            : reading_at(question, health.reported_write(question.now, rules.health_body));
    if (rules.health_body == ProxyHealthBody::json) {
        return "{\"lastUpdated\":\"" + rfc3339_text(updated) + "\",\"currentTime\":\"" +
               rfc3339_text(question.wall_now) + "\"" +
               (node_is_eligible ? ",\"nodeEligible\":" + json_bool(*node_is_eligible) : "") +
               ",\"healthy\":" + json_bool(is_healthy) + json_status(health, question) + "}";
    }
    const bool tells_of_node = node_is_eligible && rules.health_body == ProxyHealthBody::times_and_eligibility;
    return "{\"lastUpdated\": \"" + go_text(updated) + "\",\"currentTime\": \"" + go_text(question.wall_now) + "\"" +
           (tells_of_node ? ", \"nodeEligible\": " + json_bool(*node_is_eligible) : "") + "}";
}
}  // namespace

Duration health_timeout(Release release, const HealthPeriods& periods) {
    return 2 * (release.minor >= 31 ? periods.own_mode : periods.iptables);
}

bool ProxySyncHealth::covers(const Loop& loop, Time written) const {
    // Only the rule up to 1.24 compares two readings; later ones clear the record.
    return late_sync_ != LateSync::newest_change || equal_ == EqualReadings::order_of_calls || written > *loop.queued;
}

void ProxySyncHealth::change_queued(Time now, IpFamily family) {
    Loop& loop = loops_[index_of(family)];
    if (late_sync_ == LateSync::newest_change) {
        loop.queued = now;
    } else if (!loop.queued && (late_sync_ == LateSync::oldest_change_per_family || loop.last_written)) {
        // From 1.25 to 1.28 the record exists only after the first write, which would clear it anyway.
        loop.queued = now;
    }
}

void ProxySyncHealth::rules_written(Time now, IpFamily family) {
    Loop& loop = loops_[index_of(family)];
    loop.last_written = now;
    if (loop.queued && covers(loop, now)) loop.queued.reset();
}

Time ProxySyncHealth::unhealthy_from(IpFamily family) const {
    const Loop& record = loop(family);
    // Before the first write nothing is judged, and that write covers whatever was queued by then.
    if (!record.last_written || !record.queued) return never;
    return saturating_add(*record.queued, timeout_);
}

Time ProxySyncHealth::unhealthy_from() const {
    return std::min(unhealthy_from(IpFamily::ipv4), unhealthy_from(IpFamily::ipv6));
}

std::optional<Time> ProxySyncHealth::reported_write(Time now, ProxyHealthBody body) const {
    if (body != ProxyHealthBody::json) {
        for (const IpFamily family : families) {
            if (!is_family_healthy(now, family)) return last_written(family);
        }
    }
    return std::max(last_written(IpFamily::ipv4), last_written(IpFamily::ipv6));
}

bool is_node_eligible(const NodeFacts& node) { return !node.is_deleting && !node.autoscaler_tainted; }

void NodeEligibility::node_seen(const NodeFacts& node) {
    if (feed_ != EligibilityFeed::none) is_eligible_ = is_node_eligible(node);
}

void NodeEligibility::node_deleted(const NodeFacts& last) {
    if (feed_ == EligibilityFeed::pushed) is_eligible_ = is_node_eligible(last);
}

int healthz_status(const KubeProxyRules& rules, bool sync_is_healthy, bool node_is_eligible) {
    const bool is_ok = sync_is_healthy && (node_is_eligible || rules.eligibility == EligibilityFeed::none);
    return health_answer(is_ok).status;
}

std::optional<int> livez_status(const KubeProxyRules& rules, bool sync_is_healthy) {
    if (!rules.has_livez) return std::nullopt;
    return health_answer(sync_is_healthy).status;
}

HttpAnswer healthz_answer(const KubeProxyRules& rules, const ProxySyncHealth& health, const NodeEligibility& node,
                          const HealthQuestion& question) {
    HttpAnswer answer = health_answer(health.is_healthy(question.now) && node.is_eligible());
    answer.body = body_of(rules, health, node.is_eligible(), question);
    return answer;
}

HttpAnswer livez_answer(const KubeProxyRules& rules, const ProxySyncHealth& health, const HealthQuestion& question) {
    if (!rules.has_livez) return not_found_answer();
    HttpAnswer answer = health_answer(health.is_healthy(question.now));
    answer.body = body_of(rules, health, std::nullopt, question);
    return answer;
}

}  // namespace lbsim::policy
