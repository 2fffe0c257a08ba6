// SPDX-License-Identifier: Apache-2.0
// Whole files by stdio, which also reads pipes such as /dev/stdin.
#include "sim/io/scenario/files.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace lbsim::io {

FileContent read_file(const std::string& path, std::size_t most_bytes) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return {std::nullopt, "a folder"};
    if (path.find('\0') != std::string::npos) return {std::nullopt, "a name with a zero byte"};
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
    if (!file) {
        if (errno == ENOENT) return {std::nullopt, "no such file"};
        return {std::nullopt, "a file that cannot be opened (" + std::generic_category().message(errno) + ")"};
    }
    std::string text;
    std::array<char, 65536> block{};
    while (const std::size_t n = std::fread(block.data(), 1, block.size(), file.get())) {
        text.append(block.data(), n);
        if (text.size() > most_bytes)
            return {std::nullopt, "more than " + std::to_string(most_bytes >> 20) + " MiB"};
    }
    if (std::ferror(file.get()) != 0) return {std::nullopt, "a file that cannot be read"};
    return {std::move(text), {}};
}

}  // namespace lbsim::io
