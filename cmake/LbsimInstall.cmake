# What a stranger gets: liblbsim with find_package(lbsim) and lbsim.pc, and the executables.
# Components: lbsim_library (what a program needs to run), lbsim_development, lbsim_program.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(lbsim_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/lbsim")
# Static and shared may stand in one prefix, so each has its own targets file; lbsimConfig.cmake chooses.
set(lbsim_linkage static)
if(BUILD_SHARED_LIBS)
  set(lbsim_linkage shared)
endif()
install(TARGETS lbsim_library EXPORT lbsim-${lbsim_linkage}-targets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT lbsim_development
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT lbsim_library NAMELINK_COMPONENT lbsim_development)
install(EXPORT lbsim-${lbsim_linkage}-targets NAMESPACE lbsim:: DESTINATION "${lbsim_package_dir}"
  COMPONENT lbsim_development)
foreach(room core policy)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/lbsim/${room}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/lbsim"
    COMPONENT lbsim_development FILES_MATCHING PATTERN "*.hpp")
endforeach()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/lbsimConfig.cmake.in" "${PROJECT_BINARY_DIR}/lbsimConfig.cmake"
  INSTALL_DESTINATION "${lbsim_package_dir}")
# Before 1.0 a minor release may change an interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/lbsimConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/lbsimConfig.cmake" "${PROJECT_BINARY_DIR}/lbsimConfigVersion.cmake"
  DESTINATION "${lbsim_package_dir}" COMPONENT lbsim_development)

# The prefix is found from where the file lies, so an installed tree may move.
file(RELATIVE_PATH lbsim_pc_prefix "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
string(REGEX REPLACE "/$" "" lbsim_pc_prefix "${lbsim_pc_prefix}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/lbsim.pc.in" "${PROJECT_BINARY_DIR}/lbsim.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/lbsim.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
  COMPONENT lbsim_development)

if(TARGET lbsim)
  install(TARGETS lbsim RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT lbsim_program)
endif()
if(TARGET lbsim_run_exe)
  # Not for a person to call: `lbsim run` becomes it.
  install(TARGETS lbsim_run_exe RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/lbsim" COMPONENT lbsim_program)
endif()
