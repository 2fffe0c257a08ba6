# What a stranger gets: the core and policy libraries with find_package(lbsim), and the executables.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(lbsim_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/lbsim")
foreach(room core policy)
  if(TARGET lbsim_${room})
    install(TARGETS lbsim_${room} EXPORT lbsimTargets ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/lbsim/${room}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/lbsim"
      FILES_MATCHING PATTERN "*.hpp")
  endif()
endforeach()
install(EXPORT lbsimTargets NAMESPACE lbsim:: DESTINATION "${lbsim_package_dir}")

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/lbsimConfig.cmake.in" "${PROJECT_BINARY_DIR}/lbsimConfig.cmake"
  INSTALL_DESTINATION "${lbsim_package_dir}")
# Before 1.0 a minor release may change an interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/lbsimConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/lbsimConfig.cmake" "${PROJECT_BINARY_DIR}/lbsimConfigVersion.cmake"
  DESTINATION "${lbsim_package_dir}")

if(TARGET lbsim)
  install(TARGETS lbsim RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
if(TARGET lbsim_run_exe)
  # Not for a person to call: `lbsim run` becomes it.
  install(TARGETS lbsim_run_exe RUNTIME DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/lbsim")
endif()
