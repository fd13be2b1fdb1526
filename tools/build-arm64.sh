#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Build hotremove-check for arm64 on another machine, as build-arm64/hotremove-check.
set -eu
cd "$(dirname "$0")/.."

sh tools/packages.sh arm64
sh tools/build.sh arm64
