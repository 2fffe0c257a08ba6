// SPDX-License-Identifier: Apache-2.0
// Everything a kube-proxy of a given release decides, in one include.
#pragma once

#include "lbsim/policy/endpoint_selection.hpp"
#include "lbsim/policy/endpoints.hpp"
#include "lbsim/policy/http_answer.hpp"
#include "lbsim/policy/proxy_health.hpp"
#include "lbsim/policy/proxy_rules.hpp"
#include "lbsim/policy/service_health.hpp"
#include "lbsim/policy/sync_runner.hpp"
