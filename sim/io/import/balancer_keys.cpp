// SPDX-License-Identifier: Apache-2.0
// From annotations of a Service to keys of its load balancer.
#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "sim/io/import/format_knowledge.hpp"
#include "sim/io/import/profile_guess.hpp"
#include "sim/io/profiles/profile.hpp"

namespace lbsim::io {

namespace {

using Json = nlohmann::ordered_json;

enum class Unit : std::uint8_t { seconds, duration, count };

/// An annotation that sets keys of the health check.
struct CheckAnnotation {
    std::string_view name;
    Unit unit;
    std::string_view key;
    std::string_view second_key{};  ///< "" where it sets one key
};

/// Source: cloud-provider-aws pkg/providers/v1/aws_loadbalancer.go; cloud-provider-azure pkg/consts (ProbeThreshold counts both
/// ways); digitalocean-cloud-controller-manager docs/controllers/services/annotations.md; hcloud-cloud-controller-manager
/// internal/annotation/load_balancer.go (retries count both ways).
constexpr std::array check_annotations{
    CheckAnnotation{"service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval", Unit::seconds, "interval"},
    CheckAnnotation{"service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout", Unit::seconds, "timeout"},
    CheckAnnotation{"service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold", Unit::count, "healthy"},
    CheckAnnotation{"service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold", Unit::count, "unhealthy"},
    CheckAnnotation{"service.beta.kubernetes.io/azure-load-balancer-health-probe-interval", Unit::seconds, "interval"},
    CheckAnnotation{"service.beta.kubernetes.io/azure-load-balancer-health-probe-num-of-probe", Unit::count, "unhealthy", "healthy"},
    CheckAnnotation{"service.beta.kubernetes.io/do-loadbalancer-healthcheck-check-interval-seconds", Unit::seconds, "interval"},
    CheckAnnotation{"service.beta.kubernetes.io/do-loadbalancer-healthcheck-response-timeout-seconds", Unit::seconds, "timeout"},
    CheckAnnotation{"service.beta.kubernetes.io/do-loadbalancer-healthcheck-healthy-threshold", Unit::count, "healthy"},
    CheckAnnotation{"service.beta.kubernetes.io/do-loadbalancer-healthcheck-unhealthy-threshold", Unit::count, "unhealthy"},
    CheckAnnotation{"load-balancer.hetzner.cloud/health-check-interval", Unit::duration, "interval"},
    CheckAnnotation{"load-balancer.hetzner.cloud/health-check-timeout", Unit::duration, "timeout"},
    CheckAnnotation{"load-balancer.hetzner.cloud/health-check-retries", Unit::count, "unhealthy", "healthy"}};

constexpr std::string_view draining_enabled = "service.beta.kubernetes.io/aws-load-balancer-connection-draining-enabled";
constexpr std::string_view draining_timeout = "service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout";
constexpr std::string_view cross_zone_enabled = "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled";

/// Read by the choice of the profile; that it was is not worth a note.
constexpr std::string_view read_elsewhere[] = {
    "service.beta.kubernetes.io/aws-load-balancer-type", "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type",
    "networking.gke.io/load-balancer-type", "cloud.google.com/load-balancer-type", "cloud.google.com/l4-rbs"};
constexpr std::string_view balancer_prefixes[] = {"service.beta.kubernetes.io/", "networking.gke.io/", "cloud.google.com/",
                                                  "load-balancer.hetzner.cloud/", "loadbalancer.openstack.org/"};

const Shape& check_shape() { return *only_shape(find_key(load_balancer_shape, "health_check")->type); }

/// What an annotation's text stands for in a scenario; null where it is no such thing.
Json value_of(const std::string& text, Unit unit) {
    if (unit == Unit::duration) return text;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0) return nullptr;
    if (unit == Unit::seconds) return std::to_string(number) + "s";
    return number;
}

class AnnotationReader {
public:
    AnnotationReader(const ServiceObject& service, ImportNotes& notes) : service_(service), notes_(notes) {}

