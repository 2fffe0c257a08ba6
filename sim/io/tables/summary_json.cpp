// SPDX-License-Identifier: Apache-2.0
// The document that `lbsim run --json` prints.
#include "sim/io/tables/summary_json.hpp"

#include <nlohmann/json.hpp>

namespace lbsim::io {

namespace {

using Json = nlohmann::ordered_json;

Json value_json(const std::optional<double>& value) {
    if (!value) return nullptr;
    const auto integral = static_cast<std::int64_t>(*value < 1e15 && *value > -1e15 ? *value : 0.5);
    if (static_cast<double>(integral) == *value) return integral;
    return *value;
}

Json row_json(const SummaryRow& row) {
    return {{"n", row.n},
            {"mean", value_json(row.mean)},
            {"min", value_json(row.min)},
            {"max", value_json(row.max)},
            {"p50", value_json(row.p50)},
            {"p95", value_json(row.p95)},
            {"p99", value_json(row.p99)},
            {"ci_low", value_json(row.ci_low)},
            {"ci_high", value_json(row.ci_high)},
            {"zero_share", value_json(row.zero_share)},
            {"difference_mean", value_json(row.difference_mean)},
            {"difference_ci_low", value_json(row.difference_ci_low)},
            {"difference_ci_high", value_json(row.difference_ci_high)}};
}

}  // namespace

std::string summary_json(const SummaryFacts& facts) {
    Json variants = Json::array();
    for (const VariantFacts& variant : facts.variants) {
        Json releases = Json::object();
        for (const ComponentRelease& component : variant.components) {
            Json entry = Json::object();
            entry["release"] = component.release;
            if (!component.logic.empty()) entry["variant"] = component.logic;
            releases[component.component] = entry;
        }
        Json metrics = Json::object();
        for (const SummaryRow& row : facts.rows) {
            if (row.variant == variant.name) metrics[std::string(info(row.metric).name)] = row_json(row);
        }
        variants.push_back({{"name", variant.name}, {"components", releases}, {"metrics", metrics}});
    }
    const Json json{{"tool", "lbsim"},
                    {"format", 1},
                    {"scenario", facts.name},
                    {"question", facts.question},
                    {"folder", facts.folder},
                    {"seed", facts.seed},
                    {"replications", facts.replications},
                    {"variants", variants}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lbsim::io
