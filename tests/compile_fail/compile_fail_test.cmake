# The control must compile, the mistake must not, and the compiler must say why.
# Plain quotes in messages, so that one character of the pattern is one byte.
set(ENV{LC_ALL} C)
set(compile "${COMPILER}" -std=c++20 -fsyntax-only -I "${INCLUDE}")

execute_process(COMMAND ${compile} "${SOURCE}" RESULT_VARIABLE code ERROR_VARIABLE err)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "the control does not compile, so the test shows nothing:\n${err}")
endif()

execute_process(COMMAND ${compile} -DLBSIM_MISTAKE "${SOURCE}" RESULT_VARIABLE code ERROR_VARIABLE err)
if(code EQUAL 0)
  message(FATAL_ERROR "the mistake compiles")
endif()
if(NOT err MATCHES "error: [^\n]*(${EXPECT})")
  message(FATAL_ERROR "the mistake is refused, but not for the reason '${EXPECT}':\n${err}")
endif()
