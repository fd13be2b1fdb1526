#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All tests of tools/test.sh once more, under valgrind: reads of what was never written.
set -eu
cd "$(dirname "$0")/.."

sh tools/packages.sh test
cmake --preset memcheck >/dev/null
cmake --build build-memcheck -j "$(nproc)" >build-memcheck/build.log 2>&1 || {
	cat build-memcheck/build.log
	exit 1
}
HOTREMOVE_TEST_ROUNDS=${HOTREMOVE_TEST_ROUNDS:-5} \
	ctest --test-dir build-memcheck -j "$(nproc)" --timeout 1500 --output-on-failure
