// SPDX-License-Identifier: Apache-2.0
// One load balancer over time as the data plane sees it: who may get new connections when, and what cuts old ones.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lbsim/core/id.hpp"
#include "lbsim/core/time.hpp"
#include "lbsim/history/event.hpp"

namespace lbsim::history {

/// All flows through a node that were let in before `t` and still live then are lost.
struct Cut {
    Time t{};
    CutKind kind{};
    EventId event;  ///< connections_cut
};

/// The load balancer may send this target new connections in [from, to).
struct Admission {
    Time from{};
    Time to = never;
};

/// The admissions of one membership, ascending and disjoint. Nearly all have one, which needs no memory of its own.
class Admissions {
public:
    Admissions() = default;
    Admissions(const Admissions& other)
        : size_(other.size_), one_(other.one_), many_(other.many_ ? std::make_unique<std::vector<Admission>>(*other.many_) : nullptr) {}
    Admissions(Admissions&&) noexcept = default;
    Admissions& operator=(Admissions other) noexcept {
        size_ = other.size_;
        one_ = other.one_;
        many_ = std::move(other.many_);
        return *this;
    }
    ~Admissions() = default;

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    Admission* begin() { return many_ ? many_->data() : &one_; }
    Admission* end() { return begin() + size_; }
    const Admission* begin() const { return many_ ? many_->data() : &one_; }
    const Admission* end() const { return begin() + size_; }
    Admission& back() { return begin()[size_ - 1]; }
    void push_back(const Admission& admission) {
        if (size_ == 1 && !many_) many_ = std::make_unique<std::vector<Admission>>(1, one_);
        if (many_) {
            many_->push_back(admission);
        } else {
            one_ = admission;
        }
        ++size_;
    }
    void pop_back() {
        if (many_) many_->pop_back();
        --size_;
    }

private:
    std::uint32_t size_ = 0;
    Admission one_;
    std::unique_ptr<std::vector<Admission>> many_;  ///< all of them, once there was a second
};

/// The cuts of a load balancer's targets.
class Cuts {
public:
    /// Pre: in order of time.
    void add(NodeId node, const Cut& cut) { added_.push_back({cut, node}); }
    /// Through whichever node. Pre: in order of time.
    void add_to_all(const Cut& cut) { of_all_.push_back(cut); }
    /// Puts them in order of nodes; `nodes` is how many there are. Cost: O(nodes + cuts), nothing where there are none.
    void index(std::size_t nodes);
    /// Of one node, ascending; of one instant in order of the causes of losses. Pre: they are indexed.
    std::span<const Cut> of(NodeId node) const {
        if (first_.empty()) return {};
        return std::span(rows_).subspan(first_[node.index()], first_[node.index() + 1] - first_[node.index()]);
    }
    /// Of single nodes, node by node.
    std::span<Cut> of_nodes() { return rows_; }
    /// Through whichever node, ascending.
    std::span<const Cut> of_all() const { return of_all_; }
    /// Empties it; the memory stays.
    void clear();

private:
    struct Added {
        Cut cut;
        NodeId node;
    };
    std::vector<Added> added_;
    std::vector<Cut> rows_;
    std::vector<Cut> of_all_;
    std::vector<std::uint32_t> first_;  ///< by node, and one more
};

/// What one target of a load balancer goes through. A node that leaves the set and returns is a new membership.
struct Membership {
    NodeId node;
    std::uint32_t slot = 0;        ///< lowest slot free when it entered; its old one where it came back in its lag
    Time entered{};
    Time left = never;
    std::uint8_t entered_step = 0;
    std::uint8_t left_step = 0;
    EventId entered_event;         ///< lb_update or lb_ensure
    EventId left_event;
    Admissions admissions;
};

/// From `t` on no target may get new connections (or one may again).
struct EmptyChange {
    Time t{};
    bool is_empty = false;
    EventId event;  ///< what took the last one away
};

/// From `t` on `passing` targets of the load balancer pass their health check.
struct PassingChange {
    Time t{};
    std::uint32_t passing = 0;
};

/// A load balancer from start to end.
struct TargetTimeline {
    std::uint32_t initial_targets = 0;
    std::vector<Membership> memberships;          ///< by (entered, slot)
    Cuts cuts;
    std::vector<EmptyChange> empty;               ///< first entry at before_start
    std::vector<PassingChange> passing;           ///< first entry at before_start
    Time changes_until = never;                   ///< later rows of targets.csv will not be shown and are counted only
    Time events_until = never;                    ///< same, of connections_cut rows
    std::vector<TargetChange> changes;            ///< rows of targets.csv
    std::vector<CutRow> events;                   ///< connections_cut rows; Cut::event counts on from `first_event`
    std::uint64_t later_changes = 0;
    std::uint64_t later_events = 0;
    std::uint32_t first_event = 0;
    std::uint32_t slots = 0;                      ///< range of the draws that pick a target's slot
    std::uint64_t probes = 0;
    Duration fail_open{};

    /// Makes it a new one; the memory stays.
    void clear();
};

}  // namespace lbsim::history
