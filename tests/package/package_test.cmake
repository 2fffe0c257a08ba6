# Installs lbsim into an empty prefix, then builds and runs a small project that knows only find_package(lbsim).
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL 0)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "failed (${code}): ${command}\n${out}\n${err}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK}")
set(prefix "${WORK}/prefix")
run(${CMAKE_COMMAND} --install "${LBSIM_BUILD_DIR}" --prefix "${prefix}")

# Core and policy are the product; the rest of the house stays at home.
file(GLOB rooms RELATIVE "${prefix}/include/lbsim" "${prefix}/include/lbsim/*")
if(NOT rooms STREQUAL "core;policy")
  message(FATAL_ERROR "installed headers are of: ${rooms}")
endif()
file(GLOB_RECURSE targets "${prefix}/*/lbsimTargets*.cmake")
foreach(file IN LISTS targets)
  file(READ "${file}" text)
  string(REGEX MATCHALL "lbsim::[a-z_]+" names "${text}")
  list(REMOVE_DUPLICATES names)
  list(REMOVE_ITEM names lbsim::core lbsim::policy)
  if(names OR text MATCHES "-W[a-z]|fsanitize|Random123|simgrid")
    message(FATAL_ERROR "${file} leaks: ${names} ${CMAKE_MATCH_0}")
  endif()
endforeach()

# A prefix that has moved must still work.
file(RENAME "${prefix}" "${WORK}/moved")
set(prefix "${WORK}/moved")

run(${CMAKE_COMMAND} -S "${STRANGER}" -B "${WORK}/build" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
  "-DCMAKE_PREFIX_PATH=${prefix}" "-DWANTED_VERSION=${LBSIM_VERSION}")
run(${CMAKE_COMMAND} --build "${WORK}/build")
run("${WORK}/build/stranger")
if(NOT output STREQUAL "1.30.14 eligible: yes, being deleted by the autoscaler: no\n")
  message(FATAL_ERROR "the stranger said: ${output}")
endif()

if(HAS_PROGRAM)
  run("${prefix}/bin/lbsim" --version)
  if(NOT output MATCHES "${LBSIM_VERSION}")
    message(FATAL_ERROR "lbsim --version said: ${output}")
  endif()
endif()
