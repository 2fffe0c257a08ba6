// SPDX-License-Identifier: Apache-2.0
// Tables of profiles.
#include "sim/cli/profile_text.hpp"

#include <algorithm>
#include <vector>

#include "sim/cli/console.hpp"
#include "sim/cli/release_text.hpp"
#include "sim/cli/text_table.hpp"

namespace lbsim::cli {

namespace {

using io::Profile;
using io::SourcedValue;

const SourcedValue* find(const Profile& profile, std::string_view key) {
    const auto at = std::find_if(profile.values.begin(), profile.values.end(),
                                 [&](const SourcedValue& value) { return value.key == key; });
    return at != profile.values.end() ? &*at : nullptr;
}

std::string cell(const Profile& profile, std::string_view key) {
    const SourcedValue* value = find(profile, key);
    return value != nullptr ? value->value : "-";
}

/// A scenario writes the keys of a load balancer without this in front.
std::string short_key(const std::string& key) {
    constexpr std::string_view prefix = "load_balancer.";
    return key.starts_with(prefix) ? key.substr(prefix.size()) : key;
}

/// "node_port 10s/5s/6/2": target, interval, timeout, unhealthy, healthy.
std::string check_cell(const Profile& profile) {
    const std::string at = "load_balancer.health_check.cluster.";
    std::string text = cell(profile, at + "target");
    if (find(profile, at + "interval") == nullptr) return text;
    std::string numbers;
    for (const char* key : {"interval", "timeout", "unhealthy", "healthy"})
        numbers += (numbers.empty() ? " " : "/") + cell(profile, at + key);
    return text + numbers;
}

std::string values_table(const std::vector<SourcedValue>& values, const char* head) {
    if (values.empty()) return {};
    TextTable table({{head}, {"value"}, {"tag"}, {"source"}});
    for (const SourcedValue& value : values) table.add({short_key(value.key), value.value, value.tag, value.source});
    return table.text() + "\n";
}

/// The keys of both, each once, in the order of the format.
std::vector<std::string> all_keys(const Profile& a, const Profile& b) {
    std::vector<std::string> keys;
    std::size_t next = 0;
    const auto take_until = [&](std::string_view stop) {
        for (; next < b.values.size() && b.values[next].key != stop; ++next) {
            if (find(a, b.values[next].key) == nullptr) keys.push_back(b.values[next].key);
        }
    };
    for (const SourcedValue& value : a.values) {
        if (find(b, value.key) != nullptr) take_until(value.key);
        keys.push_back(value.key);
    }
    take_until({});
    return keys;
}

}  // namespace

std::string profile_overview() {
    TextTable table({{"profile"}, {"what it is"}, {"health check"}, {"on_unhealthy"}, {"on_remove"}, {"calls"}});
    for (const std::string& name : io::profile_names()) {
        const Profile profile = io::read_profile(name);
        table.add({name, profile.title, check_cell(profile), cell(profile, "load_balancer.on_unhealthy"),
                   cell(profile, "load_balancer.on_remove"), cell(profile, "sequence")});
    }
    return table.text() +
           "\nHealth check: target interval/timeout/unhealthy/healthy with externalTrafficPolicy Cluster. \"-\" is neutral.\n";
}

std::string profile_text(const Profile& profile) {
    std::string text = profile.name + (profile.title.empty() ? "" : ": " + profile.title) + "\n\n";
    text += values_table(profile.values, "key");
    for (const std::string& remark : profile.remarks) text += "Remark: " + wrapped(remark, 8) + "\n";
    if (!profile.remarks.empty()) text += "\n";
    return text + values_table(profile.facts, "fact (nothing acts on it)");
}

std::string profile_difference(const Profile& a, const Profile& b) {
    TextTable table({{"key"}, {a.name}, {b.name}, {"tags"}});
    std::size_t equal = 0;
    std::size_t different = 0;
    for (const std::string& key : all_keys(a, b)) {
        const SourcedValue* of_a = find(a, key);
        const SourcedValue* of_b = find(b, key);
        if (of_a != nullptr && of_b != nullptr && of_a->value == of_b->value) {
            ++equal;
            continue;
        }
        ++different;
        table.add({short_key(key), of_a != nullptr ? of_a->value : "-", of_b != nullptr ? of_b->value : "-",
                   (of_a != nullptr ? of_a->tag : "-") + " / " + (of_b != nullptr ? of_b->tag : "-")});
    }
    const std::string rest = counted(equal, "key") + (equal == 1 ? " is equal" : " are equal");
    if (different == 0) return a.name + " and " + b.name + " do not differ; " + rest + ".\n";
    return table.text() + "\n" + rest + ". \"-\" is neutral.\n";
}

}  // namespace lbsim::cli
