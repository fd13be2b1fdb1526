# SPDX-License-Identifier: GPL-2.0-or-later
#
# Cross build for arm64 with Debian's gcc-aarch64-linux-gnu.
#
# The arm64 libraries are either the host's own multiarch ones (dpkg --add-architecture arm64,
# libelf-dev:arm64 and so on), or those in a folder where arm64 packages were unpacked with
# `dpkg -x`: -DHOTREMOVE_SYSROOT=DIR.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

set(HOTREMOVE_SYSROOT "" CACHE PATH "Folder of unpacked arm64 packages; empty: the host's own")
# Nested configurations (try_compile) read this file again and need the same answer.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES HOTREMOVE_SYSROOT)

set(pc_dirs /usr/lib/aarch64-linux-gnu/pkgconfig /usr/share/pkgconfig)
if(HOTREMOVE_SYSROOT)
  set(CMAKE_SYSROOT "${HOTREMOVE_SYSROOT}")
  list(TRANSFORM pc_dirs PREPEND "${CMAKE_SYSROOT}")
  set(ENV{PKG_CONFIG_SYSROOT_DIR} "${CMAKE_SYSROOT}")
  set(CMAKE_FIND_ROOT_PATH "${CMAKE_SYSROOT}")
  set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
  set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
  set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
endif()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

# Runs the tests. CMake would start Python by its own CMAKE_CROSSCOMPILING_EMULATOR, too.
set(HOTREMOVE_EMULATOR qemu-aarch64-static)
if(HOTREMOVE_SYSROOT)
  list(APPEND HOTREMOVE_EMULATOR -L "${HOTREMOVE_SYSROOT}")
endif()

# pkg-config must see the target's .pc files and nothing of the build machine's.
list(JOIN pc_dirs ":" pc_path)
set(ENV{PKG_CONFIG_LIBDIR} "${pc_path}")
set(ENV{PKG_CONFIG_PATH} "")
