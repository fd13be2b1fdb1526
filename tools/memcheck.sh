#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All tests of tools/test.sh once more, under valgrind: reads of what was never written. It takes a
# second of CPU for each start of the program, so that one random case of fifteen has to do.
set -eu
cd "$(dirname "$0")/.."

sh tools/packages.sh test
sh tools/build.sh memcheck
HOTREMOVE_TEST_ROUNDS=${HOTREMOVE_TEST_ROUNDS:-5} \
HOTREMOVE_TEST_ONE_OF=${HOTREMOVE_TEST_ONE_OF:-15} \
	ctest --test-dir build-memcheck -j "$(nproc)" --output-on-failure
