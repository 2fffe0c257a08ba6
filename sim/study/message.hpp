// SPDX-License-Identifier: Apache-2.0
// What a run's process tells its parent, through a pipe between two processes of one binary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lbsim/core/error.hpp"
#include "lbsim/scenario/result.hpp"
#include "sim/io/tables/run_tables.hpp"

namespace lbsim::study {

/// A run came to its end and its parts of the tables are on disk.
struct RunReport {
    scenario::Metrics metrics;
    scenario::RowCounts rows;
    io::PartSizes parts{};
    scenario::ControllerExport controller{};
};

enum class MessageKind : std::uint8_t {
    progress,     ///< a double
    report,       ///< a RunReport
    input_error,  ///< the texts of one Problem
    run_error,    ///< a text
};

struct Message {
    MessageKind kind{};
    std::string payload;
};

std::string payload_of(double share);
std::string payload_of(const RunReport& report);
std::string payload_of(const Problem& problem);
/// The inverses. Pre: the payload was made by payload_of for that type.
double share_of(const std::string& payload);
RunReport report_of(const std::string& payload);
Problem problem_of(const std::string& payload);

/// Writes a whole message; a parent that is gone is not an error (the child is about to be killed).
void send(int descriptor, const Message& message);

/// Puts bytes of a pipe back together into messages.
class MessageReader {
public:
    void add(const char* bytes, std::size_t size) { pending_.append(bytes, size); }
    std::optional<Message> next();

private:
    std::string pending_;
};

}  // namespace lbsim::study
