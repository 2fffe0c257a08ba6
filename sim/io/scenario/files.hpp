// SPDX-License-Identifier: Apache-2.0
// Reads a whole file, or says why it cannot.
#pragma once

#include <optional>
#include <string>

namespace lbsim::io {

/// Larger files are refused, so that a device that never ends does no harm.
inline constexpr std::size_t max_file_bytes = std::size_t{64} << 20;

/// A file's bytes, or why there are none.
struct FileContent {
    std::optional<std::string> text;
    std::string why;  ///< "no such file", "a folder", …; "" where there is a text
};

FileContent read_file(const std::string& path, std::size_t most_bytes = max_file_bytes);

}  // namespace lbsim::io
