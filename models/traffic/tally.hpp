// SPDX-License-Identifier: Apache-2.0
// Counts, per-second tables and the list of lost connections, filled connection by connection or in bulk.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "lbsim/core/id.hpp"
#include "lbsim/core/time.hpp"
#include "lbsim/scenario/metrics.hpp"
#include "lbsim/scenario/result.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim::traffic {

/// Which connection a row is about.
struct ConnectionName {
    std::uint32_t traffic = 0;
    std::uint64_t slot = 0;
    std::uint64_t k = 0;
};

/// What happened to connections, summed over all services of a run.
class Tally {
public:
    Tally(Duration run, Duration bin);

    void initial(std::uint64_t n = 1) { initial_ += n; }
    void attempted(Time t, bool is_reconnect);
    void established(Time t) { ++bins_[bin_of(t)].new_ok; }
    void completed(Time t) { ++bins_[bin_of(t)].completed; }
    void connecting_at_end() { ++connecting_at_end_; }
    void open_at_end(std::uint64_t n = 1) { open_at_end_ += n; }
    /// A new connection that failed, or an established one that was lost.
    void lost(const scenario::LostConnection& row);

    // Bulk forms for streamed traffic; `bin` is an index.
    void add_bin(std::size_t bin, std::uint64_t attempted, std::uint64_t ok, std::uint64_t completed);

    /// Nodes whose last established connection is of interest.
    void follow(NodeId node) { last_use_[node]; }
    bool follows(NodeId node) const { return last_use_.contains(node); }
    /// A connection through a followed node ended at `t`, or was still open at the end.
    void used(NodeId node, Time until);

    std::size_t bin_of(Time t) const { return static_cast<std::size_t>(us_of(t) / bin_.count()); }
    std::size_t bin_count() const { return bins_.size(); }
    Duration bin() const { return bin_; }
    Time end() const { return time_zero + run_; }

    struct LastUse {
        Time until{};
        bool open_at_end = false;
        bool was_used = false;
    };
    const std::map<NodeId, LastUse>& last_use() const { return last_use_; }

    /// Moves rows out and fills the connection metrics. Checks the conservation identities.
    void finish(scenario::RunResult& result);

private:
    Duration run_;
    Duration bin_;
    std::uint64_t initial_ = 0;
    std::uint64_t connecting_at_end_ = 0;
    std::uint64_t open_at_end_ = 0;
    std::array<std::uint64_t, 11> causes_{};     ///< by LossCause
    std::vector<scenario::TimeBin> bins_;
    std::vector<std::uint32_t> reconnects_;      ///< by whole second
    std::vector<scenario::LostConnection> lost_;
    std::map<NodeId, LastUse> last_use_;
};

}  // namespace lbsim::traffic
