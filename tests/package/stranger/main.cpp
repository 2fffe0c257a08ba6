// SPDX-License-Identifier: Apache-2.0
// What somebody else's controller asks of the policy library.
#include <cstdio>

#include <lbsim/core/time.hpp>
#include <lbsim/policy/kube_proxy.hpp>
#include <lbsim/policy/release.hpp>

int main() {
    const auto parsed = lbsim::policy::parse_release("1.30.14");
    if (!parsed.release) return 1;
    lbsim::policy::NodeFacts node;
    const bool before = lbsim::policy::is_node_eligible(node);
    node.autoscaler_tainted = true;
    const bool after = lbsim::policy::is_node_eligible(node);
    std::printf("%s eligible: %s, being deleted by the autoscaler: %s\n", lbsim::policy::to_string(*parsed.release).c_str(),
                before ? "yes" : "no", after ? "yes" : "no");
    return 0;
}
