// SPDX-License-Identifier: Apache-2.0
// Which node names a scenario can ever have, and whether a list names only such.
#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>

#include "sim/io/scenario/readers.hpp"

namespace lbsim::io {

namespace {

struct SplitName {
    std::string_view pool;
    std::uint64_t index = 0;
};

/// "workers-7" is node 7 of "workers"; nullopt where the name does not end in "-" and a number without leading zeros.
std::optional<SplitName> split_name(std::string_view name) {
    const std::size_t dash = name.rfind('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const std::string_view digits = name.substr(dash + 1);
    if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
    SplitName out{.pool = name.substr(0, dash)};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.index);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return out;
}

/// More repetitions of an entry are an error, and so many nodes are beyond every use: no sum of them overflows.
constexpr std::uint64_t most_repetitions = 1'000'001;
constexpr std::uint64_t most_names = 1'000'000'000'000;

std::vector<std::string> pool_names(const NodeNames& nodes) {
    std::vector<std::string> out;
    for (const auto& [name, pool] : nodes.pools) out.push_back(name);
    return out;
}

/// How often an entry of the timeline happens, at most.
std::uint64_t repetitions(const View& entry, Duration duration) {
    const std::optional<View> repeat = entry.chosen("repeat");
    if (!repeat) return 1;
    const std::optional<std::uint64_t> times = repeat->optional_integer("times");
    if (repeat->shape().name == "repeat_mean_every") return times.value_or(max_nodes);
    const Duration every = std::max(repeat->duration("every"), Duration{1});
    const Duration left = std::max(duration - entry.duration("at"), Duration{1});
    const auto fitting = static_cast<std::uint64_t>((left.count() - 1) / every.count()) + 1;
    return std::min({times.value_or(fitting), fitting, most_repetitions});
}

/// "workers-0" to "workers-9" of every pool, the first few.
std::string node_ranges(const NodeNames& nodes, NodeNames::Scope scope) {
    std::string out;
    std::size_t shown_pools = 0;
    for (const auto& [name, pool] : nodes.pools) {
        const std::uint64_t n = scope == NodeNames::Scope::initial ? pool.initial : pool.ever;
        if (n == 0) continue;
        if (++shown_pools > 10) return out + " and nodes of other pools";
        if (!out.empty()) out += "; ";
        out += in_quotes(name + "-0");
        if (n > 1) out += " to " + in_quotes(name + "-" + std::to_string(n - 1));
    }
    return out;
}

std::string node_hint(std::string_view name, const NodeNames& nodes, NodeNames::Scope scope) {
    const std::optional<SplitName> split = split_name(name);
    const std::string best = nearest(split ? split->pool : name, pool_names(nodes));
    const auto pool = nodes.pools.find(best);
    if (pool == nodes.pools.end()) return {};
    const std::uint64_t n = scope == NodeNames::Scope::initial ? pool->second.initial : pool->second.ever;
    if (n == 0) return {};
    const std::uint64_t index = std::min(split ? split->index : 0, n - 1);
    return "did you mean " + in_quotes(best + "-" + std::to_string(index)) + "?";
}

}  // namespace

std::vector<std::string> NodeNames::read(const View& owner, std::string_view key, Scope scope,
                                         ProblemSink& sink) const {
    std::vector<std::string> out;
    std::unordered_set<std::string_view> seen;
    const std::vector<View::Item> names = owner.texts(key);
    const bool pools_known = !names_uncertain(sink, "/cluster/node_pools") && !pools.empty();
    for (const View::Item& name : names) {
        out.push_back(name.text);
        if (!seen.insert(name.text).second) {
            sink.add(name.origin, name.pointer, in_quotes(name.text) + " a second time", "each node once");
            continue;
        }
        const std::optional<SplitName> split = split_name(name.text);
        const auto pool = split ? pools.find(split->pool) : pools.end();
        if (pool != pools.end() && split->index < (scope == Scope::initial ? pool->second.initial : pool->second.ever))
            continue;
        if (!pools_known) continue;
        sink.add(name.origin, name.pointer, "unknown node " + in_quotes(name.text),
                 (scope == Scope::initial ? "nodes that exist at the start: " : "nodes ") + node_ranges(*this, scope),
                 node_hint(name.text, *this, scope));
    }
    return out;
}

void NodeNames::check_pool(const View& owner, std::string_view key, ProblemSink& sink) const {
    const JsonValue* given = owner.given(key);
    if (given == nullptr || pools.empty() || pools.contains(owner.text(key)) || owner.text(key).empty()) return;
    const std::vector<std::string> names = pool_names(*this);
    sink.add(given->origin, owner.pointer(key), "unknown node pool " + in_quotes(owner.text(key)),
             "node pools " + alternatives(names), did_you_mean(owner.text(key), names));
}

bool names_uncertain(const ProblemSink& sink, std::string_view list) {
    return std::any_of(sink.problems().begin(), sink.problems().end(), [&](const Problem& problem) {
        std::string_view rest = problem.pointer;
        if (!rest.starts_with(list)) return false;
        rest.remove_prefix(list.size());
        if (rest.empty()) return true;
        const std::size_t key = rest.find('/', 1);
        if (rest.front() != '/' || key == std::string_view::npos) return rest.front() == '/';
        rest.remove_prefix(key + 1);
        if (rest == "name" || rest == "count" || rest == "nodes") return true;
        for (const char* meant : {"\"name\"", "\"count\"", "\"nodes\""}) {
            if (problem.found.starts_with("unknown key") && problem.hint.find(meant) != std::string::npos) return true;
        }
        return false;
    });
}

NodeNames node_names(const View& root, Duration duration, ReadContext& context) {
    const View cluster = root.object("cluster");
    NodeNames out;
    std::uint64_t initial = 0;
    for (const View& pool : cluster.objects("node_pools")) {
        const std::string name = pool.text("name");
        const std::uint64_t n = pool.integer("nodes");
        initial += n;
        if (!out.pools.try_emplace(name, NodeNames::Pool{.initial = n, .ever = n}).second && pool.is_sound("name"))
            context.sink.add(pool.origin("name"), pool.pointer("name"), in_quotes(name) + " a second time",
                             "a name of its own for each node pool");
    }
    if (!out.pools.empty() && (initial == 0 || initial > max_nodes) && !context.sink.has_under("/cluster/node_pools"))
        context.sink.add(cluster.origin("node_pools"), cluster.pointer("node_pools"),
                         std::to_string(initial) + " nodes in all", "1 to " + std::to_string(max_nodes) + " nodes");

    // Added nodes first: a surge upgrade then replaces at most every node that its pool ever has at once.
    std::uint64_t live = initial;
    std::map<std::string, std::uint64_t> at_once;
    for (const auto& [name, pool] : out.pools) at_once[name] = pool.initial;
    const std::vector<View> timeline = root.objects("timeline");
    for (const View& entry : timeline) {
        if (entry.shape().name != "add_nodes") continue;
        const auto pool = out.pools.find(entry.text("pool"));
        if (pool == out.pools.end()) continue;
        const std::uint64_t added = entry.integer("count") * repetitions(entry, duration);
        pool->second.ever = std::min(pool->second.ever + added, most_names);
        at_once[pool->first] = pool->second.ever;
        const bool poisson = entry.chosen("repeat") && entry.chosen("repeat")->shape().name == "repeat_mean_every";
        if (!poisson && live <= max_nodes && live + added > max_nodes)
            context.sink.add(entry.origin("count"), entry.pointer("count"),
                             std::to_string(live + added) + " nodes with all that the timeline adds up to here",
                             "at most " + std::to_string(max_nodes) + " nodes");
        if (!poisson) live = std::min(live + added, most_names);
    }
    for (const View& entry : timeline) {
        if (entry.shape().name != "rolling_upgrade" || entry.text("mode") != "surge") continue;
        const auto pool = out.pools.find(entry.text("pool"));
        if (pool == out.pools.end()) continue;
        const std::uint64_t rounds = repetitions(entry, duration);
        pool->second.ever = std::min(pool->second.ever + at_once[pool->first] * rounds, most_names);
    }
    return out;
}

}  // namespace lbsim::io
