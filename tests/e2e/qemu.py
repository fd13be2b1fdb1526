# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU 10 or later: the host's own, or Debian's backport unpacked beside an older one.

Older releases know neither `-cpu max,midr=` nor `lpa2=off`, which the cases need.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from archive import unpack
from shell import HarnessError, run

WANTED = 10
FIRMWARE = Path("/usr/share/qemu-efi-aarch64/QEMU_EFI.fd")
PACKAGES = ("qemu-system-arm", "qemu-system-common", "qemu-system-data")


@dataclass(frozen=True)
class Qemu:
    """How to call one QEMU: the first words of its command line, and its environment."""
    command: tuple
    env: dict


def major_version(program, env=None):
    """Major version that a QEMU program names."""
    match = re.search(r"version (\d+)", run([program, "--version"], env=env))
    return int(match.group(1)) if match else 0


def unpacked(root):
    """A QEMU that finds its own modules and data in the directory to which it was unpacked."""
    modules = next(root.glob("usr/lib/*/qemu"))
    env = {"QEMU_MODULE_DIR": str(modules)}
    program = str(root / "usr/bin/qemu-system-aarch64")
    if major_version(program, env) < WANTED:
        raise HarnessError(f"{program} is too old")
    data = ("-L", str(root / "usr/share/qemu"), "-L", "/usr/share/qemu")
    return Qemu((program, *data), env)


def find(archive, work):
    """A QEMU that is new enough; it is downloaded if the host's is not."""
    own = shutil.which("qemu-system-aarch64")
    if own and major_version(own) >= WANTED:
        return Qemu((own,), {})
    root = work / "qemu"
    if not root.exists():
        arches = (archive.host_arch, archive.host_arch, "all")
        suite = "bookworm-backports"
        unpack([archive.download(name, arch, suite) for name, arch in zip(PACKAGES, arches)],
               root)
    return unpacked(root)
