#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Build hotremove-check and ask it about the core of a real kernel: Debian's 7.2 with a 2 GiB DIMM
# at 0x88000000, which the kernel maps with leaves of all sizes.
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
# Part of the DIMM can be removed, but this kernel refuses to remove all of it: status 1.
status=0
./build/hotremove-check --vmcore="$core" --range 0x88000000-0xbfffffff --range 0x88000000+2G ||
	status=$?
[ "$status" -eq 1 ]
