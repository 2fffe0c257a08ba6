// SPDX-License-Identifier: Apache-2.0
// Which numbers the terminal shows.
#include "sim/cli/run_summary.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "sim/cli/text_table.hpp"
#include "sim/io/profiles/profile.hpp"

namespace lbsim::cli {

namespace {

using scenario::Metric;

/// The rows of summary.csv of one variant.
class VariantSummary {
public:
    VariantSummary(const study::StudyOutcome& outcome, std::size_t variant)
        : rows_(std::span(outcome.summary).subspan(variant * scenario::metric_count, scenario::metric_count)) {}
    const io::SummaryRow& operator[](Metric metric) const { return rows_[static_cast<std::size_t>(metric)]; }
    std::optional<double> mean(Metric metric) const { return (*this)[metric].mean; }

private:
    std::span<const io::SummaryRow> rows_;
};

std::string cell(const std::optional<double>& value) { return value ? figure(*value) : "-"; }

std::optional<double> sum(const VariantSummary& variant, std::initializer_list<Metric> metrics) {
    std::optional<double> total;
    for (const Metric metric : metrics) {
        if (const auto value = variant.mean(metric)) total = total.value_or(0.0) + *value;
    }
    return total;
}

std::string dropped_cell(const VariantSummary& variant) {
    const auto dropped = variant.mean(Metric::connections_dropped);
    if (!dropped || *dropped == 0.0) return cell(dropped);
    Metric largest = Metric::dropped_vm_off;
    for (auto m = static_cast<std::size_t>(Metric::dropped_vm_off); m <= static_cast<std::size_t>(Metric::dropped_network); ++m) {
        if (variant.mean(Metric{m}).value_or(0.0) > variant.mean(largest).value_or(0.0)) largest = Metric{m};
    }
    constexpr std::string_view prefix = "dropped_";
    return figure(*dropped) + " (" + std::string(info(largest).name.substr(prefix.size())) + ")";
}

/// Lost connections among all there were: those open at time 0 and those attempted.
std::string lost_share_cell(const VariantSummary& variant) {
    const auto lost = variant.mean(Metric::connections_lost);
    const auto all = sum(variant, {Metric::connections_initial, Metric::connections_attempted});
    if (!lost || !all || *all == 0.0) return "-";
    return figure(100.0 * *lost / *all);
}

std::string releases_of(const scenario::Scenario& variant) {
    const scenario::Cluster& cluster = variant.cluster;
    std::string text = to_string(cluster.service_controller) + " (" +
                       std::string(policy::service_controller_variant(cluster.service_controller)) + ")";
    if (cluster.kube_proxy != cluster.service_controller) text += ", proxy " + to_string(cluster.kube_proxy);
    if (cluster.kubelet != cluster.service_controller) text += ", kubelet " + to_string(cluster.kubelet);
    return text;
}

/// Calls that were not answered as wished.
constexpr std::initializer_list<Metric> refusals{Metric::api_calls_failed, Metric::api_calls_throttled,
                                                 Metric::api_calls_rejected};

/// Does some variant have any of these?
bool any(const study::StudyOutcome& outcome, std::size_t variants, std::initializer_list<Metric> metrics) {
    for (std::size_t v = 0; v < variants; ++v) {
        if (sum(VariantSummary(outcome, v), metrics).value_or(0.0) > 0.0) return true;
    }
    return false;
}

std::string table_of(const scenario::Study& study, const study::StudyOutcome& outcome, std::size_t replications) {
    std::vector<TextTable::Column> columns{{"variant"}, {"release"}, {"lost new", Align::right}, {"dropped"},
                                           {"lost %", Align::right}};
    if (replications > 1) columns.push_back({"lost p95", Align::right});
    for (const char* head : {"black-hole s", "LB updates", "API calls", "de-sync s"}) columns.push_back({head, Align::right});
    const bool has_refusals = any(outcome, study.variants.size(), refusals);
    if (has_refusals) columns.push_back({"not ok", Align::right});
    const bool waits = any(outcome, study.variants.size(), {Metric::api_wait_s});
    if (waits) columns.push_back({"waited s", Align::right});
    TextTable table(std::move(columns));
    for (std::size_t v = 0; v < study.variants.size(); ++v) {
        const VariantSummary summary(outcome, v);
        std::vector<std::string> cells{
            study.variants[v].variant, releases_of(study.variants[v]),
            cell(sum(summary, {Metric::new_refused, Metric::new_blackholed, Metric::new_rejected})), dropped_cell(summary),
            lost_share_cell(summary)};
        if (replications > 1) cells.push_back(cell(summary[Metric::connections_lost].p95));
        for (const Metric metric : {Metric::blackhole_node_s, Metric::lb_updates, Metric::api_calls, Metric::desync_s}) {
            cells.push_back(cell(summary.mean(metric)));
        }
        if (has_refusals) cells.push_back(cell(sum(summary, refusals)));
        if (waits) cells.push_back(cell(summary.mean(Metric::api_wait_s)));
        table.add(std::move(cells));
    }
    return table.text();
}

std::string hint_of(const study::StudyOutcome& outcome, std::size_t variants) {
    const std::string folder = outcome.folder.string();
    double lost = 0.0;
    double desync = 0.0;
    for (std::size_t v = 0; v < variants; ++v) {
        const VariantSummary summary(outcome, v);
        lost += summary.mean(Metric::connections_lost).value_or(0.0);
        desync += summary.mean(Metric::desync_s).value_or(0.0);
    }
    if (lost > 0) return "Next: lbsim explain " + folder + "   (who was lost, and by which event)\n";
    if (desync > 0) return "Next: " + folder + "/events.csv   (which change de-synced which load balancer, and until when)\n";
    return "Next: " + folder + "/timeseries.csv   (how it went, second by second)\n";
}

/// Where lbsim plays the clouds of this study otherwise than they are, each profile once.
std::string remarks_of(const scenario::Study& study) {
    std::vector<std::string> names;
    for (const scenario::Scenario& variant : study.variants) {
        for (const scenario::CloudApi& cloud : variant.clouds) {
            const bool is_new = std::find(names.begin(), names.end(), cloud.profile) == names.end();
            if (!cloud.profile.empty() && is_new) names.push_back(cloud.profile);
        }
    }
    std::string out;
    for (const std::string& name : names) {
        const bool is_file = !io::built_in_profile(name);
        const std::string place = (std::filesystem::path(study.file).parent_path() / name).string();
        for (const std::string& remark : io::read_profile(is_file ? place : name).remarks)
            out += name + ": " + remark + "\n";
    }
    return out.empty() ? out : "\n" + out;
}

}  // namespace

std::string run_summary(const scenario::Study& study, const study::StudyOutcome& outcome) {
    const std::size_t replications = outcome.runs.size() / study.variants.size();
    std::string out = study.question.empty() ? study.name : study.question;
    out += "\n\n" + table_of(study, outcome, replications);
    if (replications > 1) out += "Means over " + std::to_string(replications) + " replications.\n";
    out += remarks_of(study) + "\nTables: " + outcome.folder.string() + "\n" + hint_of(outcome, study.variants.size());
    return out;
}

}  // namespace lbsim::cli
