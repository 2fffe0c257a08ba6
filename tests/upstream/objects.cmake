# lbsim import on objects that upstream's Go types made, and the objects made again where Go is at hand.
lbsim_add_test(upstream_objects_test SOURCES objects_test.cpp LINK lbsim::io_import nlohmann_json::nlohmann_json LABELS upstream)
add_test(NAME upstream/regenerate_objects
  COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/regenerate_test.sh" "${PROJECT_SOURCE_DIR}" 1.36 objects)
set_tests_properties(upstream/regenerate_objects PROPERTIES LABELS "upstream;once" SKIP_RETURN_CODE 77 TIMEOUT 1200)
