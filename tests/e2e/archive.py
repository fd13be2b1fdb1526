# SPDX-License-Identifier: GPL-2.0-or-later
"""A private view of the Debian archive, of both architectures, that leaves the host's apt alone.

Kernels, QEMU 10 and the arm64 libraries come from suites that the host need not know, and must not
start to install from. They are downloaded here and unpacked with `dpkg -x`, never installed.
"""

import re
import subprocess
import time
from pathlib import Path

from shell import HarnessError, fresh_dir, run

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DEFAULT_MAIN = "http://deb.debian.org/debian"
DEFAULT_SECURITY = "http://deb.debian.org/debian-security"
# By suite name, and by what else the suite provides: programs for the host, or only kernels.
MAIN_SUITES = ("bookworm", "bookworm-updates", "bookworm-backports")
KERNEL_SUITES = ("trixie", "trixie-updates", "trixie-backports", "sid", "experimental")
SECURITY_SUITES, KERNEL_SECURITY_SUITES = ("bookworm-security",), ("trixie-security",)
# A package comes from a newer suite only if no older one has it.
PREFERENCES = """\
Package: *
Pin: release n=%s
Pin-Priority: 50

"""
LISTS_MAX_AGE = 12 * 3600


def configured_uris(etc=Path("/etc/apt")):
    """All repository URIs that the machine's own apt uses, in either file format."""
    uris = []
    for path in sorted(etc.glob("sources.list.d/*.sources")):
        uris += re.findall(r"^URIs:\s*(\S+)", path.read_text(), re.MULTILINE)
    for path in [etc / "sources.list", *sorted(etc.glob("sources.list.d/*.list"))]:
        if path.exists():
            uris += re.findall(r"^deb\s+(?:\[[^]]*\]\s+)?(\S+)", path.read_text(), re.MULTILINE)
    return [uri.rstrip("/") for uri in uris]


def mirror(name, default):
    """The machine's own mirror of `debian` or `debian-security`, or the public one."""
    return next((uri for uri in configured_uris() if uri.endswith(f"/{name}")), default)


def version_key(text):
    """Sort key that orders release names by their numbers, as `sort -V` does."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", text)]


class Archive:
    """Downloads packages of the private view into one cache directory."""

    def __init__(self, work):
        self.root = work / "apt"
        self.debs = work / "debs"
        for part in ("lists/partial", "cache/archives/partial", "empty/partial", "etc"):
            (self.root / part).mkdir(parents=True, exist_ok=True)
        self.debs.mkdir(parents=True, exist_ok=True)
        self.host_arch = run(["dpkg", "--print-architecture"]).strip()
        self.known = {}                 # names by prefix: each query takes seconds

    def _options(self):
        pairs = {
            "APT::Sandbox::User": "root",
            "Acquire::Retries": "3",
            "Acquire::http::Timeout": "60",
            "Dir::Etc::sourcelist": self.root / "etc/sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": self.root / "etc/preferences",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State::Lists": self.root / "lists",
            "Dir::State::status": self.root / "etc/status",
            "Dir::Cache": self.root / "cache",
        }
        options = [word for key, value in pairs.items() for word in ("-o", f"{key}={value}")]
        for arch in sorted({self.host_arch, "arm64"}):
            options += ["-o", f"APT::Architectures::={arch}"]
        return options

    def _write_sources(self):
        both = ",".join(sorted({self.host_arch, "arm64"}))
        main, security = mirror("debian", DEFAULT_MAIN), mirror("debian-security", DEFAULT_SECURITY)
        groups = ((main, MAIN_SUITES, both), (security, SECURITY_SUITES, both),
                  (main, KERNEL_SUITES, "arm64"), (security, KERNEL_SECURITY_SUITES, "arm64"))
        lines = [f"deb [arch={arches} signed-by={KEYRING}] {uri} {suite} main\n"
                 for uri, suites, arches in groups for suite in suites]
        (self.root / "etc/sources.list").write_text("".join(lines))
        (self.root / "etc/preferences").write_text(
            "".join(PREFERENCES % suite for suite in (*KERNEL_SUITES, *KERNEL_SECURITY_SUITES)))
        (self.root / "etc/status").write_text("")

    def update(self):
        """Fetch the package lists unless today's are there."""
        stamp = self.root / "updated"
        if stamp.exists() and time.time() - stamp.stat().st_mtime < LISTS_MAX_AGE:
            return
        self._write_sources()
        run(["apt-get", *self._options(), "-qq", "update"], timeout=600)
        stamp.touch()

    def names(self, prefix):
        """Names of all packages in the view that begin like this."""
        if prefix not in self.known:
            command = ["apt-cache", *self._options(), "--all-names", "pkgnames", prefix]
            self.known[prefix] = run(command).split()
        return self.known[prefix]

    def has(self, name, arch="arm64"):
        """Whether the view holds this package, not only mentions its name."""
        command = ["apt-cache", *self._options(), "--no-all-versions", "show", f"{name}:{arch}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
        return "Filename:" in done.stdout

    def download(self, name, arch, suite=None):
        """Path of the .deb of one package, which is downloaded if it is not here yet."""
        target = ["-t", suite] if suite else []
        command = ["apt-get", *self._options(), "-qq", *target]
        printed = run([*command, "--print-uris", "download", f"{name}:{arch}"])
        match = re.search(r"^'[^']+' (\S+) ", printed, re.MULTILINE)
        if not match:
            raise HarnessError(f"{name}:{arch} is not in the archive")
        path = self.debs / match.group(1)
        if not path.exists():
            run([*command, "download", f"{name}:{arch}"], timeout=900, cwd=self.debs)
        return path

    def download_closure(self, names, arch):
        """Paths of the .debs of some packages and of everything that they depend on.

        The status file of the view is empty, so apt resolves as for an empty system. It prints
        no URI for a file that its cache has, so it gets another, empty cache and names all.
        """
        command = ["apt-get", *self._options(), "-o", f"APT::Architecture={arch}", "-qq", "-y",
                   "-o", "Debug::NoLocking=true", "--no-install-recommends", "install"]
        wanted = [f"{name}:{arch}" for name in names]
        no_cache = ["-o", f"Dir::Cache::archives={self.root / 'empty'}"]
        uris = run([*command, *no_cache, "--print-uris", *wanted])
        run([*command, "--download-only", *wanted], timeout=900)
        files = re.findall(r"^'[^']+' (\S+) ", uris, re.MULTILINE)
        return [self.root / "cache/archives" / name for name in files]


def unpack(debs, target):
    """Unpack packages over each other into a directory that is complete or not there at all."""
    if target.exists():
        return target
    partial = fresh_dir(target.with_name(target.name + ".partial"))
    for deb in debs:
        run(["dpkg", "-x", str(deb), str(partial)])
    return partial.rename(target)
