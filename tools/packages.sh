#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Install the packages that this machine (Debian 12 or 13) lacks for one of the uses below. Do
# nothing if none is missing. Without root, say what to install.
set -eu

tools='cmake make pkg-config'
libraries='libbpf-dev libbz2-dev libelf-dev libjson-c-dev libkdumpfile-dev liblzma-dev
	libseccomp-dev libsmartcols-dev libsnappy-dev libzstd-dev zlib1g-dev'
# These make dumps of every kind, for tests and measurements.
compression='libarchive-dev liblzo2-dev'
dumps="$compression python3"
pytest='python3 python3-drgn python3-hypothesis python3-jsonschema python3-pytest'

build="$tools gcc libc6-dev $libraries xz-utils"
test="$build $dumps $pytest clang-format clang-tidy cppcheck g++ git libcmocka-dev mandoc shellcheck
	valgrind"
guard="$build $dumps strace util-linux valgrind"
bench="$guard python3-drgn"
clang="$test clang"
fuzz="$clang libclang-rt-dev llvm"
arm64="$tools gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
for library in $libraries; do
	arm64="$arm64 $library:arm64"
done
arm64_test="$arm64 $pytest git qemu-user-static"
for library in $compression libcmocka-dev; do
	arm64_test="$arm64_test $library:arm64"
done
fresh='git mmdebstrap'
abi=abigail-tools
browser='chromium nodejs xz-utils'
# Other packages of Node.js have it too.
command -v npm >/dev/null || browser="$browser npm"

case ${1:-} in
build) wanted=$build ;;
test) wanted=$test ;;
guard) wanted=$guard ;;
bench) wanted=$bench ;;
clang) wanted=$clang ;;
fuzz) wanted=$fuzz ;;
arm64) wanted=$arm64 ;;
arm64-test) wanted=$arm64_test ;;
fresh) wanted=$fresh ;;
abi) wanted=$abi ;;
browser) wanted=$browser ;;
*)
	echo "usage: $0 build|test|guard|bench|clang|fuzz|arm64|arm64-test|fresh|abi|browser" >&2
	exit 64
	;;
esac
command -v dpkg-query >/dev/null || {
	echo "$0: this is not Debian; install what Debian calls $wanted" >&2
	exit 1
}

# A package can be installed for several architectures, with a line for each. "all" serves them all.
native=$(dpkg --print-architecture)
# shellcheck disable=SC2086 # a list of words
installed=$(dpkg-query -W -f '${Package}:${Architecture} ${db:Status-Status}\n' $wanted 2>/dev/null) || :
missing=
for package in $wanted; do
	case $package in
	*:*) architecture=${package#*:} ;;
	*) architecture=$native ;;
	esac
	printf '%s\n' "$installed" |
		grep -qx -e "${package%:*}:$architecture installed" -e "${package%:*}:all installed" ||
		missing="$missing $package"
done
[ -z "$missing" ] && exit 0

# dpkg must know an architecture before its packages can be installed.
foreign=
case "$missing " in
*:arm64\ *)
	[ "$native" = arm64 ] || dpkg --print-foreign-architectures | grep -qx arm64 || foreign=arm64
	;;
esac
if [ "$(id -u)" -ne 0 ]; then
	prepare=${foreign:+"dpkg --add-architecture $foreign && apt-get update && "}
	echo "$0: please run as root: ${prepare}apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
[ -z "$foreign" ] || dpkg --add-architecture "$foreign"
apt-get -qq update
# shellcheck disable=SC2086 # a list of words
apt-get -qq install -y --no-install-recommends $missing >/dev/null
