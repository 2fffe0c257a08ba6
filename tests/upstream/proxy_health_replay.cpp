// SPDX-License-Identifier: Apache-2.0
// Replays of the proxy's health server, of node eligibility and of the services' health servers.
#include <map>
#include <set>

#include "proxy_trace.hpp"

namespace lbsim::upstream {

using namespace policy;

namespace {
/// The traces of 1.28 and 1.29 were taken with the gate on.
KubeProxyRules rules_of(Release release, std::int64_t timeout_us) {
    KubeProxyRules rules = kube_proxy_rules(release, {{"KubeProxyDrainingTerminatingNodes", true}});
    rules.health_timeout = Duration{timeout_us};
    return rules;
}

Difference at_answer(std::size_t n, const Difference& difference) {
    return difference.empty() ? "" : "answer " + std::to_string(n) + ": " + difference;
}

/// A client that keeps its connection to a service's port.
struct Connection {
    ServiceName service;
    bool is_cut = false;  ///< the port was closed since
};

/// The servers of one script and the clients that ask them.
class ServiceHealthReplay {
public:
    ServiceHealthReplay(Release release, const TraceCase& c)
        : out_(&c.out), rules_(rules_of(release, number_at(c.in, "timeout_us"))) {}

    void sync_services(const JsonValue& step) {
        std::map<ServiceName, std::uint16_t> wanted;
        for (const io::JsonMember& member : members_at(step, "services")) {
            wanted[name_of(member.key)] = static_cast<std::uint16_t>(number_of(&member.value));
        }
        const HealthPortChanges changes = server_.sync_services(wanted);
        for (const ServiceName& closed : changes.closed) {
            for (auto& [name, connection] : connections_) {
                if (connection.service == closed) connection.is_cut = true;
            }
        }
        for (const ServiceName& opened : changes.opened) known_.insert(opened);
    }

    void sync_endpoints(const JsonValue& step) {
        std::map<ServiceName, std::uint32_t> counts;
        for (const io::JsonMember& member : members_at(step, "counts")) {
            counts[name_of(member.key)] = static_cast<std::uint32_t>(number_of(&member.value));
        }
        server_.sync_endpoints(counts);
    }

    bool feed_health(const JsonValue& step) { return feed(health_, step); }

    Difference ask(const JsonValue& step, const JsonValue& recorded) {
        const std::string what = text_at(step, "do");
        const std::string name = text_at(step, "connection");
        const bool healthy = health_.is_healthy(at_us(number_at(step, "t_us")));
        if (what == "request") {
            const auto found = connections_.find(name);
            if (found == connections_.end()) return expect("refused", recorded);
            const Connection& connection = found->second;
            const auto answer = connection.is_cut ? server_.answer_on_kept_connection(connection.service, healthy)
                                                  : server_.answer(connection.service, healthy);
            return answer ? judge(*answer, recorded) : expect("closed", recorded);
        }
        const auto service = service_at(number_at(step, "port"));
        if (!service) return expect("refused", recorded);
        if (what == "probe") return judge(server_.answer(*service, healthy).value(), recorded);
        connections_[name] = {.service = *service, .is_cut = false};
        return expect("open", recorded);
    }

private:
    static ServiceName name_of(const std::string& text) {
        const std::size_t slash = text.find('/');
        return {.name_space = text.substr(0, slash), .name = text.substr(slash + 1)};
    }
    std::optional<ServiceName> service_at(std::int64_t port) const {
        for (const ServiceName& service : known_) {
            if (server_.port_of(service) == port) return service;
        }
        return std::nullopt;
    }
    static Difference expect(const std::string& result, const JsonValue& recorded) {
        return text_at(recorded, "result") == result ? "" : result + " rather than " + text_at(recorded, "result");
    }
    Difference judge(const HttpAnswer& answer, const JsonValue& recorded) const {
        const std::string result = text_at(recorded, "result");
        if (!result.empty() && result != "answer") return "an answer rather than " + result;
        return compare(answer, recorded, *out_);
    }

    const JsonValue* out_;
    KubeProxyRules rules_;
    ProxySyncHealth health_{rules_, EqualReadings::strictly_later};
    ServiceHealthServer server_{rules_};
    std::set<ServiceName> known_;
    std::map<std::string, Connection> connections_;
};
}  // namespace

Difference replay_healthz(Release release, const TraceCase& c) {
    const KubeProxyRules rules = rules_of(release, number_at(c.in, "timeout_us"));
    ProxySyncHealth health(rules, EqualReadings::strictly_later);
    NodeEligibility node(rules);
    std::size_t n = 0;
    for (const JsonValue& step : items_at(c.in, "steps")) {
        if (feed(health, step) || feed(node, step)) continue;
        const std::int64_t t_us = number_at(step, "t_us");
        const HealthQuestion question{.now = at_us(t_us),
                                      .wall_now = {.us_since_epoch = script_start_us + t_us, .monotonic_us = {}}};
        const std::string path = text_at(step, "path");
        HttpAnswer answer = not_found_answer();
        if (path.empty() || path == "/healthz") answer = healthz_answer(rules, health, node, question);
        if (path == "/livez") answer = livez_answer(rules, health, question);
        const Difference difference = compare(answer, items_at(c.out, "answers").at(n), c.out);
        if (!difference.empty()) return at_answer(n, difference);
        ++n;
    }
    return n == items_at(c.out, "answers").size() ? "" : "another number of answers";
}

Difference replay_node_eligibility(Release release, const TraceCase& c) {
    NodeEligibility node(rules_of(release, 1));
    std::vector<bool> eligible{node.is_eligible()};
    for (const JsonValue& step : items_at(c.in, "steps")) {
        if (!feed(node, step)) return "an unknown step";
        eligible.push_back(node.is_eligible());
    }
    std::vector<bool> recorded;
    for (const JsonValue& item : items_at(c.out, "eligible")) recorded.push_back(item.truth);
    return eligible == recorded ? "" : "eligibility";
}

Difference replay_service_health(Release release, const TraceCase& c) {
    ServiceHealthReplay replay(release, c);
    std::size_t n = 0;
    for (const JsonValue& step : items_at(c.in, "steps")) {
        const std::string what = text_at(step, "do");
        if (what == "sync_services") {
            replay.sync_services(step);
        } else if (what == "sync_endpoints") {
            replay.sync_endpoints(step);
        } else if (!replay.feed_health(step) && !what.starts_with("node_")) {
            const Difference difference = replay.ask(step, items_at(c.out, "answers").at(n));
            if (!difference.empty()) return at_answer(n, difference);
            ++n;
        }
    }
    return n == items_at(c.out, "answers").size() ? "" : "another number of answers";
}

}  // namespace lbsim::upstream
