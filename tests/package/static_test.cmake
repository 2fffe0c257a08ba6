# Installs the build's static library and programs into an empty prefix, then uses it as a stranger would.
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
file(REMOVE_RECURSE "${WORK}")
set(prefix "${WORK}/prefix")
run(${CMAKE_COMMAND} --install "${LBSIM_BUILD_DIR}" --prefix "${prefix}")

# Core and policy are the product; the rest of the house stays at home.
file(GLOB rooms RELATIVE "${prefix}/include/lbsim" "${prefix}/include/lbsim/*")
if(NOT rooms STREQUAL "core;policy")
  message(FATAL_ERROR "installed headers are of: ${rooms}")
endif()
file(GLOB_RECURSE targets "${prefix}/*/lbsim-static-targets*.cmake")
if(NOT targets)
  message(FATAL_ERROR "no targets file is installed")
endif()
foreach(file IN LISTS targets)
  file(READ "${file}" text)
  string(REGEX MATCHALL "lbsim::[a-z_]+" names "${text}")
  list(REMOVE_DUPLICATES names)
  list(REMOVE_ITEM names lbsim::lbsim)
  if(names OR text MATCHES "-W[a-z]|fsanitize|Random123|simgrid")
    message(FATAL_ERROR "${file} leaks: ${names} ${CMAKE_MATCH_0}")
  endif()
endforeach()

# A prefix that has moved must still work.
file(RENAME "${prefix}" "${WORK}/moved")
set(prefix "${WORK}/moved")

build_project("${ROOT}/examples/decide" "${WORK}/decide" "-DCMAKE_PREFIX_PATH=${prefix}")
check_example("${WORK}/decide/decide" static "")
build_plain("${prefix}" "${WORK}/plain")
check_example("${WORK}/plain" static "")

# The version file and the components refuse what is not there, and say so.
function(refuses what regex)
  file(WRITE "${WORK}/refused/CMakeLists.txt"
    "cmake_minimum_required(VERSION 3.25)\nproject(refused LANGUAGES NONE)\nfind_package(lbsim ${what} REQUIRED)\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -S "${WORK}/refused" -B "${WORK}/refused/build" "-DCMAKE_PREFIX_PATH=${prefix}"
    RESULT_VARIABLE code OUTPUT_QUIET ERROR_VARIABLE err)
  string(REGEX REPLACE "[ \n]+" " " err "${err}")
  if(code EQUAL 0 OR NOT err MATCHES "${regex}")
    message(FATAL_ERROR "find_package(lbsim ${what}) ended with ${code}:\n${err}")
  endif()
  file(REMOVE_RECURSE "${WORK}/refused")
endfunction()
refuses("0.2" "compatible with requested version \"0.2\"")
refuses("COMPONENTS engine" "no component engine")
refuses("COMPONENTS shared" "no library of this kind is installed: shared")

if(HAS_PROGRAM)
  run("${prefix}/bin/lbsim" --version)
  if(NOT output MATCHES "${LBSIM_VERSION}")
    message(FATAL_ERROR "lbsim --version said: ${output}")
  endif()
endif()
