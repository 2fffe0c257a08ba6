// SPDX-License-Identifier: Apache-2.0
// Prints libFuzzer's dictionary for scenario files: every key and word of the published schema, and units.
#include <cctype>
#include <iostream>
#include <set>
#include <string>

#include "sim/io/scenario/reader.hpp"

int main() {
    const std::string schema = lbsim::io::schema();
    std::set<std::string> words{"1s", "2m", "300ms", "0s", "*", "1e3", "workers-0", "lives.txt", "\\u0000"};
    for (std::size_t begin = schema.find('"'); begin != std::string::npos;) {
        const std::size_t end = schema.find('"', begin + 1);
        if (end == std::string::npos) break;
        const std::string word = schema.substr(begin + 1, end - begin - 1);
        // Keys and choices are words; descriptions and patterns are not.
        bool is_word = !word.empty() && word.size() < 40;
        for (const char c : word) {
            const auto byte = static_cast<unsigned char>(c);
            is_word = is_word && (std::isalnum(byte) != 0 || c == '_' || c == '.' || c == '-');
        }
        if (is_word) words.insert(word);
        begin = schema.find('"', end + 1);
    }
    for (const std::string& word : words) {
        std::string escaped;
        for (const char c : word) escaped += c == '\\' ? std::string("\\\\") : std::string(1, c);
        std::cout << "\"\\\"" << escaped << "\\\"\"\n";
    }
}
