#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Check that the README's commands and all tests work on fresh machines. They run in new chroots;
# see tools/chroot.sh.
#
#     tools/check-fresh.sh            on Debian 12 and 13: the demo, and all tests built with gcc,
#                                     with clang, and for arm64; takes hours
#     tools/check-fresh.sh --quick    on Debian 12: the demo, the cross build for arm64, and its
#                                     unit tests
set -eu
cd "$(dirname "$0")/.."

case ${1:-} in
--quick) suites=bookworm ;;
'') suites='bookworm trixie' ;;
*)
	echo "usage: $0 [--quick]" >&2
	exit 64
	;;
esac

# A user who may not install packages can still build, if all of them are installed.
first='sh tools/demo.sh
cmake --install build >/dev/null
hotremove-check --version
setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/ sh tools/packages.sh build'

for suite in $suites; do
	sh tools/chroot.sh "$suite" sh -euc "$first"
	sh tools/chroot.sh "$suite" sh -euc "sh tools/build-arm64.sh; sh tools/check-arm64.sh ${1:-}"
	[ "${1:-}" = --quick ] ||
		sh tools/chroot.sh "$suite" sh -euc 'sh tools/test.sh; sh tools/check-clang.sh'
done
