# Writes the commit of SOURCE into the header OUT, which changes only when the commit does. Empty outside a repository.
cmake_minimum_required(VERSION 3.25)
execute_process(
  COMMAND git --no-optional-locks -C ${SOURCE} describe --always --abbrev=40 --exclude=* --dirty=-dirty
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(commit "")
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#pragma once\n#define LBSIM_COMMIT \"@commit@\"\n" @ONLY)
