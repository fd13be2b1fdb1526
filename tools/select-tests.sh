# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by check-clang.sh, check-arm64.sh and memcheck.sh: sets $tests to the pattern of the tests
# to run, from the script's arguments, which are none for all tests, or
#
#     --quick    the unit tests and the corpora of the fuzzer
case ${1:-} in
--quick) tests='^(unit|corpus)-' ;;
'') tests=. ;;
*)
	echo "usage: $0 [--quick]" >&2
	exit 64
	;;
esac
