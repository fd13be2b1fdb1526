#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Check that the README's commands work on fresh machines. Each runs in a chroot of its own; see
# tools/chroot.sh.
#
#     tools/check-fresh.sh            all of them, on Debian 12 and 13: an hour or two
#     tools/check-fresh.sh --quick    all except the tests, on Debian 12
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

# A user who may not install packages can also build, if all of them are there.
first='sh tools/demo.sh
cmake --install build >/dev/null
hotremove-check --version
setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/ sh tools/packages.sh build'

for suite in $suites; do
	sh tools/chroot.sh "$suite" sh -euc "$first"
	sh tools/chroot.sh "$suite" sh tools/check-arm64.sh
	[ "${1:-}" = --quick ] || sh tools/chroot.sh "$suite" sh tools/test.sh
done
