// SPDX-License-Identifier: Apache-2.0
// `lbsim list`.
#include <algorithm>
#include <filesystem>
#include <map>

#include "lbsim/core/error.hpp"
#include "lbsim/policy/release.hpp"
#include "lbsim/policy/release_notes.hpp"
#include "lbsim/scenario/metrics.hpp"
#include "sim/cli/cli.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/console.hpp"
#include "sim/cli/profile_text.hpp"
#include "sim/cli/release_text.hpp"
#include "sim/cli/text_table.hpp"
#include "sim/io/scenario/reader.hpp"

namespace lbsim::cli {

namespace {

namespace fs = std::filesystem;

/// Scenario files of a folder, in order of names.
std::vector<fs::path> scenario_files(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
        if (i->path().extension() == ".json") files.push_back(i->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string question_of(const fs::path& file) {
    try {
        return io::read_study(file.string()).question;
    } catch (const InputError& error) {
        return "(" + counted(error.problems().size(), "problem") + "; see lbsim validate)";
    }
}

/// Those in ./scenarios are named as a command here would name them, and come first.
std::string scenarios() {
    TextTable table({{"file"}, {"question"}});
    const fs::path here = "scenarios";
    const fs::path shipped = LBSIM_SCENARIO_FOLDER;
    std::error_code error;
    std::vector<fs::path> files = scenario_files(here);
    if (!fs::equivalent(here, shipped, error)) {
        const std::vector<fs::path> more = scenario_files(shipped);
        files.insert(files.end(), more.begin(), more.end());
    }
    for (const fs::path& file : files) table.add({file.string(), question_of(file)});
    return files.empty() ? "no scenario in ./scenarios or " + shipped.string() + "\n" : table.text();
}

std::string profiles() {
    std::string text = profile_overview();
    for (const std::string& name : io::profile_names()) {
        if (name != io::neutral_profile) text += "\n" + profile_text(io::read_profile(name));
    }
    return text + "`lbsim list profiles NAME` prints one, `lbsim diff A B` what two differ in.\n";
}

std::string releases() {
    TextTable variants({{"releases"}, {"service controller"}, {"known for"}});
    for (const VariantSpan& span : variant_spans()) {
        variants.add({range_text(span.first, span.last), span.letter, std::string(policy::variant_summary(span.letter))});
    }
    TextTable minors({{"minor"}, {"last patch"}});
    for (const std::string_view minor : policy::modelled_releases()) {
        const auto release = policy::parse_release(minor).release;
        if (release) minors.add({std::string(minor), to_string(*release)});
    }
    return variants.text() + "\n" + minors.text() +
           "\nAny patch release may be named, such as \"1.28.3\"; a minor means its last patch. `lbsim diff A B` says what\n"
           "changes between two, in kube-proxy, node life and the autoscaler as well.\n";
}

std::string metrics() {
    TextTable table({{"metric"}, {"unit"}, {"meaning"}});
    for (std::size_t m = 0; m < scenario::metric_count; ++m) {
        const scenario::MetricInfo& metric = info(scenario::Metric{m});
        table.add({std::string(metric.name), std::string(metric.unit),
                   std::string(metric.meaning) + (metric.is_computed ? "" : " (not computed by this version: empty)")});
    }
    return table.text();
}

std::string_view owner_text(policy::Component component) {
    switch (component) {
        case policy::Component::service_controller: return "service controller";
        case policy::Component::kube_proxy: return "kube-proxy";
        case policy::Component::kubelet: return "kubelet";
    }
    return "";
}

/// "1.24 absent; 1.26 alpha, off; 1.27 beta, on": the release from which each state holds.
std::string history_of(std::string_view gate) {
    std::string text;
    std::string before;
    for (const std::string_view minor : policy::modelled_releases()) {
        const auto release = policy::parse_release(minor).release;
        if (!release) continue;
        const std::string state = gate_state_text(policy::gate_state(gate, *release));
        if (state != before) text += (text.empty() ? "" : "; ") + ("from " + std::string(minor) + " " + state);
        before = state;
    }
    return text;
}

std::string gates() {
    TextTable table({{"gate"}, {"judged by the release of"}, {"default"}});
    for (const std::string_view gate : policy::modelled_gates()) {
        table.add({std::string(gate), std::string(owner_text(policy::gate_owner(gate))), history_of(gate)});
    }
    return table.text();
}

}  // namespace

int list_command(const ListArguments& arguments) {
    static const std::map<std::string, std::string (*)(), std::less<>> lists{
        {"scenarios", scenarios}, {"profiles", profiles}, {"releases", releases}, {"metrics", metrics}, {"gates", gates}};
    const std::string text = arguments.name.empty() ? lists.at(arguments.what)() : profile_text(io::read_profile(arguments.name));
    return print(text) ? exit_fine : exit_bad_input;
}

}  // namespace lbsim::cli
