#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Build for arm64, and run the tests under QEMU's user mode, which runs an arm64 process but has no
# seccomp filters.
#
#     tools/check-arm64.sh            all of them
#     tools/check-arm64.sh --quick    the unit tests and the corpora of the fuzzer
set -eu
cd "$(dirname "$0")/.."

. tools/select-tests.sh

sh tools/packages.sh arm64-test
sh tools/build.sh arm64-test
HOTREMOVE_TEST_ROUNDS=${HOTREMOVE_TEST_ROUNDS:-20} \
HOTREMOVE_TEST_ONE_OF=${HOTREMOVE_TEST_ONE_OF:-20} \
	ctest --test-dir build-arm64-test -j "$(nproc)" --output-on-failure -R "$tests"

# The tests above make the program believe that it has filters. Without that it must say that it has
# none.
emulated=build-arm64-test/emulated
printf '#!/bin/sh\nexec qemu-aarch64-static "%s" "$@"\n' \
	"$PWD/build-arm64-test/hotremove-check" >$emulated
chmod +x $emulated
weaker='this kernel has no seccomp filters, which makes the sandbox weaker'
# Debian's packages are for Debian's python3.
/usr/bin/python3 -m pytest -q tests/golden/test_answers.py --program=$emulated \
	--fixture=7.2-bbml2 --warning="$weaker"
