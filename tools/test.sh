#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Run all tests that need no virtual machine: style, static analysis, unit, property, golden and
# command line tests, plain and under the sanitizers.
set -eu
cd "$(dirname "$0")/.."

sh tools/packages.sh test
jobs=$(nproc)

echo '== style'
git ls-files '*.[ch]' | xargs clang-format --dry-run -Werror
mandoc -T lint -W warning man/hotremove-check.1
sh tools/check-headers.sh
python3 tools/check_includes.py
python3 tools/check_options.py
python3 tools/check_lines.py
shellcheck contrib/kdump/kdump-save-tables.in

echo '== build, warnings are errors'
sh tools/build.sh strict

echo '== static analysis'
git ls-files 'src/*.c' | xargs -P "$jobs" -n 4 clang-tidy -p build-strict --quiet 2>/dev/null
cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,style,performance,portability \
	-D_GNU_SOURCE -DHR_VERSION='"0"' -Isrc -Iinclude --suppressions-list=tools/cppcheck.txt \
	-j "$jobs" src

echo '== tests'
ctest --test-dir build-strict -j "$jobs" --output-on-failure

echo '== tests under AddressSanitizer and UndefinedBehaviorSanitizer'
sh tools/build.sh sanitize
# They take three times as long, so only some of the random cases and damaged dumps run again.
HOTREMOVE_TEST_ROUNDS=${HOTREMOVE_TEST_ROUNDS:-200} \
HOTREMOVE_TEST_ONE_OF=${HOTREMOVE_TEST_ONE_OF:-4} \
	ctest --test-dir build-sanitize -j "$jobs" --output-on-failure
