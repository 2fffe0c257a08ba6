// SPDX-License-Identifier: Apache-2.0
// Reads `traffic` and makes one entry per service out of "*".
#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "sim/io/scenario/readers.hpp"

namespace lbsim::io {

namespace {

scenario::Reconnect read_reconnect(const View& view, ReadContext& context) {
    using Kind = scenario::Reconnect::Kind;
    if (const std::optional<View> chosen = view.chosen("reconnect"))
        return {.kind = Kind::after, .after = read_distribution(*chosen, "after", context)};
    return {.kind = view.text("reconnect") == "at_once" ? Kind::at_once : Kind::no, .after = {}};
}

scenario::Traffic read_entry(const View& view, ReadContext& context) {
    scenario::Traffic out;
    out.name = view.text("name");
    out.lifetime = read_distribution(view, "lifetime", context);
    out.connect_timeout = view.duration("connect_timeout");
    if (view.shape().name == "population") {
        out.kind = scenario::TrafficKind::population;
        out.connections = view.integer("connections");
        out.reconnect = read_reconnect(view, context);
    } else {
        out.kind = scenario::TrafficKind::open;
        out.arrivals_per_second = view.number("arrivals_per_second");
    }
    return out;
}

/// Connections of a run that one entry makes at one service, in the mean.
double expected_connections(const scenario::Traffic& traffic, Duration duration) {
    const double mean = std::max(mean_us(traffic.lifetime), 1.0);
    const auto run = static_cast<double>(duration.count());
    if (traffic.kind == scenario::TrafficKind::open) return traffic.arrivals_per_second * (run + mean) / 1e6;
    return static_cast<double>(traffic.connections) * (1.0 + run / mean);
}

std::string about(double value) {
    std::ostringstream out;
    out.precision(3);
    out << value;
    return out.str();
}

using ServiceIndex = std::unordered_map<std::string_view, std::uint32_t>;

void unknown_service(const View& view, const ServiceIndex& index, ReadContext& context) {
    const std::string wrong = view.text("service");
    std::vector<std::string> names{"*"};
    for (const auto& [name, i] : index) names.emplace_back(name);
    std::sort(names.begin(), names.end());
    const bool copied = index.contains(wrong + "-0");
    std::vector<std::string> first(names.begin(), names.begin() + std::min<std::ptrdiff_t>(std::ssize(names), 10));
    std::string allowed = "services " + alternatives(first);
    if (names.size() > first.size()) allowed += " and " + std::to_string(names.size() - first.size()) + " more";
    context.sink.add(view.origin("service"), view.pointer("service"), "unknown service " + in_quotes(wrong), allowed,
                     copied ? "copies are named " + in_quotes(wrong + "-0") + " and so on; \"*\" is every service"
                            : did_you_mean(wrong, names));
}

}  // namespace

std::vector<scenario::Traffic> read_traffic(const View& root, const std::vector<scenario::Service>& services,
                                            Duration duration, ReadContext& context) {
    ServiceIndex index;
    for (std::uint32_t i = 0; i < services.size(); ++i) index.emplace(services[i].name, i);
    const bool services_known = !names_uncertain(context.sink, "/services");
    std::vector<scenario::Traffic> out;
    std::unordered_set<std::string> names;
    double connections = 0.0;
    for (const View& view : root.objects("traffic")) {
        scenario::Traffic traffic = read_entry(view, context);
        if (view.is_sound("name") && !names.insert(traffic.name).second)
            context.sink.add(view.origin("name"), view.pointer("name"), in_quotes(traffic.name) + " a second time",
                             "a name of its own for each entry of traffic");
        const std::string target = view.text("service");
        std::uint32_t from = 0;
        std::uint32_t to = static_cast<std::uint32_t>(services.size());
        if (target != "*") {
            const auto found = index.find(target);
            if (found == index.end()) {
                if (services_known) unknown_service(view, index, context);
                continue;
            }
            from = found->second;
            to = from + 1;
        }
        const double before = connections;
        connections += static_cast<double>(to - from) * expected_connections(traffic, duration);
        if (!(connections <= max_connections) && before <= max_connections)
            context.sink.add(view.origin(), view.pointer(),
                             "about " + about(connections) + " connections a run up to here",
                             "at most " + about(max_connections));
        const std::uint64_t samples = traffic.lifetime.samples.size() + traffic.reconnect.after.samples.size();
        if (!context.room.take(to - from, sizeof traffic + samples * sizeof(Duration))) {
            context.sink.add(view.origin("service"), view.pointer("service"),
                             "more traffic in all variants than lbsim holds", "fewer services, variants or samples");
            break;
        }
        for (traffic.service = from; traffic.service < to; ++traffic.service) out.push_back(traffic);
    }
    return out;
}

}  // namespace lbsim::io
