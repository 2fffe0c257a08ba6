// SPDX-License-Identifier: Apache-2.0
// Records of events and samples become timelines; derived by hand for each kind of history.
#include "io/import/clusters.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {
Json entry(const char* at, const char* verb, const Json& nodes, Json more = Json::object()) {
    more["at"] = at;
    more["do"] = verb;
    if (!nodes.is_null()) more["nodes"] = nodes;
    return more;
}
Json timeline(std::initializer_list<Json> entries) { return Json::array_t(entries); }
}  // namespace

TEST_CASE("import replay: a silent node is Unknown until its kubelet reports again") {
    // The first event is one minute (the lead) after the start; ten minutes follow the last one, rounded up to a minute.
    const Outcome out = replay_of(cluster(3), {event(0, "n1", "NodeNotReady"), event(45, "n1", "NodeReady", "kubelet")});
    CHECK(out.timeline() == timeline({entry("60s", "set_ready", {"pool-1"}, {{"status", "Unknown"}, {"for", "45s"}})}));
    CHECK(out.scenario["duration"] == "720s");
}

TEST_CASE("import replay: the kubelet's own NotReady is False, a later silence Unknown, and both end together") {
    const Outcome out = replay_of(cluster(3), {event(0, "n1", "NodeNotReady", "kubelet"), event(10, "n1", "NodeNotReady"),
                                               event(30, "n1", "NodeReady", "kubelet"), event(100, "n2", "NodeNotReady", "kubelet")});
    CHECK(out.timeline() == timeline({entry("60s", "set_ready", {"pool-1"}, {{"status", "False"}}),
                                      entry("70s", "set_ready", {"pool-1"}, {{"status", "Unknown"}, {"for", "20s"}}),
                                      entry("160s", "set_ready", {"pool-2"}, {{"status", "False"}})}));
}

TEST_CASE("import replay: nodes that do the same at one instant share an entry") {
    const Outcome out = replay_of(cluster(3), {event(0, "n0", "NodeNotReady"), event(0, "n2", "NodeNotReady"), event(5, "n0", "NodeReady"),
                                               event(5, "n2", "NodeReady")});
    CHECK(out.timeline() == timeline({entry("60s", "set_ready", {"pool-0", "pool-2"}, {{"status", "Unknown"}, {"for", "5s"}})}));
}

TEST_CASE("import replay: a machine that is gone went off the grace period before it was missed") {
    // Kubelets of 1.29 may be silent for 40 s; with a lead of 60 s the machine goes off at 20 s. The controllers do the rest.
    const Outcome out = replay_of(cluster(3), {event(0, "n1", "NodeNotReady"), event(4, "n1", "DeletingNode", "cloud-node-lifecycle-controller"),
                                               event(5, "n1", "RemovingNode")});
    CHECK(out.timeline() == timeline({entry("20s", "vm_off", {"pool-1"}, {{"instance", "gone"}})}));
    // One that said itself that it was not ready goes off when the cloud does not know it any more.
    const Outcome said = replay_of(cluster(3), {event(0, "n1", "NodeNotReady", "kubelet"), event(30, "n1", "DeletingNode"), event(31, "n1", "RemovingNode")});
    CHECK(said.timeline() == timeline({entry("60s", "set_ready", {"pool-1"}, {{"status", "False"}}),
                                       entry("90s", "vm_off", {"pool-1"}, {{"instance", "gone"}})}));
}

TEST_CASE("import replay: a Node that is removed and registered again has two names") {
    const Outcome out = replay_of(cluster(2), {event(0, "n1", "RemovingNode"), event(60, "n1", "RegisteredNode"),
                                               event(75, "n1", "NodeReady", "kubelet"), event(90, "n1", "NodeNotSchedulable", "kubelet")});
    CHECK(out.timeline() == timeline({entry("60s", "delete_node_object", {"pool-1"}),
                                      entry("120s", "add_nodes", nullptr, {{"pool", "pool"}, {"count", 1}, {"boot_time", "0s"}, {"ready_after", "15s"}}),
                                      entry("150s", "cordon", {"pool-2"})}));
    CHECK(contains(io::assumptions_page(out.all, "s"), "| n1 | pool-1, then pool-2 |"));
    CHECK(out.assumed("Node n1", "RemovingNode"));
}

