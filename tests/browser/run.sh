#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Look at pages of --html in headless Chromium: run.sh [PROGRAM [FOLDER]]. Screenshots go to FOLDER.
# It needs the packages of tools/packages.sh browser, and downloads axe-core and puppeteer-core.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=${here%/tests/browser}
program=${1:-$top/build-strict/hotremove-check}
folder=${2:-$top/build-browser}

sh "$top/tools/packages.sh" browser
mkdir -p "$folder"
cp "$here/package.json" "$here/package-lock.json" "$here/check.js" "$folder"
(cd "$folder" && npm ci --silent --ignore-scripts --no-audit --no-fund)

# A page of the program from a dump of tests/fixtures.
page() {
	name=$1 fixture=$2
	shift 2
	[ -e "$folder/$fixture.elf" ] ||
		xz -dc "$top/tests/fixtures/$fixture.elf.xz" >"$folder/$fixture.elf"
	"$program" --vmcore="$folder/$fixture.elf" --html "$@" >"$folder/$name.html" || [ $? -le 2 ]
}

page all 7.2-bbml2 --blocks --map --suggest=256M memory24 memory18-memory23
page predicted 7.2-bbml2 --blocks --map --if-added=0x108000000+256M --if-kernel=7.1.0 memory33
page groups 6.12-16k-blocks --blocks --map 0xc0000000+512M
page pages 7.2-pages
page ranges 7.2-pages memory8 memory9-memory10 --assume=teardown=per-leaf
cd "$folder"
exec node check.js all predicted groups pages ranges
