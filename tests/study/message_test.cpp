// SPDX-License-Identifier: Apache-2.0
// Messages between a run's process and its parent.
#include "sim/study/message.hpp"

#include <array>

#include <unistd.h>

#include "support/catch.hpp"

using namespace lbsim;
using study::Message;
using study::MessageKind;

TEST_CASE("message: what is sent in one piece arrives whole from any pieces") {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    study::RunReport report;
    report.metrics[scenario::Metric::desync_s] = 2.5;
    report.rows.events = 7;
    report.parts = {1, 2, 3, 4, 5};
    study::send(ends[1], {MessageKind::progress, study::payload_of(0.5)});
    study::send(ends[1], {MessageKind::report, study::payload_of(report)});
    study::send(ends[1], {MessageKind::run_error, ""});
    close(ends[1]);
    study::MessageReader reader;
    std::vector<Message> messages;
    char byte = 0;
    while (read(ends[0], &byte, 1) == 1) {
        reader.add(&byte, 1);
        while (auto message = reader.next()) messages.push_back(*message);
    }
    close(ends[0]);
    REQUIRE(messages.size() == 3);
    CHECK(study::share_of(messages[0].payload) == 0.5);
    const study::RunReport back = study::report_of(messages[1].payload);
    CHECK(back.metrics[scenario::Metric::desync_s] == 2.5);
    CHECK_FALSE(back.metrics[scenario::Metric::api_calls]);
    CHECK(back.rows.events == 7);
    CHECK(back.parts == report.parts);
    CHECK(messages[2].kind == MessageKind::run_error);
    CHECK(messages[2].payload.empty());
}

TEST_CASE("message: a problem keeps its texts") {
    const Problem problem{"file", std::nullopt, "/a/b", "found", "", "hint"};
    const Problem back = study::problem_of(study::payload_of(problem));
    CHECK(back.text() == problem.text());
}
