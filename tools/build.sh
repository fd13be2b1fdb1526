#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Configure and build the preset $1, in build-$1. Show the output of the build only if it fails.
set -eu
cd "$(dirname "$0")/.."

cmake --preset "$1" >/dev/null
cmake --build "build-$1" -j "$(nproc)" >"build-$1/build.log" 2>&1 || {
	cat "build-$1/build.log"
	exit 1
}
