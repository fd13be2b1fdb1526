#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Run the tests of tools/test.sh under valgrind, which finds reads of memory that was never written.
# Each start of the program takes a second of CPU, so only one of fifteen random cases, failing
# reads and damaged dumps runs.
#
#     tools/memcheck.sh            all of them
#     tools/memcheck.sh --quick    the unit tests and the corpora of the fuzzer
set -eu
cd "$(dirname "$0")/.."

. tools/select-tests.sh

sh tools/packages.sh test
sh tools/build.sh memcheck
HOTREMOVE_TEST_ROUNDS=${HOTREMOVE_TEST_ROUNDS:-5} \
HOTREMOVE_TEST_ONE_OF=${HOTREMOVE_TEST_ONE_OF:-15} \
	ctest --test-dir build-memcheck -j "$(nproc)" --output-on-failure -R "$tests"
