# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels built from Debian's source packages, with options that Debian's own kernels do not have.

Debian's arm64 kernels neither list their page tables (PTDUMP_DEBUGFS) nor react to a plugged DIMM
(ACPI_HOTPLUG_MEMORY), and none has pages of 64K. The kernels built here do, and have otherwise only
what a guest needs. The configuration is `allnoconfig` plus the fragments in kconfig/.
"""

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from archive import unpack, version_key
from kernels import Kernel
from shell import HarnessError, fresh_dir, install_missing, run
from sysroot import TRIPLET

FRAGMENTS = Path(__file__).resolve().parent / "kconfig"
PACKAGES = ("flex", "bison", "bc", "make", "gcc", "libc6-dev", "xz-utils", "gcc-aarch64-linux-gnu")
BUILD_TIMEOUT = 4 * 3600
# Large parts of the sources that no build here reads.
LEFT_OUT = ("drivers/gpu/drm/amd/include", "tools/testing", "arch/*/boot/dts")


@dataclass(frozen=True)
class Build:
    """A kernel to build: the source packages to choose from, best first, and its fragments."""
    sources: tuple
    fragments: tuple


# With the check for split leaves; Debian drops its sources when newer ones arrive.
NEWEST = (r"linux-source-7\.2", r"linux-source-7\.[3-9]")
OLDEST = (r"linux-source-6\.1",)
BUILDS = {
    "7.2-4k48-ptdump": Build(NEWEST, ("guest", "4k48")),
    "7.2-64k52-ptdump": Build(NEWEST, ("guest", "64k52")),
    "7.2-4k48-kdump": Build(NEWEST, ("guest", "4k48", "kdump")),
    "7.2-4k39-ptdump": Build(NEWEST, ("guest", "4k39")),
    "7.2-64k42-ptdump": Build(NEWEST, ("guest", "64k42")),
    "7.2-16k36-ptdump": Build(NEWEST, ("guest", "16k36")),
    "6.1-4k48-ptdump": Build(OLDEST, ("guest", "older", "4k48")),
    "6.1-4k39-ptdump": Build(OLDEST, ("guest", "older", "4k39")),
    "6.1-64k52-ptdump": Build(OLDEST, ("guest", "older", "64k52")),
    "6.12-4k39-ptdump": Build((r"linux-source-6\.12",), ("guest", "older", "4k39")),
}


def source_package(archive, build):
    """The .deb of the newest source package that a build may use."""
    names = archive.names("linux-source-")
    for pattern in build.sources:
        fitting = sorted((name for name in names if re.fullmatch(pattern, name)), key=version_key)
        if fitting:
            return archive.download(fitting[-1], "all")
    raise HarnessError(f"the archive has none of {', '.join(build.sources)}")


def unpack_source(deb, work):
    """The source tree of a package, under WORK/kbuild."""
    package = unpack([deb], work / "kbuild" / f"{deb.stem}.package")
    tree = work / "kbuild" / deb.stem
    if not tree.exists():
        partial = fresh_dir(tree.with_name(tree.name + ".partial"))
        tar = next(package.glob("usr/src/linux-source-*.tar.xz"))
        left_out = [f"--exclude=*/{name}" for name in LEFT_OUT]
        run(["tar", "-xf", str(tar), "-C", str(partial), "--strip-components=1", *left_out])
        partial.rename(tree)
    return tree


def fragment_text(build):
    """All of a build's fragments, one after the other."""
    return "".join((FRAGMENTS / f"{name}.config").read_text() for name in build.fragments)


def make(tree, output, *words):
    """Run the kernel's make, outside of the source tree."""
    run(["make", "-s", "-C", str(tree), f"O={output}", f"-j{os.cpu_count()}", "ARCH=arm64",
         f"CROSS_COMPILE={TRIPLET}-", "KBUILD_BUILD_USER=e2e", "KBUILD_BUILD_HOST=e2e", *words],
        BUILD_TIMEOUT)


def configure(tree, output, fragment):
    """Make a configuration that has everything that the fragment asks for."""
    (output / "fragment").write_text(fragment)
    make(tree, output, "KCONFIG_ALLCONFIG=fragment", "allnoconfig")
    have = set((output / ".config").read_text().splitlines())
    lacking = [line for line in fragment.splitlines()
               if line.startswith("CONFIG_") and not line.endswith("=n") and line not in have]
    if lacking:
        raise HarnessError(f"{tree.name} can't have {' '.join(lacking)}")


def compile_image(tree, output, target):
    """Compile, and keep the image, its name and its configuration."""
    make(tree, output, "Image")
    partial = fresh_dir(target.with_name(target.name + ".partial"))
    release = (output / "include/config/kernel.release").read_text()
    (partial / "release").write_text(release)
    (output / "arch/arm64/boot/Image").rename(partial / "Image")
    (output / ".config").rename(partial / "config")
    partial.rename(target)


def fetch(archive, name, work):
    """A built kernel, kept under WORK/kernels until source or fragments change."""
    build = BUILDS[name]
    deb = source_package(archive, build)
    fragment = fragment_text(build)
    compiler = run([f"{TRIPLET}-gcc", "-dumpfullversion"])
    key = hashlib.sha256(f"{deb.name}\n{compiler}\n{fragment}".encode()).hexdigest()[:12]
    target = work / "kernels" / f"built-{name}-{key}"
    if not target.exists():
        install_missing(PACKAGES)
        target.parent.mkdir(exist_ok=True)
        tree = unpack_source(deb, work)
        output = work / "kbuild" / f"{name}-{key}"
        output.mkdir(exist_ok=True)
        configure(tree, output, fragment)
        compile_image(tree, output, target)
        shutil.rmtree(output)
    release = (target / "release").read_text().strip()
    return Kernel(release, target / "Image", None, " ".join(deb.stem.split("_")[:2]))