TEST_CASE("import replay: nodes younger than the record are added, those that only the record knows existed") {
    Json dump = cluster(3);
    dump["items"][3]["metadata"]["creationTimestamp"] = "2024-05-01T10:02:00Z";  // n2
    const Outcome out = replay_of(dump, {event(0, "n9", "NodeNotReady"), event(10, "n9", "NodeReady"), event(121, "n2", "RegisteredNode"),
                                         event(130, "n2", "NodeReady", "kubelet")});
    // n9 is most like n2 and stands in its pool, after the nodes of the dump.
    CHECK(out.pools() == Json::array({{{"name", "pool"}, {"nodes", 3}}}));
    CHECK(out.name_of("n9") == "pool-2");
    CHECK(out.name_of("n2") == "pool-3");
    CHECK(out.timeline() == timeline({entry("60s", "set_ready", {"pool-2"}, {{"status", "Unknown"}, {"for", "10s"}}),
                                      entry("181s", "add_nodes", nullptr, {{"pool", "pool"}, {"count", 1}, {"boot_time", "0s"}, {"ready_after", "9s"}})}));
    CHECK(out.assumed("Node n9", "metadata.name"));
}

TEST_CASE("import replay: a node that came after the record is not part of it") {
    Json dump = cluster(3);
    dump["items"][2]["metadata"]["creationTimestamp"] = "2024-05-01T10:00:20Z";  // n1, seen by no event
    dump["items"][3]["metadata"]["creationTimestamp"] = "2024-05-01T11:00:00Z";  // n2
    const Outcome out = replay_of(dump, {event(0, "n0", "NodeNotReady"), event(30, "n0", "NodeReady")});
    CHECK(out.all.nodes == 1);
    CHECK(out.timeline() == timeline({entry("60s", "set_ready", {"pool-0"}, {{"status", "Unknown"}, {"for", "30s"}}),
                                      entry("80s", "add_nodes", nullptr, {{"pool", "pool"}, {"count", 1}, {"boot_time", "0s"}})}));
    CHECK(out.name_of("n2").empty());
    CHECK(out.left_out("Node n2", "metadata.creationTimestamp"));
    CHECK(out.assumed("Node n1", "metadata.creationTimestamp"));
}

TEST_CASE("import replay: a new node is ready when its kubelet says so, whatever happens before") {
    Json dump = cluster(2);
    dump["items"][2]["metadata"]["creationTimestamp"] = "2024-05-01T10:00:10Z";
    const Outcome out = replay_of(dump, {event(0, "n0", "NodeNotReady"), event(0, "n0", "NodeReady"), event(10, "n1", "RegisteredNode"),
                                         event(11, "n1", "NodeNotReady", "kubelet"), event(12, "n1", "NodeNotSchedulable", "kubelet"),
                                         event(20, "n1", "NodeReady", "kubelet")});
    const Json added{{"pool", "pool"}, {"count", 1}, {"boot_time", "0s"}, {"ready_after", "10s"}};
    CHECK(out.timeline()[0] == entry("60s", "set_ready", {"pool-0"}, {{"status", "Unknown"}, {"for", "1us"}}));
    CHECK(out.timeline()[1] == entry("70s", "add_nodes", nullptr, added));
    CHECK(out.timeline()[2] == entry("72s", "cordon", {"pool-1"}));
    CHECK(out.timeline().size() == 3);
}

TEST_CASE("import replay: a controller that starts again registers nodes that exist, and adds none") {
    const Outcome out = replay_of(cluster(2), {event(0, "n0", "RegisteredNode"), event(0, "n1", "RegisteredNode"), event(1, "old", "RegisteredNode"),
                                               event(60, "old", "RemovingNode")});
    CHECK(out.timeline() == timeline({entry("120s", "delete_node_object", {out.name_of("old")})}));
    CHECK(out.left_out("Node n0", "RegisteredNode"));
    CHECK(out.all.nodes == 3);
}

