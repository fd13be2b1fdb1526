#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Build hotremove-check and ask it about a real kernel's core: Debian's 7.2 with a 2 GiB DIMM at
# 0x88000000 that the kernel maps with blocks of all sizes.
set -eu
cd "$(dirname "$0")/.."

sh tools/packages.sh build
cmake --preset default >/dev/null
cmake --build build -j "$(nproc)" >build/build.log || {
	cat build/build.log
	exit 1
}
core=build/7.2-bbml2.elf
xz -dc tests/fixtures/7.2-bbml2.elf.xz >"$core"
# Part of the DIMM can be removed; all of it this kernel refuses to. That is what status 1 says.
status=0
./build/hotremove-check --vmcore="$core" --range 0x88000000-0xbfffffff --range 0x88000000+2G ||
	status=$?
[ "$status" -eq 1 ]
