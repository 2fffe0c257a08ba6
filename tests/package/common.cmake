# What the package tests share: run(COMMAND…), the example's expected output, and how a stranger builds it.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL 0)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "failed (${code}): ${command}\n${out}\n${err}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

# 1.26 counts readiness, so the silent node is out and a flap is an update; 1.30 does not (KEP-3458), and its kube-proxy
# fails /healthz on the autoscaler's taint (KEP-3836).
set(expected_output "1.26.15
  in the load balancer: node-0
  /healthz: node-0 200 node-1 200 node-2 200
  node-1 losing Ready updates the load balancers: yes
1.30.14
  in the load balancer: node-0 node-1
  /healthz: node-0 200 node-1 200 node-2 503
  node-1 losing Ready updates the load balancers: no
")

# Runs a built example, and says whether it needs liblbsim.so at run time: check_example(PROGRAM static|shared SONAME)
function(check_example program linkage soname)
  run("${program}")
  if(NOT output STREQUAL expected_output)
    message(FATAL_ERROR "${program} said:\n${output}\nexpected:\n${expected_output}")
  endif()
  run(readelf -d "${program}")
  if(linkage STREQUAL "shared" AND NOT output MATCHES "NEEDED[^\n]*\\[${soname}\\]")
    message(FATAL_ERROR "${program} does not need ${soname}:\n${output}")
  elseif(linkage STREQUAL "static" AND output MATCHES "liblbsim")
    message(FATAL_ERROR "${program} needs a shared liblbsim:\n${output}")
  endif()
endfunction()

# Configures and builds PROJECT in FOLDER as a stranger would: build_project(PROJECT FOLDER [argument of cmake]...)
function(build_project project folder)
  run(${CMAKE_COMMAND} -S "${project}" -B "${folder}" -G "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}" ${ARGN})
  run(${CMAKE_COMMAND} --build "${folder}")
endfunction()

# The plain way: pkg-config and the compiler. build_plain(PREFIX PROGRAM)
function(build_plain prefix program)
  file(GLOB_RECURSE pc "${prefix}/lbsim.pc")
  get_filename_component(pc_folder "${pc}" DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} "${pc_folder}")
  run(pkg-config --modversion lbsim)
  string(STRIP "${output}" version)
  if(NOT version STREQUAL LBSIM_VERSION)
    message(FATAL_ERROR "lbsim.pc is of version ${version}")
  endif()
  run(pkg-config --cflags --libs lbsim)
  separate_arguments(flags UNIX_COMMAND "${output}")
  run("${COMPILER}" -std=c++20 "${ROOT}/examples/decide/main.cpp" -o "${program}" ${flags} "-Wl,-rpath,${pc_folder}/..")
endfunction()
