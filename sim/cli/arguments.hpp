// SPDX-License-Identifier: Apache-2.0
// What the user asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lbsim/policy/traffic_policy.hpp"

namespace lbsim::cli {

struct RunArguments {
    std::string file;
    std::string out;                ///< empty: the default folder
    std::vector<std::string> sets;  ///< "/json/pointer=value"
    std::optional<std::uint32_t> replications;
    std::optional<std::uint64_t> seed;
    std::uint32_t jobs = 0;         ///< 0: as many as there are cores
    bool is_reference = false;
    std::uint64_t max_rows = 1'000'000;
    std::string bin = "1s";
    bool writes_prom = false;
    bool is_quiet = false;
    bool is_json = false;
};
struct ValidateArguments {
    std::vector<std::string> files;
};
struct ListArguments {
    std::string what = "scenarios";
    std::string name;               ///< of one profile; empty: all
};
struct ExplainArguments {
    bool wants_defaults = false;
    std::string folder;
    std::string row;                  ///< a connection's name or an event's number; empty: all causes
    std::optional<std::uint64_t> run;
};
struct DiffArguments {
    std::string from;
    std::string to;
};
struct CostArguments {
    std::vector<std::string> releases{"1.24", "1.26", "1.30"};
    std::vector<std::string> profiles;  ///< empty: every built-in one
    std::uint32_t services = 200;
    std::uint32_t ports = 1;
    std::uint32_t nodes = 100;
    std::uint32_t zones = 3;
    policy::TrafficPolicy policy = policy::TrafficPolicy::cluster;
};
struct ImportArguments {
    std::vector<std::string> files;  ///< "-": standard input
    std::string events;              ///< empty: none
    std::string release;             ///< empty: the newest kubelet's
    std::string lead = "1m";
    std::string out;                 ///< empty: standard output
};
struct SchemaArguments {};

using Command = std::variant<RunArguments, ValidateArguments, ListArguments, ExplainArguments, DiffArguments,
                             CostArguments, ImportArguments, SchemaArguments>;

/// A command, or the exit code where there is nothing left to do: help was printed (0) or the usage was wrong (2).
using ParsedArguments = std::variant<Command, int>;

/// Reads the command line; prints help, version and usage errors itself.
ParsedArguments parse_arguments(int argc, char** argv);

}  // namespace lbsim::cli