TEST_CASE("import replay: a scale-down is one verb, and one that failed a taint that goes again") {
    const Outcome out = replay_of(cluster(3), {event(0, "n1", "ScaleDown", "cluster-autoscaler"), event(40, "n1", "NodeNotReady"),
                                               event(45, "n1", "DeletingNode"), event(46, "n1", "RemovingNode"),
                                               event(50, "n2", "ScaleDown", "cluster-autoscaler"), event(170, "n2", "ScaleDownFailed", "cluster-autoscaler")});
    const Json taint{{"key", "ToBeDeletedByClusterAutoscaler"}, {"effect", "NoSchedule"}};
    CHECK(out.timeline() == timeline({entry("60s", "autoscaler_scale_down", {"pool-1"}), entry("110s", "taint", {"pool-2"}, taint),
                                      entry("230s", "untaint", {"pool-2"}, {{"key", "ToBeDeletedByClusterAutoscaler"}})}));
}

TEST_CASE("import replay: a reboot lasts from the outage to the kubelet's word") {
    // Unknown at 0 means silent since 40 s before; back at 50 s.
    const Outcome out = replay_of(cluster(3), {event(0, "n1", "NodeNotReady"), event(50, "n1", "Rebooted", "kubelet"), event(51, "n1", "NodeReady", "kubelet"),
                                               event(100, "n2", "NodeNotReady", "kubelet"), event(130, "n2", "Rebooted", "kubelet")});
    CHECK(out.timeline() == timeline({entry("20s", "reboot", {"pool-1"}, {{"for", "90s"}}), entry("160s", "reboot", {"pool-2"}, {{"for", "30s"}})}));
    const Outcome unseen = replay_of(cluster(3), {event(90, "n1", "Rebooted", "kubelet")});
    CHECK(unseen.timeline() == timeline({entry("0s", "reboot", {"pool-1"}, {{"for", "60s"}})}));
    CHECK(unseen.assumed("Node n1", "Rebooted"));
    // Nobody says ready after a reboot that nobody noticed, and what comes later counts again.
    const Outcome again = replay_of(cluster(3), {event(90, "n1", "Rebooted", "kubelet"), event(200, "n1", "NodeNotReady"), event(230, "n1", "NodeReady", "kubelet")});
    CHECK(again.timeline() == timeline({entry("0s", "reboot", {"pool-1"}, {{"for", "60s"}}),
                                        entry("170s", "set_ready", {"pool-1"}, {{"status", "Unknown"}, {"for", "30s"}})}));
}

TEST_CASE("import replay: what the first word of a node tells of the time before") {
    const Outcome out = replay_of(cluster(3), {event(0, "n0", "NodeReady", "kubelet"), event(10, "n1", "NodeSchedulable", "kubelet")});
    CHECK(out.timeline() == timeline({entry("0s", "set_ready", {"pool-0"}, {{"status", "False"}, {"for", "60s"}}), entry("0s", "cordon", {"pool-1"}),
                                      entry("70s", "uncordon", {"pool-1"})}));
}

TEST_CASE("import replay: the dump's states hold where the record is silent") {
    Json dump = cluster(3);
    dump["items"][1]["spec"]["unschedulable"] = true;
    dump["items"][2]["status"]["conditions"][0]["status"] = "False";
    dump["items"][3]["spec"]["taints"] = Json::array({{{"key", "ToBeDeletedByClusterAutoscaler"}, {"value", "1"}, {"effect", "NoSchedule"}},
                                                      {{"key", "dedicated"}, {"effect", "NoSchedule"}}});
    const Json wanted = timeline({entry("0s", "cordon", {"pool-0"}), entry("0s", "set_ready", {"pool-1"}, {{"status", "False"}}),
                                  entry("0s", "taint", {"pool-2"}, {{"key", "ToBeDeletedByClusterAutoscaler"}, {"value", "1"}, {"effect", "NoSchedule"}})});
    CHECK(import_of(dump).timeline() == wanted);
    CHECK(import_of(dump).left_out("Node n2", "spec.taints dedicated"));
    // Of a node that the record speaks of, it knows better: the dump is from its end.
    const Outcome out = replay_of(dump, {event(0, "n0", "NodeNotSchedulable", "kubelet"), event(20, "n1", "NodeNotReady")});
    CHECK(out.timeline() == timeline({wanted[2], entry("60s", "cordon", {"pool-0"}), entry("80s", "set_ready", {"pool-1"}, {{"status", "Unknown"}})}));
}

