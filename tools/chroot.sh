#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Run a command of the repository on a fresh Debian: clone what is committed into a new chroot that
# has only essential packages and apt, and run the command there as root.
#
#     tools/chroot.sh bookworm|trixie COMMAND...
#
# The archive, and the way to reach it, are those of this machine's apt. Nothing is kept.
set -eu
cd "$(dirname "$0")/.."

[ $# -ge 2 ] || {
	echo "usage: $0 SUITE COMMAND..." >&2
	exit 64
}
[ "$(id -u)" -eq 0 ] || {
	echo "$0: only root can make a chroot" >&2
	exit 1
}
suite=$1
shift
sh tools/packages.sh fresh
git diff --quiet HEAD || echo "$0: uncommitted changes are not tested" >&2

work=$(mktemp -d "${TMPDIR:-/var/tmp}/hotremove-chroot.XXXXXX")
# Mounts below it are in namespaces that are gone by then.
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' HUP INT TERM
root=$work/root

# The Debian archives from which this machine installs, with another suite in place of its own.
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
list_sources() {
	# shellcheck disable=SC2016 # for apt
	apt-get indextargets --format \
		'$(IDENTIFIER) $(ORIGIN) $(COMPONENT) $(REPO_URI) $(RELEASE)' |
		sed -nE "s|^Packages Debian main ([^ ]+) [a-z]+((-updates\|-security)?)\$|\
deb [signed-by=$keyring] \1 $suite\2 main|p" | sort -u >"$work/sources"
	[ -s "$work/sources" ]
}
# apt knows only after an update which archives are Debian's.
list_sources || { apt-get -qq update && list_sources; } || {
	echo "$0: apt of this machine knows no archive of Debian" >&2
	exit 1
}
# Proxies, limits and whatever else it takes to reach them. No hooks: they call missing programs.
apt-config dump Acquire |
	grep -vE '^Acquire::(IndexTargets|Changelogs|CompressionTypes|cdrom)|""' >"$work/apt.conf"
certificates=
! grep -q ' https:' "$work/sources" || certificates=--include=ca-certificates
# shellcheck disable=SC2086 # an option or none
mmdebstrap --mode=root --variant=apt $certificates --aptopt="$work/apt.conf" \
	"$suite" "$root" - <"$work/sources" >"$work/log" 2>&1 || {
	cat "$work/log" >&2
	exit 1
}
git clone --quiet . "$root/usr/src/hotremove-check"

echo "== $suite: $*"
# shellcheck disable=SC2016 # for the inner shell
unshare --mount --pid --fork --kill-child sh -euc '
	root=$1
	shift
	mount -t proc proc "$root/proc"
	for folder in dev sys; do
		mount --rbind "/$folder" "$root/$folder"
	done
	exec env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
		${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		chroot "$root" sh -c "cd /usr/src/hotremove-check && exec \"\$@\"" sh "$@"
' sh "$root" "$@"