    Json read(bool cross_zone_is_off) {
        Json out = Json::object();
        Json check = Json::object();
        for (const CheckAnnotation& annotation : check_annotations) read_check(annotation, check);
        if (!check.empty()) out["health_check"] = check;
        read_draining(out);
        read_cross_zone(cross_zone_is_off, out);
        for (const auto& annotation : service_.annotations) note_unread(annotation.first);
        return out;
    }

private:
    const std::string* find(std::string_view key) {
        const auto at = service_.annotations.find(std::string(key));
        if (at == service_.annotations.end()) return nullptr;
        read_.push_back(key);
        return &at->second;
    }
    void note_unread(const std::string& key) {
        const auto is_known = [&](const auto& names) { return std::find(std::begin(names), std::end(names), key) != std::end(names); };
        const bool is_of_a_balancer = std::any_of(std::begin(balancer_prefixes), std::end(balancer_prefixes),
                                                  [&](std::string_view prefix) { return key.starts_with(prefix); });
        if (is_of_a_balancer && !is_known(read_) && !is_known(read_elsewhere))
            notes_.left_out(service_.object(), "metadata.annotations " + printable(key), "nothing acts on this annotation");
    }
    void refuse(std::string_view key) {
        notes_.left_out(service_.object(), "metadata.annotations " + std::string(key),
                        "its value is not one that a scenario can have: the profile's is kept");
    }

    void read_check(const CheckAnnotation& annotation, Json& check) {
        const std::string* text = find(annotation.name);
        if (text == nullptr) return;
        const Json value = value_of(*text, annotation.unit);
        if (!format_takes(check_shape(), annotation.key, value)) return refuse(annotation.name);
        check[std::string(annotation.key)] = value;
        if (!annotation.second_key.empty()) check[std::string(annotation.second_key)] = value;
    }

    void read_draining(Json& out) {
        const std::string* enabled = find(draining_enabled);
        const std::string* timeout = find(draining_timeout);
        if (enabled == nullptr || *enabled != "true") return;
        // The provider leaves an absent timeout to the cloud, whose default is 300 s.
        const Json drain{{"drain", timeout != nullptr ? value_of(*timeout, Unit::seconds) : Json("300s")}};
        if (!format_takes(load_balancer_shape, "on_remove", drain)) return refuse(draining_timeout);
        out["on_remove"] = drain;
    }

    void read_cross_zone(bool cross_zone_is_off, Json& out) {
        const std::string* enabled = find(cross_zone_enabled);
        if (!cross_zone_is_off || format_takes(load_balancer_shape, "cross_zone", false)) {
            const Json wanted = enabled != nullptr ? Json(*enabled == "true") : Json(nullptr);
            if (format_takes(load_balancer_shape, "cross_zone", wanted)) out["cross_zone"] = wanted;
            return;
        }
        out["cross_zone"] = true;
        if (enabled == nullptr || *enabled != "true")
            notes_.left_out(service_.object(), "metadata.annotations " + std::string(cross_zone_enabled),
                            "off in several zones, which a scenario of this version does not act on: played as on");
    }

    const ServiceObject& service_;
    ImportNotes& notes_;
    std::vector<std::string_view> read_;
};

}  // namespace

Json BalancerKeys::read(const ServiceObject& service, const std::string& profile) {
    return AnnotationReader(service, notes_).read(zones_ > 1 && keeps_to_zones(profile));
}

bool BalancerKeys::keeps_to_zones(const std::string& profile) {
    if (profile == neutral_profile) return false;
    const auto [at, is_new] = keeps_to_zones_.try_emplace(profile, false);
    if (is_new) {
        const std::vector<SourcedValue> values = read_profile(profile).values;
        at->second = std::any_of(values.begin(), values.end(), [](const SourcedValue& value) {
            return value.key.ends_with("cross_zone") && value.value == "false";
        });
    }
    return at->second;
}

}  // namespace lbsim::io
