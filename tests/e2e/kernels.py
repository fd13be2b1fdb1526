# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's arm64 kernels by flavour: which package is the newest, and where its files are.

A flavour is a list of release patterns, best first. The archive drops point releases over time;
a later pattern then stands in, as long as the kernel has the same properties.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from archive import unpack, version_key
from shell import HarnessError, run


@dataclass(frozen=True)
class Flavour:
    """Release patterns of interchangeable kernels, and the oldest release that will do."""
    patterns: tuple
    oldest: str = "0"


# The check for split leaves judges the right range since 7.1.6 (and in all of 7.2 and later).
GUARDED = "7.1.6"

FLAVOURS = {
    "6.1": Flavour((r"6\.1\.0-\d+-arm64",)),
    "6.12-16k": Flavour((r"6\.12\.\d+\+deb12(\.\d+)?-arm64-16k",)),
    "7.2": Flavour((r"7\.2\.\d+\+deb13-arm64", r"7\.\d+\.\d+\+deb13-arm64"), GUARDED),
}


@dataclass(frozen=True)
class Kernel:
    """An unpacked kernel: its release name, its image and its module tree."""
    release: str
    image: Path
    base: Path          # the directory that holds lib/modules

    @property
    def modules(self):
        """The directory of this release's modules."""
        return self.base / "lib/modules" / self.release


def releases(archive, flavour):
    """Releases of a flavour that the archive knows, best first."""
    names = [name.removeprefix("linux-image-") for name in archive.names("linux-image-")]
    found = []
    for pattern in flavour.patterns:
        fitting = [name for name in names if re.fullmatch(pattern, name)
                   and version_key(name) >= version_key(flavour.oldest)]
        found += sorted(fitting, key=version_key, reverse=True)
    return found


def package_names(release):
    """Packages that hold image and modules: from 7.0 on linux-image itself is empty."""
    if version_key(release) < version_key("7.0"):
        return [f"linux-image-{release}"]
    return [f"linux-binary-{release}", f"linux-modules-{release}"]


def fetch(archive, name, work):
    """The newest complete kernel of a flavour, unpacked under WORK/kernels."""
    for release in releases(archive, FLAVOURS[name]):
        packages = package_names(release)
        if all(archive.has(package) for package in packages):
            debs = [archive.download(package, "arm64") for package in packages]
            (work / "kernels").mkdir(exist_ok=True)
            return locate(release, unpack(debs, work / "kernels" / release))
    raise HarnessError(f"the archive has no complete kernel for {name}")


def locate(release, root):
    """Find image and module tree, before and after the move of everything to /usr."""
    images = [*root.glob("boot/vmlinuz-*"), *root.glob("usr/lib/modules/*/vmlinuz")]
    bases = [path for path in (root, root / "usr") if (path / "lib/modules" / release).is_dir()]
    if not images or not bases:
        raise HarnessError(f"{root}: no kernel image or no modules")
    kernel = Kernel(release, images[0], bases[0])
    if not (kernel.modules / "modules.dep").exists():
        run(["depmod", "-b", str(kernel.base), release])
    return kernel
