# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk with a small Debian 12 of unpacked packages: systemd, unchanged kdump-tools, and the tool.

No script of a package runs, as they would need an arm64 machine. What they would have made, and is
needed, is made here.
"""

import os
import shutil
from pathlib import Path

from archive import unpack
from shell import fresh_dir, run
from sysroot import TRIPLET, build_root, shared_objects

PACKAGES = ("base-files", "base-passwd", "bsdutils", "coreutils", "dash", "findutils", "grep",
            "hostname", "kdump-tools", "makedumpfile", "mount", "sed", "systemd-sysv",
            "sysvinit-utils", "util-linux", "libzstd1")
# Documents and translations, which nothing here reads.
LEFT_OUT = ("usr/share/doc", "usr/share/locale", "usr/share/man", "usr/share/i18n")
SERVICE = "etc/systemd/system/kdump-tools-dump.service.d"
DROP_IN = "hotremove-check.conf"
CRASH = "var/crash"
SIZE = "1G"


def install_tool(root, laboratory):
    """Install the tool and its hook in the way that the documentation gives."""
    program, libraries = next(pair for pair in laboratory.programs
                              if pair[0].name == "hotremove-check")
    (root / "usr/local/bin").mkdir(parents=True, exist_ok=True)
    shutil.copy(program, root / "usr/local/bin")
    for name, path in shared_objects(program, libraries).items():
        target = root / "usr/lib" / TRIPLET / name
        if not target.exists():
            shutil.copy(path, target)
    run(["cmake", "--install", str(laboratory.work / "build/arm64"), "--component", "kdump"],
        env={"DESTDIR": str(root)})
    (root / SERVICE).mkdir(parents=True)
    shutil.copy(root / "usr/local/share/doc/hotremove-check/kdump/kdump-tools.conf",
                root / SERVICE / DROP_IN)


def configure(root):
    """Do what the scripts of the packages do."""
    for name in ("passwd", "group"):
        shutil.copy(root / f"usr/share/base-passwd/{name}.master", root / f"etc/{name}")
    shutil.copy(root / "usr/share/kdump-tools/kdump-tools.conf", root / "etc/default/kdump-tools")
    (root / "etc/machine-id").touch()
    (root / "etc/fstab").touch()
    (root / CRASH).mkdir(parents=True, exist_ok=True)


def replace_tools(root, laboratory, suite):
    """Replace kdump-tools, which are scripts, by those of another suite."""
    deb = laboratory.archive.download("kdump-tools", "arm64", suite)
    package = unpack([deb], laboratory.work / f"kdump-tools-{suite}")
    shutil.copytree(package, root, symlinks=True, dirs_exist_ok=True)


def make_disk(laboratory, path, files, suite=""):
    """Write the disk's image. `files` are added: their contents by their names. kdump-tools may
    come from a suite of their own."""
    unpacked = build_root(laboratory.archive, laboratory.work, "kdump-root", PACKAGES)
    root = fresh_dir(path.with_suffix(".root"))
    shutil.copytree(unpacked, root, symlinks=True, dirs_exist_ok=True,
                    ignore=lambda folder, names: [
                        name for name in names
                        if os.path.relpath(os.path.join(folder, name), unpacked) in LEFT_OUT])
    if suite:
        replace_tools(root, laboratory, suite)
    configure(root)
    install_tool(root, laboratory)
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
        (root / name).chmod(0o755 if "bin" in Path(name).parts else 0o644)
    run(["mke2fs", "-q", "-t", "ext4", "-m", "0", "-d", str(root), str(path), SIZE])
    shutil.rmtree(root)
    return path


def read_folder(path, name, target):
    """Copy a folder of the image, with modes, after the machine has ended."""
    # Its status says that it has repaired something, such as replayed the journal.
    run(["sh", "-c", f"e2fsck -fy {path} >{path}.log 2>&1; [ $? -le 1 ]"])
    fresh_dir(target)
    run(["debugfs", "-R", f"rdump /{name} {target}", str(path)])
    return target / os.path.basename(name)
