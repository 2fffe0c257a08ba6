// SPDX-License-Identifier: Apache-2.0
// A result folder as `lbsim explain` reads it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lbsim::cli {

/// A row of events.csv, its cells as written.
struct EventRow {
    std::string t_s;
    std::string kind;
    std::string object;  ///< node, load balancer and pod, those that are given
    std::string detail;
    std::optional<std::size_t> cause;
};

/// A row of lost_connections.csv, its cells as written.
struct LossRow {
    std::uint64_t run = 0;
    std::string connection;
    std::string t_s;
    std::string first_hop;
    std::string endpoint;
    std::string phase;
    std::string cause;
    std::optional<std::size_t> cause_event;
    std::string age_s;
};

/// What a run was.
struct RunLabel {
    std::string variant;
    std::string replication;
    std::string seed;
};

/// Throws (all): InputError where the folder is no result of lbsim or a table is damaged.
class ResultFolder {
public:
    explicit ResultFolder(std::filesystem::path folder);

    std::vector<RunLabel> runs() const;
    /// The events of one run. Shape: index = event_id; rows beyond --max-rows are missing.
    std::vector<EventRow> events_of(std::uint64_t run) const;
    /// Gives the events of each run that has any, in order of runs, until `visit` returns false.
    void for_each_run(const std::function<bool(std::uint64_t run, const std::vector<EventRow>&)>& visit) const;
    /// Gives each lost connection in order until `visit` returns false.
    void for_each_loss(const std::function<bool(const LossRow&)>& visit) const;

private:
    std::filesystem::path folder_;
};

}  // namespace lbsim::cli
