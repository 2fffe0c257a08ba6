# lbsim_add_layer(NAME SOURCES … LINK …): one room of the house as a static library lbsim_NAME with alias lbsim::NAME.
# Nothing is set globally; warnings are private to our own targets and never exported.

add_library(lbsim_warnings INTERFACE)
target_compile_options(lbsim_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-align -Woverloaded-virtual -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wuseless-cast>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # false alarms about std::string in GCC 12, bug 105651
  $<$<BOOL:${LBSIM_WARNINGS_AS_ERRORS}>:-Werror>)

option(LBSIM_SANITIZE "Build with the address and undefined-behaviour sanitizers" OFF)
option(LBSIM_FUZZ "Build the libFuzzer targets, with the sanitizers; needs clang" OFF)
add_library(lbsim_sanitizers INTERFACE)
if(LBSIM_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "LBSIM_FUZZ needs clang++, this is ${CMAKE_CXX_COMPILER_ID}")
  endif()
  # The executables that link libFuzzer's main say so themselves.
  target_compile_options(lbsim_sanitizers INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
elseif(LBSIM_SANITIZE)
  target_compile_options(lbsim_sanitizers INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(lbsim_sanitizers INTERFACE -fsanitize=address,undefined)
endif()

function(lbsim_configure_target target visibility)
  target_compile_features(${target} ${visibility} cxx_std_20)
  # Results must not depend on whether the compiler fuses a * b + c; PUBLIC, because headers hold such code too.
  target_compile_options(${target} ${visibility} -ffp-contract=off)
  target_link_libraries(${target} ${visibility} $<BUILD_INTERFACE:lbsim_sanitizers>)
endfunction()

function(lbsim_add_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;LINK_PRIVATE" ${ARGN})
  add_library(lbsim_${name} STATIC ${arg_SOURCES})
  add_library(lbsim::${name} ALIAS lbsim_${name})
  lbsim_configure_target(lbsim_${name} PUBLIC)
  set_target_properties(lbsim_${name} PROPERTIES CXX_EXTENSIONS OFF EXCLUDE_FROM_ALL $<NOT:$<BOOL:${LBSIM_BUILD_SIMULATOR}>>)
  target_include_directories(lbsim_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>
    PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(lbsim_${name} PUBLIC ${arg_LINK} PRIVATE ${arg_LINK_PRIVATE} $<BUILD_INTERFACE:lbsim_warnings>)
endfunction()
