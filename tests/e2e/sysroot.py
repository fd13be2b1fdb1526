# SPDX-License-Identifier: GPL-2.0-or-later
"""An arm64 sysroot of unpacked packages, and the cross build of the project against it."""

import os
import shutil
from pathlib import Path

from archive import unpack
from shell import run

LIBRARIES = ("libc6-dev", "libbz2-dev", "libbpf-dev", "libelf-dev", "libkdumpfile-dev",
             "libjson-c-dev", "libseccomp-dev", "libsmartcols-dev", "libsnappy-dev",
             "liblzma-dev", "libzstd-dev", "zlib1g-dev")
# Packages that work with a crash kernel, and where they put it.
DUMP_PACKAGES = ("kexec-tools", "makedumpfile")
DUMP_TOOLS = ("sbin/kexec", "usr/bin/makedumpfile")
TRIPLET = "aarch64-linux-gnu"
REPO = Path(__file__).resolve().parents[2]
GUEST = Path(__file__).resolve().parent / "guest"
PLUGIN = Path(__file__).resolve().parent / "plugin/tlbi.c"


def relative_symlinks(root):
    """Turn absolute symlinks into relative ones, so that none points to the host's files."""
    for directory, subdirs, files in os.walk(root):
        for name in subdirs + files:
            link = Path(directory, name)
            if link.is_symlink() and os.readlink(link).startswith("/"):
                inside = root / os.readlink(link).lstrip("/")
                link.unlink()
                link.symlink_to(os.path.relpath(inside, link.parent))


def merge_usr(root):
    """Move /lib into /usr/lib, as on an installed system, so that every path finds the files."""
    if (root / "lib").is_symlink():
        return
    shutil.copytree(root / "lib", root / "usr/lib", symlinks=True, dirs_exist_ok=True)
    shutil.rmtree(root / "lib")
    (root / "lib").symlink_to("usr/lib")


def build_root(archive, work, name, packages):
    """Unpacked arm64 packages and their dependencies, made anew if the packages change."""
    root = work / name
    ready, wanted = root / "ready", " ".join(packages)
    if not ready.exists() or ready.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(root, ignore_errors=True)
        unpack(archive.download_closure(packages, "arm64"), root)
        relative_symlinks(root)
        merge_usr(root)
        ready.write_text(wanted, encoding="utf-8")
    return root


def build_sysroot(archive, work):
    """The libraries that the tool is built against and needs in the guest."""
    return build_root(archive, work, "sysroot", LIBRARIES)


def build_dump_tools(archive, work):
    """Programs that work with a crash kernel."""
    return build_root(archive, work, "dump-tools", DUMP_PACKAGES)


def build_with_cmake(build, *options):
    """Build hotremove-check the way a user would, and return the program."""
    run(["cmake", "-S", str(REPO), "-B", str(build), "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
         "-DBUILD_TESTING=OFF", *options])
    run(["cmake", "--build", str(build), "--parallel", "--target", "hotremove-check"], 600)
    return next(path for path in build.rglob("hotremove-check") if path.is_file())


def build_tool(sysroot, work):
    """The program for the guest."""
    return build_with_cmake(work / "build/arm64", f"-DHOTREMOVE_SYSROOT={sysroot}",
                            f"-DCMAKE_TOOLCHAIN_FILE={REPO}/cmake/{TRIPLET}.cmake")


def build_host_tool(work):
    """The program for this machine, which reads the guests' dumps."""
    return build_with_cmake(work / "build/host")


def build_guest_program(name, sysroot, work):
    """One of the harness's own programs for the guest, static: it needs no libraries there."""
    out = work / "build" / name
    out.parent.mkdir(parents=True, exist_ok=True)
    run([f"{TRIPLET}-gcc", f"--sysroot={sysroot}", "-static", "-O2", "-std=gnu11", "-Wall",
         "-Wextra", "-Werror", "-o", str(out), str(GUEST / f"{name}.c")])
    return out


def build_plugin(work):
    """QEMU's plugin for this machine; glib is QEMU's own, found in the process at run time."""
    out = work / "build/tlbi.so"
    out.parent.mkdir(parents=True, exist_ok=True)
    flags = run(["pkg-config", "--cflags", "glib-2.0"]).split()
    run(["gcc", "-shared", "-fPIC", "-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror", *flags,
         "-o", str(out), str(PLUGIN)])
    return out


def needed(program):
    """Names of the shared objects that a program needs, its loader included."""
    shown = run([f"{TRIPLET}-readelf", "-d", "-l", "-W", str(program)])
    names = [line.split("[")[1].rstrip("]") for line in shown.splitlines() if "(NEEDED)" in line]
    loader = [line.rsplit("/", 1)[1].rstrip("]") for line in shown.splitlines()
              if "program interpreter" in line]
    return names + loader


def shared_objects(program, sysroot):
    """Files in the sysroot that a program needs at run time, by name, to any depth."""
    found, queue = {}, needed(program)
    while queue:
        name = queue.pop()
        if name in found:
            continue
        found[name] = (sysroot / "usr/lib" / TRIPLET / name).resolve(strict=True)
        queue += needed(found[name])
    return found
