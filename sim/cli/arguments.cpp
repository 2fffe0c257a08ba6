// SPDX-License-Identifier: Apache-2.0
// The grammar of the command line and its help.
#include "sim/cli/arguments.hpp"

#include <CLI/CLI.hpp>

#include <sstream>

#include "sim/cli/build_info.hpp"
#include "sim/cli/cli.hpp"
#include "sim/cli/console.hpp"

namespace lbsim::cli {

namespace {

constexpr const char* about =
    "lbsim: when nodes come, go, flap or are upgraded behind a Kubernetes LoadBalancer service,\n"
    "which TCP connections break, why, and how many cloud API calls does it cost?";

constexpr const char* exit_codes =
    "Exit codes:\n"
    "  0    fine\n"
    "  2    bad input or usage, or a place that cannot be written; no result was written\n"
    "  3    a run broke an invariant, got stuck or crashed; no result was written\n"
    "  130  interrupted (143 by SIGTERM); no result was written";

constexpr const char* examples =
    "Examples:\n"
    "  lbsim list scenarios                          what there is to run\n"
    "  lbsim run scenarios/one_node_flaps.json       run it; tables go to lbsim-out/one_node_flaps\n"
    "  lbsim run FILE --set /cluster/release=1.30    the same world under another release\n"
    "  lbsim run FILE --replications 30 --jobs 4     more runs, and a distribution instead of a number\n"
    "  lbsim validate my_scenario.json               every problem of a file at once\n"
    "  lbsim explain DIR long/web/17.2               why that connection was lost\n"
    "  lbsim explain --defaults                      every number you did not write, and where it is from\n"
    "  lbsim diff 1.26 1.30                          what changes between two Kubernetes releases, and why\n"
    "  lbsim cost --services 200                     what one event costs in cloud API calls, by release and cloud\n"
    "  lbsim diff aws_clb_ccm gcp_netlb_rbs          where two clouds differ, and who says so\n"
    "  lbsim import cluster.json --out ours.json     a scenario of a cluster of yours (lbsim import --help)\n"
    "\n";

constexpr const char* run_examples =
    "Examples:\n"
    "  lbsim run FILE\n"
    "  lbsim run FILE --out results/a --replications 30\n"
    "  lbsim run FILE --set /cluster/release=1.30 --set /services/0/load_balancer/on_remove=keep\n"
    "  lbsim run FILE --set '/traffic/0/lifetime={\"exponential\": \"5m\"}'\n"
    "  lbsim run FILE --json | jq '.variants[].metrics.connections_dropped.mean'\n"
    "\n"
    "README.md describes the tables; a folder that lbsim wrote earlier is replaced,\n"
    "any other is refused.\n"
    "\n";

/// A value for each option of the grammar; which of them counts is decided by the subcommand.
struct Values {
    RunArguments run;
    ValidateArguments validate;
    ListArguments list;
    ExplainArguments explain;
    DiffArguments diff;
    CostArguments cost;
    ImportArguments import;
};

/// A range whose limits the help does not repeat; the error message names them.
template <class T>
CLI::Validator from_to(T least, T most) {
    return CLI::Range(least, most).description("");
}

CLI::App* add_run(CLI::App& app, RunArguments& run) {
    CLI::App* command = app.add_subcommand("run", "run every variant of a scenario and write its tables");
    command->add_option("FILE", run.file, "the scenario (JSON)")->required()->type_name("");
    command->add_option("--out", run.out, "folder of the tables (default: lbsim-out/<name>)")->type_name("DIR");
    command->add_option("--set", run.sets, "set a key of the scenario, by JSON pointer; may be given again")
        ->type_name("/POINTER=VALUE")
        ->allow_extra_args(false);
    command->add_option("--replications", run.replications, "runs of each variant, instead of the scenario's")
        ->type_name("N")
        ->check(from_to<std::uint32_t>(1, 10'000'000));
    command->add_option("--seed", run.seed, "seed of all random numbers, instead of the scenario's")->type_name("S");
    command->add_option("--jobs", run.jobs, "processes at once (default: the number of cores); never changes a result")
        ->type_name("J")
        ->check(from_to<std::uint32_t>(1, 4096));
    command->add_flag("--reference", run.is_reference, "the slow way: every probe and connection its own event");
    command->add_option("--max-rows", run.max_rows, "rows kept per run in events, targets, api_calls, syncs, lost_connections")
        ->type_name("N")
        ->capture_default_str();
    command->add_option("--bin", run.bin, "width of a row of timeseries.csv")->type_name("DURATION")->capture_default_str();
    command->add_flag("--prom", run.writes_prom, "also write metrics.prom: the service controller's own metrics");
    CLI::Option* quiet = command->add_flag("--quiet", run.is_quiet, "print nothing but errors");
    command->add_flag("--json", run.is_json, "print the summary as JSON")->excludes(quiet);
    command->footer(std::string(run_examples) + exit_codes);
    return command;
}

CLI::App* add_list(CLI::App& app, ListArguments& list) {
    CLI::App* command = app.add_subcommand("list", "list scenarios, profiles, releases, metrics or gates");
    command->add_option("WHAT", list.what, "scenarios, profiles, releases, metrics or gates")
        ->check(CLI::IsMember({"scenarios", "profiles", "releases", "metrics", "gates"}))
        ->capture_default_str();
    command->add_option("NAME", list.name, "of a profile: built in, or a file that ends in \".json\"")->type_name("");
    command->footer(
        "Examples:\n"
        "  lbsim list                    the scenarios here and those that came with lbsim\n"
        "  lbsim list profiles           clouds, and every number of them with its source\n"
        "  lbsim list profiles gcp_netlb_rbs\n"
        "  lbsim list releases           Kubernetes releases by what their service controllers do\n"
        "  lbsim list gates              feature gates and their stages by release");
    return command;
}

CLI::App* add_diff(CLI::App& app, DiffArguments& diff) {
    CLI::App* command = app.add_subcommand("diff", "what changes between two Kubernetes releases, or two profiles of clouds");
    command->add_option("A", diff.from, "a release: a minor, which means its last patch, or a patch; or a profile")->required()->type_name("");
    command->add_option("B", diff.to, "another; an older release is compared backwards")->required()->type_name("");
    command->footer(
        "Says, component by component and oldest change first, what is so in B and was not in A, at which patch\n"
        "release that changed, why, and the KEP, pull request or issue. Defects that came and went on the way are\n"
        "named, too. Exit code 0 whether or not something changes, 2 where a release does not exist.\n"
        "\n"
        "Examples:\n"
        "  lbsim diff 1.26 1.30          an upgrade\n"
        "  lbsim diff 1.30 1.26          the way back\n"
        "  lbsim diff 1.28.3 1.28.4      one patch release\n"
        "  lbsim list releases           which releases there are\n"
        "  lbsim diff aws_clb_ccm aws_nlb_instance_ccm\n"
        "  lbsim diff gcp_netlb_rbs my_cloud.json\n"
        "\n"
        "Two result folders can be compared in a later version.");
    return command;
}

CLI::App* add_cost(CLI::App& app, CostArguments& cost) {
    CLI::App* command = app.add_subcommand("cost", "what one event costs in cloud API calls, by release and profile");
    command->add_option("--release", cost.releases, "a release; may be given again (default: 1.24, 1.26, 1.30)")
        ->type_name("RELEASE")
        ->allow_extra_args(false);
    command->add_option("--profile", cost.profiles, "a profile or a profile file; may be given again (default: all)")
        ->type_name("NAME")
        ->allow_extra_args(false);
    const auto size = [&](const char* name, std::uint32_t& value, std::uint32_t most, const char* meaning) {
        command->add_option(name, value, meaning)->type_name("N")->check(from_to<std::uint32_t>(1, most))->capture_default_str();
    };
    size("--services", cost.services, 100'000, "LoadBalancer services");
    size("--ports", cost.ports, 1'000, "ports of each");
    size("--nodes", cost.nodes, 100'000, "nodes in each load balancer");
    size("--zones", cost.zones, 1'000, "zones");
    command->add_flag_callback("--local", [&cost] { cost.policy = policy::TrafficPolicy::local; },
                               "externalTrafficPolicy Local (its health check may cost calls of its own)");
    command->footer(
        "Examples:\n"
        "  lbsim cost                                              every profile, three releases\n"
        "  lbsim cost --profile aws_nlb_instance_ccm --ports 2     one provider\n"
        "  lbsim cost --release 1.30 --services 600 --nodes 650    a cluster of yours");
    return command;
}

CLI::App* add_import(CLI::App& app, ImportArguments& import) {
    CLI::App* command = app.add_subcommand("import", "make a scenario of a cluster of yours, and a timeline of its events");
    command->add_option("FILE", import.files, "what kubectl get … -o json printed, in one file or several; - is standard input")
        ->required()
        ->type_name("");
    command->add_option("--events", import.events, "replay Events of nodes (JSON), or lines of node,time,Ready (CSV)")->type_name("FILE");
    command->add_option("--out", import.out, "the scenario; what was assumed goes to FILE.assumptions.md (default: standard output)")
        ->type_name("FILE");
    command->add_option("--release", import.release, "release of the service controller (default: the newest kubelet's)")
        ->type_name("RELEASE");
    command->add_option("--lead", import.lead, "from the start of a run to the first event")->type_name("DURATION")->capture_default_str();
    command->footer(
        "Examples:\n"
        "  kubectl get nodes,services,endpointslices,deployments,daemonsets,poddisruptionbudgets -A -o json > cluster.json\n"
        "  lbsim import cluster.json --out ours.json          then: lbsim run ours.json\n"
        "  kubectl get events -A -o json > events.json\n"
        "  lbsim import cluster.json --events events.json --out incident.json\n"
        "  kubectl get nodes,services -A -o json | lbsim import - --release 1.30 > ours.json\n"
        "\n"
        "Only Services of type LoadBalancer are kept. What the dump does not say is assumed, and what a scenario does\n"
        "not act on is left out: both are told on standard error, with object and field. The result always passes\n"
        "`lbsim validate`. Exit code 2 where a file cannot be understood; then nothing is written.");
    return command;
}

CLI::App* add_explain(CLI::App& app, ExplainArguments& explain) {
    CLI::App* command = app.add_subcommand("explain", "why a connection was lost, or what lbsim assumed");
    command->add_option("DIR", explain.folder, "a result folder")->type_name("");
    command->add_option("ROW", explain.row,
                        "a connection as in lost_connections.csv, or an event_id; without it: losses by first cause")
        ->type_name("");
    command->add_option("--run", explain.run, "the run it is about (default: the first that has it)")->type_name("N");
    command->add_flag("--defaults", explain.wants_defaults, "every key with its default and where the number is from");
    command->footer(
        "Examples:\n"
        "  lbsim explain lbsim-out/drain_of_a_busy_node\n"
        "  lbsim explain lbsim-out/drain_of_a_busy_node long/web/17.0\n"
        "  lbsim explain lbsim-out/drain_of_a_busy_node 12 --run 3\n"
        "  lbsim explain --defaults | less -S");
    return command;
}

/// CLI11 has a code of its own for each mistake; here a wrong usage is 2. Text goes where CLI11 sends it.
int exit_code_of(const CLI::App& app, const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    std::string text = out.str();
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    const bool is_written = print(text);
    print_error(err.str());
    return code == 0 && is_written ? exit_fine : exit_bad_input;
}

}  // namespace

ParsedArguments parse_arguments(int argc, char** argv) {
    Values values;
    CLI::App app{about, "lbsim"};
    app.set_version_flag("--version", version_text());
    app.require_subcommand(1);
    app.footer(std::string(examples) + exit_codes + "\n\n`lbsim COMMAND --help` says more about a command.");
    const CLI::App* run = add_run(app, values.run);
    CLI::App* validate = app.add_subcommand("validate", "check scenarios without running them");
    validate->add_option("FILE", values.validate.files, "scenarios (JSON)")->required()->type_name("");
    validate->footer("Each problem is one line on standard error: file, line, JSON pointer, what stands there, what may.");
    const CLI::App* list = add_list(app, values.list);
    CLI::App* explain = add_explain(app, values.explain);
    const CLI::App* diff = add_diff(app, values.diff);
    const CLI::App* cost = add_cost(app, values.cost);
    const CLI::App* import = add_import(app, values.import);
    const CLI::App* schema = app.add_subcommand("schema", "print the JSON Schema (draft 7) of scenarios, for editors");
    try {
        app.parse(argc, argv);
        if (list->parsed() && !values.list.name.empty() && values.list.what != "profiles") {
            throw CLI::ValidationError("NAME", "only profiles are listed by name");
        }
        if (explain->parsed() && values.explain.wants_defaults != values.explain.folder.empty()) {
            throw CLI::RequiredError("either DIR or --defaults");
        }
    } catch (const CLI::ParseError& error) {
        return exit_code_of(app, error);
    }
    if (run->parsed()) return Command{values.run};
    if (validate->parsed()) return Command{values.validate};
    if (list->parsed()) return Command{values.list};
    if (diff->parsed()) return Command{values.diff};
    if (cost->parsed()) return Command{values.cost};
    if (import->parsed()) return Command{values.import};
    if (schema->parsed()) return Command{SchemaArguments{}};
    return Command{values.explain};
}

}  // namespace lbsim::cli
