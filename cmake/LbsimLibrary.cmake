# liblbsim, the library for other programs: core and policy in one, static or (BUILD_SHARED_LIBS) shared.
# One object, because nobody can use policy without core, and one soname is one promise to keep. The simulator itself
# always links its static rooms.
option(BUILD_SHARED_LIBS "liblbsim is a shared library" OFF)

if(BUILD_SHARED_LIBS)
  add_library(lbsim_library SHARED)
  foreach(room core policy)
    get_target_property(sources lbsim_${room} SOURCES)
    get_target_property(folder lbsim_${room} SOURCE_DIR)
    list(TRANSFORM sources PREPEND "${folder}/")
    target_sources(lbsim_library PRIVATE ${sources})
  endforeach()
  target_link_libraries(lbsim_library PRIVATE $<BUILD_INTERFACE:lbsim_warnings>)
  target_include_directories(lbsim_library PRIVATE "${PROJECT_SOURCE_DIR}")
  # What a public header declares is exported (it says so itself, by a pragma); all else stays inside, and so may be
  # inlined. The version script takes away what the standard library's templates would add.
  set_target_properties(lbsim_library PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_compile_options(lbsim_library PRIVATE -fno-semantic-interposition)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    set(lbsim_map "${CMAKE_CURRENT_LIST_DIR}/liblbsim.map")
    target_link_options(lbsim_library PRIVATE "LINKER:--version-script=${lbsim_map}")
    if(NOT LBSIM_SANITIZE)
      target_link_options(lbsim_library PRIVATE "LINKER:--no-undefined")
    endif()
    set_target_properties(lbsim_library PROPERTIES LINK_DEPENDS "${lbsim_map}")
  endif()
else()
  add_library(lbsim_library STATIC $<TARGET_OBJECTS:lbsim_core> $<TARGET_OBJECTS:lbsim_policy>)
endif()
add_library(lbsim::lbsim ALIAS lbsim_library)

lbsim_configure_target(lbsim_library PUBLIC)
target_include_directories(lbsim_library
  PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
# The soname is the promise of binary compatibility. Before 1.0 a minor release may change an interface, so it is part
# of the soname: liblbsim.so.0.1; from 1.0 on the major number alone.
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(lbsim_soversion "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
else()
  set(lbsim_soversion "${PROJECT_VERSION_MAJOR}")
endif()
set_target_properties(lbsim_library PROPERTIES
  OUTPUT_NAME lbsim EXPORT_NAME lbsim LINKER_LANGUAGE CXX CXX_EXTENSIONS OFF
  VERSION "${PROJECT_VERSION}" SOVERSION "${lbsim_soversion}")
