#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How much of the code the tests reach, into docs/coverage.md; status 1 if a file of the core is
# below the bounds. With --missing, what they do not reach is printed too.
set -eu
cd "$(dirname "$0")/.."

sh tools/packages.sh fuzz
sh tools/build.sh coverage

# Counters live in files that all processes of a program map (%c), as the sandbox lets none of them
# write a file at its end. The same random numbers each time make the same figures.
export HOTREMOVE_TEST_ROUNDS="${HOTREMOVE_TEST_ROUNDS:-10}" HOTREMOVE_TEST_SEED="${HOTREMOVE_TEST_SEED:-1}"
profiles=build-coverage/profiles
rm -rf "$profiles"
mkdir -p "$profiles/core" "$profiles/program"
run() {
	ctest --test-dir build-coverage -j "$(nproc)" --output-on-failure -R "$1" >build-coverage/test.log
}
LLVM_PROFILE_FILE=$PWD/$profiles/core/%m%c.profraw
export LLVM_PROFILE_FILE
run '^(unit|corpus)-' || {
	cat build-coverage/test.log
	exit 1
}
# The tests of the command line have an environment of their own: the program was built with a name.
# Those that measure time may fail, as threads wait for each other's counters.
unset LLVM_PROFILE_FILE
run '^cli-' || grep 'Failed' build-coverage/test.log >&2
exec python3 tests/tools/coverage.py build-coverage "$profiles" "$@"
