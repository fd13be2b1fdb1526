#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compare the ABI of build-strict/libhotremove.so with the description that is committed.
#
#     tools/check-abi.sh              fail if they differ, and say how
#     tools/check-abi.sh --update     describe it anew
set -eu
cd "$(dirname "$0")/.."

library=build-strict/libhotremove.so
described=abi/libhotremove.abi

case ${1:-} in
--update)
	abidw --suppressions abi/opaque.abignore --no-corpus-path --no-comp-dir-path \
		--no-show-locs --no-elf-needed --exported-interfaces-only \
		--out-file "$described" "$library"
	# Where it was built says nothing about it.
	sed -i "s|path='$PWD/|path='|" "$described"
	;;
'')
	abidiff --suppressions abi/opaque.abignore "$described" "$library" || {
		echo "$0: the ABI has changed; if that is meant, use --update and tell NEWS.md" >&2
		exit 1
	}
	;;
*)
	echo "usage: $0 [--update]" >&2
	exit 64
	;;
esac
