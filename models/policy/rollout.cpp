// SPDX-License-Identifier: Apache-2.0
// Arithmetic of rolling updates, proportional scaling, and the order of victims.
#include "lbsim/policy/rollout.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <tuple>

#include "lbsim/core/check.hpp"

namespace lbsim::policy {

namespace {
using Sizes = std::vector<std::uint32_t>;

RollingUpdate resolved(std::uint32_t replicas, std::uint32_t surge, std::uint32_t unavailable) {
    if (surge == 0 && unavailable == 0) unavailable = 1;
    return {.replicas = replicas, .max_surge = surge, .max_unavailable = std::min(unavailable, replicas)};
}

Sizes sizes_of(std::span<const ReplicaSetFacts> sets) {
    Sizes sizes;
    for (const ReplicaSetFacts& set : sets) sizes.push_back(set.replicas);
    return sizes;
}

std::uint32_t sum_available(std::span<const ReplicaSetFacts> sets) {
    return std::accumulate(sets.begin(), sets.end(), 0u,
                           [](std::uint32_t sum, const ReplicaSetFacts& set) { return sum + set.available; });
}

std::uint32_t minus(std::uint32_t a, std::uint32_t b) { return a > b ? a - b : 0; }

/// Takes pods that are not available from old sets, oldest first.
void clean_up(std::span<const ReplicaSetFacts> old, std::uint32_t most, Sizes& sizes) {
    for (std::size_t i = 0; i < old.size(); ++i) {
        const std::uint32_t gone = std::min(most, minus(sizes[i], old[i].available));
        sizes[i] -= gone;
        most -= gone;
    }
}

void shrink(std::size_t old, std::uint32_t count, Sizes& sizes) {
    for (std::size_t i = 0; i < old; ++i) {
        const std::uint32_t gone = std::min(count, sizes[i]);
        sizes[i] -= gone;
        count -= gone;
    }
}

/// The set in use where there is only one, or the newest where there is none; nullopt in the middle of a rollout.
std::optional<std::size_t> only_one_in_use(std::span<const ReplicaSetFacts> sets) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < sets.size(); ++i) {
        if (sets[i].replicas == 0) continue;
        if (found) return std::nullopt;
        found = i;
    }
    return found ? found : sets.size() - 1;
}

/// Powers of two in an age: -1 for none.
int age_rank(Time since, Time now) {
    if (since >= now) return -1;
    // Upstream counts nanoseconds, which decides where the borders lie.
    const std::uint64_t nanoseconds = static_cast<std::uint64_t>((now - since).count()) * 1000;
    return static_cast<int>(std::bit_width(nanoseconds)) - 1;
}
}  // namespace

RollingUpdate deployment_update(std::uint32_t replicas, const IntOrPercent& max_surge,
                                const IntOrPercent& max_unavailable) {
    return resolved(replicas, scaled_value(max_surge, replicas, Rounding::up),
                    scaled_value(max_unavailable, replicas, Rounding::down));
}

RollingUpdate daemon_set_update(std::uint32_t nodes, const IntOrPercent& max_surge,
                                const IntOrPercent& max_unavailable) {
    return resolved(nodes, scaled_value(max_surge, nodes, Rounding::up),
                    scaled_value(max_unavailable, nodes, Rounding::up));
}

bool is_available(bool is_ready, Time ready_since, Duration min_ready, Time now) {
    return is_ready && saturating_add(ready_since, min_ready) <= now;
}

std::vector<std::uint32_t> rollout_step(const RollingUpdate& update, std::span<const ReplicaSetFacts> sets) {
    LBSIM_CHECK(!sets.empty(), "a Deployment has a ReplicaSet");
    Sizes sizes = sizes_of(sets);
    const std::uint32_t all = std::accumulate(sizes.begin(), sizes.end(), 0u);
    const ReplicaSetFacts& fresh = sets.back();
    if (fresh.replicas > update.replicas) {
        sizes.back() = update.replicas;
        return sizes;
    }
    const std::uint32_t room = minus(update.replicas + update.max_surge, all);
    const std::uint32_t grows = std::min(room, update.replicas - fresh.replicas);
    sizes.back() += grows;
    if (grows > 0) return sizes;
    const std::uint32_t min_available = update.replicas - update.max_unavailable;
    const std::uint32_t most = minus(all, min_available + minus(fresh.replicas, fresh.available));
    if (most == 0) return sizes;
    clean_up(sets.first(sets.size() - 1), most, sizes);
    shrink(sets.size() - 1, minus(sum_available(sets), min_available), sizes);
    return sizes;
}

