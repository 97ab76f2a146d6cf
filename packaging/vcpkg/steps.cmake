# SPDX-License-Identifier: MIT
# cmake -DWORK=DIR -DPORT_DIR=DIR -P steps.cmake: runs a portfile without vcpkg, each of
# vcpkg's functions done as its page describes it, release build only. WORK/packages
# then is what vcpkg would install.
cmake_minimum_required(VERSION 3.21)
set(PORT libkam)
set(CURRENT_PORT_DIR "${PORT_DIR}")
set(CURRENT_PACKAGES_DIR "${WORK}/packages")

function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_FILE "${WORK}/log" ERROR_FILE "${WORK}/log" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(vcpkg_configure_meson)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
  run(meson setup "${WORK}/build" "${arg_SOURCE_PATH}" --buildtype=release -Ddefault_library=static
    "--prefix=${CURRENT_PACKAGES_DIR}" --libdir=lib ${arg_OPTIONS})
endfunction()

function(vcpkg_install_meson)
  run(meson install -C "${WORK}/build")
endfunction()

function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "PACKAGE_NAME;CONFIG_PATH" "")
  file(MAKE_DIRECTORY "${CURRENT_PACKAGES_DIR}/share")
  file(RENAME "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}" "${CURRENT_PACKAGES_DIR}/share/${arg_PACKAGE_NAME}")
  file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/lib/cmake")
endfunction()

function(vcpkg_fixup_pkgconfig)
  if(NOT EXISTS "${CURRENT_PACKAGES_DIR}/lib/pkgconfig/libkam.pc")
    message(FATAL_ERROR "no libkam.pc")
  endif()
endfunction()

function(vcpkg_copy_pdbs)
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
  file(COPY ${arg_FILE_LIST} DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
endfunction()

file(MAKE_DIRECTORY "${WORK}")
include("${PORT_DIR}/portfile.cmake")