TEST_CASE("import replay: repeated Events and both versions of the API") {
    Json repeated = event(0, "n1", "NodeNotReady");
    repeated["count"] = 3;
    repeated["lastTimestamp"] = "2024-05-01T10:05:00Z";
    const Json modern{{"kind", "Event"},
                      {"apiVersion", "events.k8s.io/v1"},
                      {"metadata", {{"name", "e"}}},
                      {"regarding", {{"kind", "Node"}, {"name", "n1"}}},
                      {"reason", "NodeReady"},
                      {"reportingController", "kubelet"},
                      {"eventTime", "2024-05-01T10:01:00.500000Z"},
                      {"deprecatedFirstTimestamp", nullptr}};
    const Outcome out = replay_of(cluster(2), {repeated, modern});
    CHECK(out.timeline() == timeline({entry("60s", "set_ready", {"pool-1"}, {{"status", "Unknown"}, {"for", "60500ms"}}),
                                      entry("360s", "set_ready", {"pool-1"}, {{"status", "Unknown"}})}));
    CHECK(out.left_out("Node n1", "Event count"));
}

TEST_CASE("import replay: Events that say nothing of a node's life are counted") {
    Json pod = event(0, "p", "Killing");
    pod["involvedObject"]["kind"] = "Pod";
    const Outcome out = replay_of(cluster(1), {pod, event(0, "n0", "Starting", "kubelet"), event(1, "n0", "NodeNotReady")});
    CHECK(out.left_out("", "Events of Pod objects"));
    CHECK(out.left_out("", "reason Starting"));
    CHECK(contains(problems_of(cluster(1).dump(), list({pod}).dump()), "no Event of a Node's life"));
}

TEST_CASE("import replay: samples of Ready, in seconds or as instants, in any order") {
    const Json wanted = timeline({entry("70s", "set_ready", {"pool-0"}, {{"status", "False"}, {"for", "20s"}}),
                                  entry("60s", "set_ready", {"pool-1"}, {{"status", "Unknown"}})});
    const std::string plain = "node,time,Ready\nn0,0,True\nn0,10,False\nn1,0.0,Unknown\nn0,15,False\nn0,30,True\n";
    const Json sorted = timeline({wanted[1], wanted[0]});
    CHECK(samples_of(cluster(2), plain).timeline() == sorted);
    CHECK(samples_of(cluster(2), std::string("\r\n\"n0\" , 2024-05-01T00:00:10Z , False\r\nn1,2024-05-01T00:00:00Z,Unknown\r\nn0,2024-05-01T00:00:30Z,True"))
              .timeline() == sorted);
}

TEST_CASE("import replay: every wrong line of a file of samples is told") {
    const std::string text = problems_of(cluster(1).dump(), "node,time,Ready\nn0,later,False\nn0,1,Maybe\nn0,2\n,3,True\nn0,-4,True\n");
    INFO(text);
    CHECK(contains(text, "events:2: /time: found \"later\"; allowed: a time"));
    CHECK(contains(text, "events:3: /Ready: found \"Maybe\"; allowed: True, False or Unknown"));
    CHECK(contains(text, "events:4: /node: found \"n0,2\""));
    CHECK(contains(text, "events:5:"));
    CHECK(contains(text, "events:6: /time: found \"-4\""));
    CHECK(contains(problems_of(cluster(1).dump(), "node,time,Ready\n"), "no line of node,time,Ready"));
}

TEST_CASE("import replay: an Event without a time names itself") {
    Json timeless = event(0, "n0", "NodeNotReady");
    timeless.erase("firstTimestamp");
    timeless.erase("lastTimestamp");
    CHECK(contains(problems_of(cluster(1).dump(), list({timeless}).dump()), "as lastTimestamp of Event n0.0"));
    timeless["firstTimestamp"] = "yesterday";
    CHECK(contains(problems_of(cluster(1).dump(), list({timeless}).dump()), "found \"yesterday\" as firstTimestamp of Event n0.0"));
}

TEST_CASE("import replay: no more time than a run can have") {
    CHECK(contains(problems_of(cluster(1).dump(), "n0,0,False\nn0,400000000,True\n"), "allowed: a span and a lead of at most"));
}
