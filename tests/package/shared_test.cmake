# Builds lbsim in somebody else's tree as a shared library, looks at what it exports, installs it, and uses it beside a
# static one in one prefix. One build for both ways in, because the library is what takes the time.
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
file(REMOVE_RECURSE "${WORK}/prefix" "${WORK}/decide-shared" "${WORK}/decide-static")
set(prefix "${WORK}/prefix")
string(REGEX MATCH "^0\\.[0-9]+|^[0-9]+" soversion "${LBSIM_VERSION}")
set(soname "liblbsim.so.${soversion}")
build_project("${ROOT}/tests/package/subdirectory" "${WORK}/build" "-DLBSIM_SOURCE_DIR=${ROOT}" -DBUILD_SHARED_LIBS=ON
  -DLBSIM_INSTALL=ON -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE=-O1)
check_example("${WORK}/build/decide" shared "${soname}")
run(${CMAKE_COMMAND} --install "${WORK}/build" --prefix "${prefix}")
run(${CMAKE_COMMAND} --install "${LBSIM_BUILD_DIR}" --prefix "${prefix}" --component lbsim_development)

file(GLOB_RECURSE library "${prefix}/liblbsim.so.${LBSIM_VERSION}")
if(NOT library)
  message(FATAL_ERROR "liblbsim.so.${LBSIM_VERSION} is not installed")
endif()
run(readelf -d "${library}")
if(NOT output MATCHES "SONAME[^\n]*\\[${soname}\\]")
  message(FATAL_ERROR "the soname is not ${soname}:\n${output}")
endif()
file(GLOB_RECURSE archive "${prefix}/liblbsim.a")
run("${PYTHON}" -B "${CMAKE_CURRENT_LIST_DIR}/exports.py" --shared "${library}" --static "${archive}"
  --headers "${prefix}/include/lbsim")

# Both kinds stand in this prefix; BUILD_SHARED_LIBS of the stranger chooses.
build_project("${ROOT}/examples/decide" "${WORK}/decide-shared" "-DCMAKE_PREFIX_PATH=${prefix}" -DBUILD_SHARED_LIBS=ON)
check_example("${WORK}/decide-shared/decide" shared "${soname}")
build_project("${ROOT}/examples/decide" "${WORK}/decide-static" "-DCMAKE_PREFIX_PATH=${prefix}")
check_example("${WORK}/decide-static/decide" static "")
build_plain("${prefix}" "${WORK}/plain")
check_example("${WORK}/plain" shared "${soname}")