bool is_rolled_out(const RollingUpdate& update, std::span<const ReplicaSetFacts> sets) {
    const bool old_are_gone = std::all_of(sets.begin(), sets.end() - 1, [](const auto& set) { return set.replicas == 0; });
    return old_are_gone && sets.back().replicas == update.replicas && sets.back().available >= update.replicas;
}

std::vector<std::uint32_t> scaled_sets(const RollingUpdate& update, std::uint32_t most_before,
                                       std::span<const ReplicaSetFacts> sets) {
    Sizes sizes = sizes_of(sets);
    if (const std::optional<std::size_t> one = only_one_in_use(sets)) {
        sizes[*one] = update.replicas;
        return sizes;
    }
    const std::int64_t most = update.replicas > 0 ? update.replicas + update.max_surge : 0;
    const std::int64_t to_add = most - std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
    std::vector<std::size_t> order(sets.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (to_add > 0) std::reverse(order.begin(), order.end());  // of equal sizes: growing the newer first, else the older
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return sizes[a] > sizes[b]; });
    std::int64_t added = 0;
    for (const std::size_t i : order) {
        const std::int64_t size = sizes[i];
        if (size == 0) continue;
        const std::int64_t share = update.replicas == 0 ? -size : (2 * size * most + most_before) / (2 * most_before) - size;
        const std::int64_t part = to_add > 0 ? std::min(share, to_add - added) : std::max(share, to_add - added);
        sizes[i] = static_cast<std::uint32_t>(size + part);
        added += part;
    }
    std::uint32_t& largest = sizes[order.front()];
    largest = static_cast<std::uint32_t>(std::max<std::int64_t>(0, largest + to_add - added));
    return sizes;
}

std::vector<std::size_t> victims_first(Release controller_manager, std::span<const ScaleDownPod> pods, Time now) {
    const bool by_powers = controller_manager.minor >= 22;
    const auto key = [&](std::size_t i) {
        const ScaleDownPod& pod = pods[i];
        const Time since = pod.is_ready ? pod.ready_since : pod.created;
        const std::int64_t age = by_powers ? age_rank(since, now) : -us_of(since);
        const std::int64_t created = by_powers ? 0 : -us_of(pod.created);
        return std::tuple(pod.is_assigned, !pod.is_pending, pod.is_ready, -std::int64_t{pod.neighbours}, age, created,
                          pod.uid, i);
    };
    std::vector<std::size_t> order(pods.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    return order;
}

namespace {
void append_first(const std::vector<std::size_t>& candidates, std::size_t most, std::vector<std::size_t>& to) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(candidates.size(), most));
    to.insert(to.end(), candidates.begin(), candidates.begin() + count);
}

DaemonStep replace_in_place(const RollingUpdate& update, std::span<const DaemonNode> nodes) {
    DaemonStep step;
    std::vector<std::size_t> candidates;
    std::uint32_t unavailable = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const DaemonNode& node = nodes[i];
        if (node.old_available && !node.new_available) {
            if (*node.old_available) {
                candidates.push_back(i);
            } else {
                step.delete_old.push_back(i);
                ++unavailable;
            }
        } else if (node.old_available || !node.new_available || !*node.new_available) {
            ++unavailable;
        }
    }
    append_first(candidates, minus(update.max_unavailable, unavailable), step.delete_old);
    return step;
}

DaemonStep replace_with_surge(const RollingUpdate& update, std::span<const DaemonNode> nodes) {
    DaemonStep step;
    std::vector<std::size_t> candidates;
    std::uint32_t surging = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const DaemonNode& node = nodes[i];
        if (!node.old_available) continue;
        if (!node.new_available) {
            (*node.old_available ? candidates : step.create_new).push_back(i);
        } else if (*node.new_available) {
            step.delete_old.push_back(i);
        } else {
            ++surging;
        }
    }
    append_first(candidates, minus(update.max_surge, surging), step.create_new);
    return step;
}
}  // namespace

DaemonStep daemon_rollout_step(const RollingUpdate& update, std::span<const DaemonNode> nodes) {
    return update.max_surge == 0 ? replace_in_place(update, nodes) : replace_with_surge(update, nodes);
}

}  // namespace lbsim::policy
