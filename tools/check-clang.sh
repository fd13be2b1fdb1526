#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Build with clang, which has other warnings than gcc, and run the tests.
#
#     tools/check-clang.sh            all of them
#     tools/check-clang.sh --quick    the unit tests and the corpora of the fuzzer
set -eu
cd "$(dirname "$0")/.."

. tools/select-tests.sh

sh tools/packages.sh clang
sh tools/build.sh clang
ctest --test-dir build-clang -j "$(nproc)" --output-on-failure -R "$tests"
