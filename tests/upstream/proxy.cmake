lbsim_add_test(proxy_conformance_test
  SOURCES proxy_conformance_test.cpp proxy_trace.cpp proxy_health_replay.cpp proxy_selection_replay.cpp
  LINK lbsim::policy lbsim::io_scenario
  LABELS upstream)
