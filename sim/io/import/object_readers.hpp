// SPDX-License-Identifier: Apache-2.0
// From fields to objects, one reader per kind.
#pragma once

#include "sim/io/import/dump.hpp"
#include "sim/io/import/field.hpp"

namespace lbsim::io {

/// Name and namespace of an object, both checked. Shape: namespace "" for what has none.
struct ObjectName {
    std::string space, name;
};

NodeObject read_node(const Field& object, const ObjectName& name);
/// nullopt for a Service of another type than LoadBalancer.
std::optional<ServiceObject> read_service(const Field& object, const ObjectName& name);
/// The Service that the slice belongs to ("" where it belongs to none) and its endpoints.
std::pair<std::string, std::vector<Endpoint>> read_endpoint_slice(const Field& object);
WorkloadObject read_workload(const std::string& kind, const Field& object, const ObjectName& name, ImportNotes& notes);
BudgetObject read_budget(const Field& object, const ObjectName& name);

/// The seconds that a preStop command sleeps: all its sleeps together; nullopt where it has none that can be read.
/// `["/bin/sh", "-c", "sleep 15 && nginx -s quit"]` sleeps 15 s.
std::optional<Duration> sleep_of_command(const std::vector<std::string>& command);

}  // namespace lbsim::io
