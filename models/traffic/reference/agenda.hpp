// SPDX-License-Identifier: Apache-2.0
// One heap for everything that happens in the reference data plane.
#pragma once

#include <cstdint>
#include <queue>
#include <tuple>
#include <vector>

#include "lbsim/core/time.hpp"

namespace lbsim::traffic::reference {

/// Steps of a microsecond, as scenario files define them: ends of connections, changes, loops and probes, attempts.
/// Equal to the ranks that the control plane files its rows under.
enum Rank : std::uint8_t {
    rank_connection_end = 0,
    rank_machine = 2,
    rank_pod = 3,
    rank_watch = 4,
    rank_rules = 5,
    rank_cloud_call_end = 6,
    rank_probe_timeout = 7,
    rank_probe = 15,
    rank_attempt = 16,
};

enum class What : std::uint8_t {
    connection_end,
    machine_on,
    machine_off,
    serving_start,
    serving_end,
    healthz,
    view,
    desired,
    wanted,
    lb_set,
    lb_due,
    probe_timeouts,
    probe_tick,
    open_arrival,
    attempt,
    retransmission,
};

struct Item {
    Time t{};
    std::uint8_t rank = 0;
    std::uint32_t object = 0;
    std::uint64_t sequence = 0;
    What what{};
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    friend bool operator>(const Item& x, const Item& y) {
        return std::tie(x.t, x.rank, x.object, x.sequence) > std::tie(y.t, y.rank, y.object, y.sequence);
    }
};

class Agenda {
public:
    explicit Agenda(Time end) : end_(end) {}
    /// What would happen at or after the end of the run is forgotten.
    void post(Time t, std::uint8_t rank, std::uint32_t object, What what, std::uint64_t a = 0, std::uint64_t b = 0) {
        if (t < end_) heap_.push({.t = t, .rank = rank, .object = object, .sequence = next_++, .what = what, .a = a, .b = b});
    }
    bool is_empty() const { return heap_.empty(); }
    const Item& top() const { return heap_.top(); }
    Item pop() {
        const Item item = heap_.top();
        heap_.pop();
        return item;
    }

private:
    Time end_;
    std::uint64_t next_ = 0;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> heap_;
};

}  // namespace lbsim::traffic::reference
