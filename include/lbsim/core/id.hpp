// SPDX-License-Identifier: Apache-2.0
// Small typed indices: an Id<Node> never passes for an Id<Pod>.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <limits>

#pragma GCC visibility push(default)
namespace lbsim {

/// Index of an object in its table, in order of creation. A default-constructed Id names nothing.
template <class Tag>
struct Id {
    static constexpr std::uint32_t none_value = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t value = none_value;

    constexpr Id() = default;
    constexpr explicit Id(std::uint32_t v) : value(v) {}
    constexpr explicit Id(std::size_t v) : value(static_cast<std::uint32_t>(v)) {}
    constexpr bool is_valid() const { return value != none_value; }
    constexpr std::size_t index() const { return value; }
    friend constexpr auto operator<=>(Id, Id) = default;
};

struct NodeTag;
struct PodTag;
struct ServiceTag;
struct EventTag;
struct TextTag;
using NodeId = Id<NodeTag>;
using PodId = Id<PodTag>;
/// A Service of type LoadBalancer; its load balancer has the same index.
using ServiceId = Id<ServiceTag>;
/// A row of events.csv.
using EventId = Id<EventTag>;
/// A text of a row, kept beside the rows.
using TextId = Id<TextTag>;

}  // namespace lbsim
#pragma GCC visibility pop

template <class Tag>
struct std::hash<lbsim::Id<Tag>> {
    std::size_t operator()(lbsim::Id<Tag> id) const noexcept { return std::hash<std::uint32_t>{}(id.value); }
};
