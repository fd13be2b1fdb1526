#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Install what a Debian 12 machine needs for one of: build, test, bench, guard, fuzz.  Does nothing where all is there.
set -eu

build='cmake gcc libc6-dev libelf-dev libjson-c-dev libkdumpfile-dev libseccomp-dev libsmartcols-dev
       make pkg-config xz-utils'
test='clang-format clang-tidy cppcheck libcmocka-dev liblzo2-dev libsnappy-dev libzstd-dev mandoc
      python3 valgrind zlib1g-dev'
guard='liblzo2-dev libsnappy-dev libzstd-dev python3 strace util-linux valgrind zlib1g-dev'
bench="$guard python3-drgn"
fuzz='clang-14 libclang-rt-14-dev llvm-14 python3'

case ${1:-} in
build) wanted=$build ;;
test) wanted="$build $test" ;;
bench) wanted="$build $bench" ;;
guard) wanted="$build $guard" ;;
fuzz) wanted="$build $test $fuzz" ;;
*) echo "usage: $0 build|test|bench|guard|fuzz" >&2; exit 64 ;;
esac

missing=
for package in $wanted; do
	dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
		missing="$missing $package"
done
[ -z "$missing" ] && exit 0
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
# shellcheck disable=SC2086 # a list of words
apt-get -qq install -y --no-install-recommends $missing >/dev/null
