# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's arm64 kernels by flavour: which package is the newest, and where its files are.

A flavour is a list of release patterns, best first. The archive drops point releases over time; a
later pattern then replaces them, as long as the kernel has the same properties.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from archive import unpack, version_key
from shell import HarnessError, run


@dataclass(frozen=True)
class Flavour:
    """Release patterns of interchangeable kernels, and the oldest release that is acceptable.

    `bare`: the image is enough. Since 7.0 everything except dumps works without modules, and for
    some releases the archive has nothing else.
    """
    patterns: tuple
    oldest: str = "0"
    bare: bool = False


# The check for split leaves judges the right range since 7.1.6 (and in all of 7.2 and later).
GUARDED = "7.1.6"

FLAVOURS = {
    "6.1": Flavour((r"6\.1\.0-\d+-arm64",)),
    "6.12-16k": Flavour((r"6\.12\.\d+\+deb12(\.\d+)?-arm64-16k",)),
    "7.2": Flavour((r"7\.2\.\d+\+deb13-arm64", r"7\.\d+\.\d+\+deb13-arm64"), GUARDED),
    # Only for counting, see matrix.py.
    "6.1-leaf": Flavour((r"6\.1\.0-4[0-9]-arm64",)),
    "6.1.176": Flavour((r"6\.1\.0-50-arm64",)),
    "6.1.177": Flavour((r"6\.1\.0-51-arm64",)),
    "6.1.180": Flavour((r"6\.1\.0-52-arm64",)),
    "6.12": Flavour((r"6\.12\.\d+\+deb12(\.\d+)?-arm64",)),
    "6.12.85": Flavour((r"6\.12\.85\+deb12-arm64",)),
    "6.12.86": Flavour((r"6\.12\.86\+deb12-arm64",)),
    "6.12.95": Flavour((r"6\.12\.95\+deb12-arm64",)),
    "6.12.100": Flavour((r"6\.12\.100\+deb12-arm64",)),
    "6.17": Flavour((r"6\.17\.\d+\+deb13-arm64", r"6\.16\.\d+\+deb13-arm64")),
    "6.18": Flavour((r"6\.18\.\d+\+deb13-arm64",)),
    "6.19": Flavour((r"6\.19\.\d+\+deb13-arm64",), bare=True),
    "6.19-16k": Flavour((r"6\.19\.\d+\+deb13-arm64-16k",), bare=True),
    "7.0.4": Flavour((r"7\.0\.4\+deb13-arm64",), bare=True),
    "7.0": Flavour((r"7\.0\.\d+\+deb13-arm64",), bare=True),
    "7.1.3": Flavour((r"7\.1\.[0-5]\+deb13-arm64",), bare=True),
    "7.1.3-16k": Flavour((r"7\.1\.[0-5]\+deb13-arm64-16k",), bare=True),
    "7.1": Flavour((r"7\.1\.\d+\+deb13-arm64",), GUARDED, bare=True),
    "7.1-16k": Flavour((r"7\.1\.\d+\+deb13-arm64-16k",), GUARDED, bare=True),
    "7.2-16k": Flavour((r"7\.2\.\d+\+deb13-arm64-16k",), GUARDED),
    "7.3": Flavour((r"7\.3\.\d+\+deb13-arm64",), GUARDED),
    "7.3-16k": Flavour((r"7\.3\.\d+\+deb13-arm64-16k",), GUARDED),
    "6.1-cloud": Flavour((r"6\.1\.0-\d+-cloud-arm64",)),
    "6.12-cloud": Flavour((r"6\.12\.\d+\+deb12(\.\d+)?-cloud-arm64",)),
    "7.1-cloud": Flavour((r"7\.1\.\d+\+deb13-cloud-arm64",), GUARDED, bare=True),
    "7.2-cloud": Flavour((r"7\.2\.\d+\+deb13-cloud-arm64",), GUARDED),
    "7.3-cloud": Flavour((r"7\.3\.\d+\+deb13-cloud-arm64",), GUARDED),
}

# The newest kernel of a suite, by the beginning of its release. Candidates in experimental have
# the release that they are candidates for, without a third number.
SERIES = {
    "bookworm": r"6\.1\.0-\d+",
    "bookworm-backports": r"6\.12\.\d+\+deb12(\.\d+)?",
    "trixie": r"6\.12\.\d+\+deb13(\.\d+)?",
    "trixie-backports": r"\d+\.\d+\.\d+\+deb13(\.\d+)?",
    "sid": r"\d+\.\d+\.\d+\+deb14(\.\d+)?",
    "experimental": r"[7-9]\.\d+",
}
# By what follows the name of the series: what follows the release.
VARIANTS = {"": "-arm64", "-rt": "-rt-arm64", "-cloud": "-cloud-arm64", "-16k": "-arm64-16k"}
OF_7 = ("trixie-backports", "sid", "experimental")
FLAVOURS.update({series + variant: Flavour((pattern + suffix,), bare=series in OF_7
                                           and variant != "-cloud")
                 for series, pattern in SERIES.items() for variant, suffix in VARIANTS.items()})


@dataclass(frozen=True)
class Kernel:
    """An unpacked kernel: its release name, its image and its module tree."""
    release: str
    image: Path
    base: Path          # the directory that holds lib/modules, None if there are none
    source: str = ""    # package and version of the source, if it was built here

    @property
    def modules(self):
        """The directory of this release's modules."""
        return self.base / "lib/modules" / self.release if self.base else None


def releases(archive, flavour):
    """Releases of a flavour that the archive has, best first."""
    names = [name.removeprefix("linux-image-") for name in archive.names("linux-image-")]
    found = []
    for pattern in flavour.patterns:
        fitting = [name for name in names if re.fullmatch(pattern, name)
                   and version_key(name) >= version_key(flavour.oldest)]
        found += sorted(fitting, key=version_key, reverse=True)
    return found


def package_names(release, bare):
    """Packages that hold image and modules: from 6.19 on, linux-image itself is empty."""
    if version_key(release) < version_key("6.19"):
        return [f"linux-image-{release}"]
    if bare:
        return [f"linux-binary-{release}"]
    return [f"linux-binary-{release}", f"linux-modules-{release}"]


def fetch(archive, name, work):
    """The newest complete kernel of a flavour, unpacked under WORK/kernels."""
    bare = FLAVOURS[name].bare
    for release in releases(archive, FLAVOURS[name]):
        root = work / "kernels" / (f"{release}-bare" if bare else release)
        packages = package_names(release, bare)
        if root.exists() or all(archive.has(package) for package in packages):
            return locate(release, unpacked(archive, packages, root), bare)
    raise HarnessError(f"the archive has no complete kernel for {name}")


def unpacked(archive, packages, root):
    """The directory to which a kernel's packages are unpacked, at the first call only."""
    if root.exists():
        return root
    root.parent.mkdir(exist_ok=True)
    return unpack([archive.download(package, "arm64") for package in packages], root)


def locate(release, root, bare):
    """Find image and module tree, before and after the move of everything to /usr."""
    images = [*root.glob("boot/vmlinuz-*"), *root.glob("usr/lib/modules/*/vmlinuz")]
    bases = [path for path in (root, root / "usr") if (path / "lib/modules" / release).is_dir()]
    if not images or not (bases or bare):
        raise HarnessError(f"{root}: no kernel image or no modules")
    if bare:
        return Kernel(release, images[0], None)
    kernel = Kernel(release, images[0], bases[0])
    if not (kernel.modules / "modules.dep").exists():
        run(["depmod", "-b", str(kernel.base), release])
    return kernel
