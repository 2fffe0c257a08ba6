// SPDX-License-Identifier: Apache-2.0
// Fakes for the tests of the study layer.
#include "tests/study/fake_study.hpp"

#include <algorithm>
#include <thread>

namespace lbsim::test {

scenario::Study two_variants(std::uint32_t replications) {
    scenario::Scenario variant;
    variant.name = "fake";
    variant.seed = 42;
    variant.services.resize(1);
    variant.services[0].name = "web";
    variant.traffic.resize(1);
    variant.traffic[0].name = "long";
    for (policy::Release* release : {&variant.cluster.service_controller, &variant.cluster.kube_proxy,
                                     &variant.cluster.kubelet, &variant.cluster.autoscaler}) {
        *release = *policy::parse_release("1.26").release;
    }
    scenario::Study study;
    study.name = "fake";
    study.question = "Does it work?";
    study.file = "fake.json";
    study.seed = 42;
    study.replications = replications;
    for (const char* name : {"before", "after"}) {
        variant.variant = name;
        study.variants.push_back(variant);
    }
    return study;
}

scenario::RunResult fake_run(const scenario::Scenario& scenario, const RunOptions& options) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5 * (5 - std::min(options.replication, 5u))));
    const std::uint64_t size = (scenario.seed * 7 + options.replication * 3 + scenario.variant.size()) % 11;
    scenario::RunResult result;
    result.node_names = {"n-0"};
    result.pods = {{ServiceId{0u}, 0}};
    result.metrics[scenario::Metric::connections_dropped] = static_cast<double>(size);
    result.metrics[scenario::Metric::desync_s] = 0.25 * static_cast<double>(size);
    for (std::uint64_t i = 0; i < size; ++i) {
        history::Event event;
        event.t = at_us(static_cast<std::int64_t>(i));
        result.event_details = {scenario.variant + " " + std::to_string(options.replication)};
        event.detail = TextId{0u};
        result.events.push_back(event);
        result.lost_connections.push_back({at_us(7), 0, i, 0, NodeId{0u}, PodId{0u}, scenario::LossCause::vm_off, {}, {}});
    }
    result.rows.events = size;
    result.rows.lost_connections = size;
    result.bins.resize(2);
    result.bin = options.bin;
    if (options.progress) options.progress(1.0);
    return result;
}

study::StudyOptions options_for(const std::filesystem::path& out, study::RunFunction run) {
    study::StudyOptions options;
    options.out = out;
    options.run = std::move(run);
    return options;
}

std::string content_of(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
    return text;
}

}  // namespace lbsim::test
