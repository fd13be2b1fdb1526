#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Write to docs/coverage.md how much of the code the tests reach; status 1 if a file of the core is
# below the bounds. With --missing, also print what they do not reach.
set -eu
cd "$(dirname "$0")/.."

sh tools/packages.sh fuzz
sh tools/build.sh coverage

# Counters are in files that all processes of a program map (%c), as the sandbox lets none of them
# write a file at its end. The same random numbers each time give the same figures.
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
# The command line tests have an environment of their own, so the name of the file is built into the
# program. Tests that measure time may fail, as threads wait for each other's counters.
unset LLVM_PROFILE_FILE
run '^cli-' || grep 'Failed' build-coverage/test.log >&2
exec python3 tests/tools/coverage.py build-coverage "$profiles" "$@"
