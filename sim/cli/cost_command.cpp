// SPDX-License-Identifier: Apache-2.0
// `lbsim cost`: cloud API calls of one event, by profile and release.
#include <algorithm>

#include "lbsim/core/error.hpp"
#include "models/cloud/calls/event_cost.hpp"
#include "sim/cli/cli.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/console.hpp"
#include "sim/cli/release_text.hpp"
#include "sim/cli/text_table.hpp"
#include "sim/io/profiles/profile.hpp"

namespace lbsim::cli {

namespace {

using cloud::ClusterEvent;

struct PricedProfile {
    std::string name;
    io::ProfileCloud cloud;
};

std::vector<PricedProfile> profiles_of(const CostArguments& arguments) {
    std::vector<std::string> names = arguments.profiles.empty() ? io::profile_names() : arguments.profiles;
    std::vector<PricedProfile> profiles;
    for (const std::string& name : names) profiles.push_back({name, io::read_profile_cloud(name, arguments.policy)});
    return profiles;
}

std::vector<policy::Release> releases_of(const CostArguments& arguments) {
    std::vector<policy::Release> releases;
    for (const std::string& text : arguments.releases) releases.push_back(release_named(text));
    return releases;
}

std::string cell(const cloud::EventCost& cost) {
    if (cost.calls == 0) return "0";
    return std::to_string(cost.calls) + " (" + std::to_string(cost.mutating) + ")";
}

std::string introduction(const CostArguments& arguments) {
    return "Cloud API calls of one event, in brackets those that change something, for " +
           counted(arguments.services, "service") + " of " + counted(arguments.ports, "port") + ", " +
           counted(arguments.nodes, "node") + " and " + counted(arguments.zones, "zone") + ".\n";
}

}  // namespace

int cost_command(const CostArguments& arguments) {
    const std::vector<policy::Release> releases = releases_of(arguments);
    const std::vector<PricedProfile> profiles = profiles_of(arguments);
    std::string out = introduction(arguments);
    for (const policy::Release release : releases) {
        std::vector<TextTable::Column> columns{{"profile"}};
        for (std::size_t e = 0; e < cloud::cluster_event_count; ++e) {
            columns.push_back({std::string(to_string(ClusterEvent{static_cast<std::uint8_t>(e)})), Align::right});
        }
        TextTable table(std::move(columns));
        for (const PricedProfile& profile : profiles) {
            cloud::CostQuestion question;
            question.release = release;
            question.services = arguments.services;
            question.ports = arguments.ports;
            question.nodes = arguments.nodes;
            question.zones = arguments.zones;
            question.http_check = profile.cloud.http_check;
            question.has_check = profile.cloud.has_check;
            question.limit = profile.cloud.limit;
            std::vector<std::string> cells{profile.name};
            for (std::size_t e = 0; e < cloud::cluster_event_count; ++e) {
                cells.push_back(cell(cost_of(ClusterEvent{static_cast<std::uint8_t>(e)}, question, profile.cloud.api)));
            }
            table.add(std::move(cells));
        }
        out += "\nKubernetes " + to_string(release) + "\n" + table.text();
    }
    out += "\nWithout polls of long operations, and as if each event had all the time it needs: where a pass lasts longer\n"
           "than the next event is away, passes merge; `lbsim run` plays that.\n";
    return print(out) ? exit_fine : exit_bad_input;
}

}  // namespace lbsim::cli
