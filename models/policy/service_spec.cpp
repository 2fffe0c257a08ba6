// SPDX-License-Identifier: Apache-2.0
// The comparison of two states of a Service.
#include "lbsim/policy/service_spec.hpp"

#include "lbsim/core/rng.hpp"

namespace lbsim::policy {

namespace {
bool reads_app_protocol(Release release) {
    switch (release.minor) {
        case 23: return release.patch >= 14;
        case 24: return release.patch >= 8;
        case 25: return release.patch >= 4;
        default: return release.minor >= 26;
    }
}

bool reads_ip_family_count(Release release) { return release.minor >= 28; }

/// Leaves out what this release does not compare.
ServiceSpec as_compared(ServiceSpec service, Release release) {
    if (!reads_ip_family_count(release)) service.ip_family_count = 0;
    if (!reads_app_protocol(release)) {
        for (ServicePort& port : service.ports) port.app_protocol.reset();
    }
    return service;
}

/// Feeds fields into one number; equal sequences give equal numbers.
class Digest {
public:
    void add(std::uint64_t value) { state_ = mix64(state_ ^ value) + 0x9e3779b97f4a7c15ULL; }
    void add(const std::string& text) {
        add(std::uint64_t{text.size()});
        for (const char c : text) add(std::uint64_t{static_cast<unsigned char>(c)});
    }
    std::uint64_t value() const { return state_; }

private:
    std::uint64_t state_ = 0;
};
}  // namespace

bool wants_load_balancer(const ServiceSpec& service, Release release) {
    return service.type == "LoadBalancer" &&
           !(service.load_balancer_class && honours_load_balancer_class(release));
}

bool needs_cleanup(const ServiceSpec& service) {
    return service.has_cleanup_finalizer && (service.is_deleting || service.type != "LoadBalancer");
}

bool needs_update(const ServiceSpec& before, const ServiceSpec& after, Release release) {
    const bool wants = wants_load_balancer(after, release);
    if (wants_load_balancer(before, release) != wants) return true;
    if (!wants) return false;
    const ServiceSpec a = as_compared(before, release);
    const ServiceSpec b = as_compared(after, release);
    return a.load_balancer_source_ranges != b.load_balancer_source_ranges || a.ports != b.ports ||
           a.session_affinity != b.session_affinity || a.client_ip_timeout_seconds != b.client_ip_timeout_seconds ||
           a.load_balancer_ip != b.load_balancer_ip || a.external_ips != b.external_ips ||
           a.annotations != b.annotations || a.uid != b.uid ||
           a.external_traffic_policy != b.external_traffic_policy ||
           a.health_check_node_port != b.health_check_node_port || a.ip_family_count != b.ip_family_count;
}

ServiceFacts facts_of(const ServiceSpec& service, Release release) {
    const ServiceSpec s = as_compared(service, release);
    Digest digest;
    digest.add(std::uint64_t{s.load_balancer_source_ranges.size()});
    for (const std::string& range : s.load_balancer_source_ranges) digest.add(range);
    digest.add(std::uint64_t{s.ports.size()});
    for (const ServicePort& port : s.ports) {
        digest.add(port.name);
        digest.add(port.protocol);
        digest.add((std::uint64_t{port.port} << 16) | port.node_port);
        digest.add(port.target_port);
        digest.add(port.app_protocol ? "=" + *port.app_protocol : std::string());
    }
    digest.add(s.session_affinity);
    digest.add(s.client_ip_timeout_seconds ? std::uint64_t{*s.client_ip_timeout_seconds} + 1 : 0);
    digest.add(s.load_balancer_ip);
    digest.add(std::uint64_t{s.external_ips.size()});
    for (const std::string& ip : s.external_ips) digest.add(ip);
    for (const auto& [key, value] : s.annotations) {
        digest.add(key);
        digest.add(value);
    }
    digest.add((std::uint64_t{s.health_check_node_port} << 32) | s.ip_family_count);
    Digest uid;
    uid.add(s.uid);
    ServiceFacts facts;
    facts.external_traffic_policy = s.external_traffic_policy;
    facts.wants_load_balancer = wants_load_balancer(s, release);
    facts.needs_cleanup = needs_cleanup(s);
    facts.revision = digest.value();
    facts.uid = uid.value();
    return facts;
}

}  // namespace lbsim::policy
