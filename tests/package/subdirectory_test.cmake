# lbsim as a folder of somebody else's project.
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
build_project("${ROOT}/tests/package/subdirectory" "${WORK}" "-DLBSIM_SOURCE_DIR=${ROOT}" "-DCMAKE_CXX_FLAGS=-O0")
check_example("${WORK}/decide" static "")
