// SPDX-License-Identifier: Apache-2.0
// Reads Deployments, DaemonSets, StatefulSets and PodDisruptionBudgets.
#include <algorithm>
#include <charconv>

#include "sim/io/import/object_readers.hpp"
#include "sim/io/scenario/quantities.hpp"

namespace lbsim::io {

namespace {

constexpr std::int64_t most_replicas = 1'000'000;
constexpr std::int64_t most_seconds = max_duration_us / 1'000'000;

/// Source: kubernetes/apimachinery pkg/util/intstr: a number, or a whole number of percent.
std::optional<Scaled> read_scaled(const Field& field) {
    if (!field.is_present()) return std::nullopt;
    if (!field.value()->is(JsonValue::Kind::string)) {
        const std::optional<std::int64_t> number = field.whole(0, most_replicas);
        return number ? std::optional(Scaled{.value = *number}) : std::nullopt;
    }
    const std::string& text = field.value()->text;
    Scaled out{.is_percent = true};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out.value);
    if (error == std::errc{} && end - stop == 1 && *stop == '%' && out.value >= 0 && out.value <= most_replicas) return out;
    field.refuse("a whole number from 0 to " + std::to_string(most_replicas) + " or a percentage such as \"25%\"");
    return std::nullopt;
}

bool parts_words(char c) {
    return std::string_view(" \t\n;&|()\"'").find(c) != std::string_view::npos;
}

/// A number of seconds, or one with a unit of coreutils' sleep.
std::optional<Duration> sleep_length(std::string_view word) {
    if (word.empty()) return std::nullopt;
    const bool has_unit = std::string_view("smhd").find(word.back()) != std::string_view::npos;
    return parse_duration(std::string(word) + (has_unit ? "" : "s")).value;
}

/// The longest hook of a pod: containers run theirs at the same time.
std::optional<Duration> read_pre_stop(const Field& pod, ImportNotes& notes) {
    std::optional<Duration> longest;
    for (const Field& container : pod["containers"].items()) {
        const Field hook = container["lifecycle"]["preStop"];
        if (!hook.is_present()) continue;
        std::optional<Duration> length;
        if (const Field sleep = hook["sleep"]; sleep.is_present()) {
            const std::optional<std::int64_t> seconds = sleep["seconds"].whole(0, most_seconds);
            length = std::chrono::seconds(seconds.value_or(0));
        } else if (const Field exec = hook["exec"]; exec.is_present()) {
            std::vector<std::string> command;
            for (const Field& word : exec["command"].items()) command.push_back(word.text_or_empty());
            length = sleep_of_command(command);
        }
        if (!length)
            notes.assumed(container.object(), "spec.template.spec.containers[].lifecycle.preStop",
                          "a hook whose length cannot be told from the object: taken as 0 s");
        longest = std::max(longest.value_or(Duration{}), length.value_or(Duration{}));
    }
    return longest;
}

}  // namespace

std::optional<Duration> sleep_of_command(const std::vector<std::string>& command) {
    std::vector<std::string> words;
    for (const std::string& argument : command) {
        words.emplace_back();
        for (const char c : argument) {
            if (parts_words(c)) words.emplace_back();
            else words.back() += c;
        }
    }
    std::erase(words, std::string());
    std::optional<Duration> total;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (words[i] != "sleep" && !words[i].ends_with("/sleep")) continue;
        const std::optional<Duration> length = sleep_length(words[i + 1]);
        if (!length) return std::nullopt;
        total = total.value_or(Duration{}) + *length;
        if (total->count() > max_duration_us) return std::nullopt;
    }
    return total;
}

WorkloadObject read_workload(const std::string& kind, const Field& object, const ObjectName& name, ImportNotes& notes) {
    WorkloadObject out;
    out.kind = kind;
    out.space = name.space;
    out.name = name.name;
    const Field spec = object["spec"];
    if (kind != "DaemonSet") out.replicas = spec["replicas"].whole(0, most_replicas).value_or(1);
    out.labels = spec["template"]["metadata"]["labels"].texts();
    const Field pod = spec["template"]["spec"];
    out.grace_period_s = pod["terminationGracePeriodSeconds"].whole(0, most_seconds);
    out.pre_stop = read_pre_stop(pod, notes);
    out.min_ready_s = spec["minReadySeconds"].whole(0, most_seconds).value_or(0);
    const Field strategy = spec[kind == "Deployment" ? "strategy" : "updateStrategy"];
    out.strategy = strategy["type"].text_or_empty();
    out.max_surge = read_scaled(strategy["rollingUpdate"]["maxSurge"]);
    out.max_unavailable = read_scaled(strategy["rollingUpdate"]["maxUnavailable"]);
    return out;
}

BudgetObject read_budget(const Field& object, const ObjectName& name) {
    BudgetObject out;
    out.space = name.space;
    out.name = name.name;
    const Field spec = object["spec"];
    const Field selector = spec["selector"];
    out.selector.is_given = selector.is_present();
    out.selector.match_labels = selector["matchLabels"].texts();
    for (const Field& requirement : selector["matchExpressions"].items()) {
        Selector::Requirement r{.key = requirement["key"].text_or_empty(), .op = requirement["operator"].text_or_empty(), .values = {}};
        if (r.op != "In" && r.op != "NotIn" && r.op != "Exists" && r.op != "DoesNotExist")
            requirement["operator"].refuse("\"In\", \"NotIn\", \"Exists\" or \"DoesNotExist\"");
        for (const Field& value : requirement["values"].items()) r.values.push_back(value.text_or_empty());
        out.selector.requirements.push_back(std::move(r));
    }
    out.min_available = read_scaled(spec["minAvailable"]);
    out.max_unavailable = read_scaled(spec["maxUnavailable"]);
    return out;
}

bool Selector::selects(const Labels& labels) const {
    if (!is_given) return false;
    const bool has_all = std::all_of(match_labels.begin(), match_labels.end(), [&](const auto& wanted) {
        const auto at = labels.find(wanted.first);
        return at != labels.end() && at->second == wanted.second;
    });
    return has_all && std::all_of(requirements.begin(), requirements.end(), [&](const Requirement& r) {
               const auto at = labels.find(r.key);
               const bool exists = at != labels.end();
               if (r.op == "Exists") return exists;
               if (r.op == "DoesNotExist") return !exists;
               const bool is_in = exists && std::find(r.values.begin(), r.values.end(), at->second) != r.values.end();
               return r.op == "In" ? is_in : !is_in;
           });
}

}  // namespace lbsim::io
