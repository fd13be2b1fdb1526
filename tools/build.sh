#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Configure and build the preset $1, in build-$1 or, for "default", in build. Show the output of the
# build only if it fails.
set -eu
cd "$(dirname "$0")/.."

folder=build-$1
[ "$1" != default ] || folder=build
cmake --preset "$1" >/dev/null
cmake --build "$folder" -j "$(nproc)" >"$folder/build.log" 2>&1 || {
	cat "$folder/build.log"
	exit 1
}
