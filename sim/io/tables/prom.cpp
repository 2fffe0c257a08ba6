// SPDX-License-Identifier: Apache-2.0
// Families of metrics, one after the other, each with the samples of all runs.
#include "sim/io/tables/prom.hpp"

#include <string>

#include "lbsim/core/check.hpp"
#include "sim/io/tables/csv_file.hpp"

namespace lbsim::io {

namespace {

using scenario::ControllerExport;
using history::LatencyHistogram;

/// A label's value: backslash, quote and line end are escaped.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') out += '\\';
        out += c;
    }
    return out;
}

class PromText {
public:
    PromText(std::span<const RunRow> rows, std::span<const ControllerExport> exports) : rows_(rows), exports_(exports) {}

    /// From minor `since` on.
    void counter(std::string_view name, std::string_view help, int since, std::uint64_t ControllerExport::*value) {
        family(name, help, "counter", since, [&](const ControllerExport& e, const std::string& labels) {
            sample(name, "", labels, std::to_string(e.*value));
        });
    }
    void histogram(std::string_view name, std::string_view help, int since, LatencyHistogram ControllerExport::*value) {
        family(name, help, "histogram", since, [&](const ControllerExport& e, const std::string& labels) {
            const LatencyHistogram& h = e.*value;
            std::uint64_t below = 0;
            for (std::size_t b = 0; b <= LatencyHistogram::bucket_count; ++b) {
                below += h.counts[b];
                const std::string bound = b < LatencyHistogram::bucket_count ? std::to_string(std::uint64_t{1} << b) : "+Inf";
                sample(name, "_bucket", labels + ",le=\"" + bound + "\"", std::to_string(below));
            }
            sample(name, "_sum", labels, number_text(static_cast<double>(h.sum.count()) / 1e6));
            sample(name, "_count", labels, std::to_string(h.total()));
        });
    }
    const std::string& text() const { return text_; }

private:
    template <class Write>
    void family(std::string_view name, std::string_view help, std::string_view type, int since, Write write) {
        bool is_first = true;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            if (exports_[i].minor < since) continue;
            if (is_first) {
                text_ += "# HELP " + std::string(name) + " " + std::string(help) + "\n# TYPE " + std::string(name) + " " +
                         std::string(type) + "\n";
            }
            is_first = false;
            write(exports_[i], "scenario=\"" + escaped(rows_[i].scenario) + "\",variant=\"" + escaped(rows_[i].variant) +
                                   "\",replication=\"" + std::to_string(rows_[i].replication) + "\"");
        }
    }
    void sample(std::string_view name, std::string_view suffix, const std::string& labels, const std::string& value) {
        text_ += std::string(name) + std::string(suffix) + "{" + labels + "} " + value + "\n";
    }

    std::span<const RunRow> rows_;
    std::span<const ControllerExport> exports_;
    std::string text_;
};

}  // namespace

void write_prom(const std::filesystem::path& file, std::span<const RunRow> rows,
                std::span<const ControllerExport> exports) {
    LBSIM_CHECK(rows.size() == exports.size(), "a controller's export for each run");
    PromText prom(rows, exports);
    prom.counter("service_controller_loadbalancer_sync_total", "UpdateLoadBalancer calls of node syncs.", 27,
                 &ControllerExport::loadbalancer_sync_total);
    prom.counter("service_controller_nodesync_error_total", "Failed UpdateLoadBalancer calls of node syncs.", 27,
                 &ControllerExport::nodesync_error_total);
    prom.histogram("service_controller_nodesync_latency_seconds", "How long node syncs took.", 21,
                   &ControllerExport::nodesync_latency);
    prom.histogram("service_controller_update_loadbalancer_host_latency_seconds", "How long UpdateLoadBalancer calls took.",
                   21, &ControllerExport::update_latency);
    prom.counter("workqueue_retries_total", "Syncs that were put back into the service queue.", 19,
                 &ControllerExport::service_queue_retries_total);
    CsvFile out;
    out.open(file);
    out.bytes(prom.text());
    out.close();
}

}  // namespace lbsim::io
