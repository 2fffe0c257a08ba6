// SPDX-License-Identifier: Apache-2.0
// Endpoints of test tables as text: "a[z:a,L] b[T] c".
#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/policy/endpoint_selection.hpp"

namespace lbsim::policy::testing {

/// Reads endpoints by letter, ready and on another node unless their marks say otherwise. Marks, with commas: z:X zone
/// hint, n:X node hint, L on this node, ! neither ready nor serving, T serving and terminating, t terminating only.
inline std::vector<ProxyEndpoint> endpoints_of(std::string_view text) {
    std::vector<ProxyEndpoint> endpoints;
    std::istringstream words{std::string(text)};
    for (std::string word; words >> word;) {
        ProxyEndpoint e{.ip = "10.0.0." + std::to_string(word[0] - 'a'),
                        .port = 80,
                        .view = {.ready = true, .serving = true},
                        .zone_hints = {},
                        .node_hints = {},
                        .topology = {}};
        std::istringstream marks(word.size() > 3 ? word.substr(2, word.size() - 3) : "");
        for (std::string mark; std::getline(marks, mark, ',');) {
            if (mark.starts_with("z:")) e.zone_hints.push_back(mark.substr(2));
            if (mark.starts_with("n:")) e.node_hints.push_back(mark.substr(2));
            if (mark == "L") e.view.is_local = true;
            if (mark == "!" || mark == "T" || mark == "t") e.view.ready = false;
            if (mark == "!" || mark == "t") e.view.serving = false;
            if (mark == "T" || mark == "t") e.view.terminating = true;
        }
        endpoints.push_back(std::move(e));
    }
    return endpoints;
}

/// Letters of a list of indices: "acd"; "-" for a list that is not used.
inline std::string letters_of(const std::vector<std::uint32_t>& indices) {
    std::string letters;
    for (const std::uint32_t i : indices) letters += static_cast<char>('a' + static_cast<char>(i));
    return letters;
}
inline std::string letters_of(const std::optional<std::vector<std::uint32_t>>& indices) {
    return indices ? letters_of(*indices) : "-";
}

}  // namespace lbsim::policy::testing
