# What random tests and fuzzers share: machines of the policy library under histories of bytes.
if(NOT TARGET lbsim_policy_properties)
  add_library(lbsim_policy_properties STATIC
    ${CMAKE_CURRENT_LIST_DIR}/controller_checks.cpp
    ${CMAKE_CURRENT_LIST_DIR}/controller_history.cpp
    ${CMAKE_CURRENT_LIST_DIR}/controller_world.cpp
    ${CMAKE_CURRENT_LIST_DIR}/node_health_history.cpp
    ${CMAKE_CURRENT_LIST_DIR}/node_sets_model.cpp
    ${CMAKE_CURRENT_LIST_DIR}/releases.cpp
    ${CMAKE_CURRENT_LIST_DIR}/work_queue_history.cpp)
  lbsim_configure_target(lbsim_policy_properties PRIVATE)
  target_include_directories(lbsim_policy_properties PUBLIC ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(lbsim_policy_properties PUBLIC lbsim::policy PRIVATE lbsim_warnings)
endif()
