# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's whole file system: an initramfs with busybox, the programs and a few modules."""

import gzip
import lzma
import stat
from pathlib import Path

from archive import unpack
from shell import HarnessError
from sysroot import GUEST, TRIPLET, shared_objects

# The modules for the harness's channel, for QEMU to find the VMCOREINFO note of a dump, and for
# a virtio-mem device.
MODULES = ("virtio_pci", "virtio_console", "qemu_fw_cfg", "virtio_mem")
APPLETS = ("awk cat cut dmesg echo grep insmod ls mkdir mount sed sh sleep sort switch_root uname "
           "wc").split()
# Those for a system on a disk.
DISK_MODULES = ("virtio_pci", "virtio_blk", "crc32c_generic", "ext4")
SCRIPTS = ("offline-block", "online-block", "send-file")
# Where the guest has the kernel and the file system for a crash.
CRASH = "crash"


class Cpio:
    """Writer of the `newc` archives that the kernel unpacks."""

    def __init__(self):
        self.chunks = []
        self.inode = 0

    def _entry(self, name, mode, data=b"", device=(0, 0)):
        self.inode += 1
        fields = (self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        for part in (head, data):
            self.chunks += [part, b"\0" * (-len(part) % 4)]

    def directory(self, name):
        """Add a directory; its parents must have been added before."""
        self._entry(name, stat.S_IFDIR | 0o755)

    def file(self, name, data):
        """Add a file that may also be executed."""
        self._entry(name, stat.S_IFREG | 0o755, data)

    def symlink(self, name, target):
        """Add a symbolic link."""
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def console(self):
        """Add /dev/console, init's output before devtmpfs is mounted."""
        self._entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))

    def finish(self):
        """The complete archive, with light compression: TCG unpacks it slowly anyway."""
        self._entry("TRAILER!!!", 0)
        return gzip.compress(b"".join(self.chunks), 1)


def module_files(kernel, wanted=MODULES):
    """Module files to load, each after everything that it depends on."""
    depends = {}
    if not kernel.modules:
        return []
    for line in (kernel.modules / "modules.dep").read_text().splitlines():
        path, rest = line.split(":")
        depends[Path(path).name.split(".")[0].replace("-", "_")] = (path, rest.split())
    order = []
    for name in wanted:
        if name in depends:            # otherwise it is built in
            path, rest = depends[name]
            order += [*reversed(rest), path]
    return [kernel.modules / path for path in dict.fromkeys(order)]


def module_data(path):
    """Contents of a module, in the form that insmod wants."""
    data = path.read_bytes()
    if path.suffix == ".xz":
        return lzma.decompress(data)
    if path.suffix == ".ko":
        return data
    raise HarnessError(f"{path}: compression is not known")


def add_tree(cpio, init="init"):
    """Add the directories, the guest's init and its scripts."""
    for name in ("bin", "dev", "proc", "sys", "tmp", "modules", "lib", f"lib/{TRIPLET}"):
        cpio.directory(name)
    cpio.console()
    cpio.file("init", (GUEST / init).read_bytes())
    for name in SCRIPTS:
        cpio.file(f"bin/{name}", (GUEST / name).read_bytes())


def add_busybox(cpio, archive, work):
    """Add the archive's static busybox under the names that the scripts use."""
    root = unpack([archive.download("busybox-static", "arm64")], work / "busybox")
    program = next(path for path in root.rglob("bin/busybox") if path.is_file())
    cpio.file("bin/busybox", program.read_bytes())
    for applet in APPLETS:
        cpio.symlink(f"bin/{applet}", "busybox")


def add_programs(cpio, programs):
    """Add programs, each given with the sysroot that has the shared objects that it needs."""
    objects = {}
    for program, root in programs:
        cpio.file(f"bin/{program.name}", program.read_bytes())
        objects.update(shared_objects(program, root))
    for name, path in objects.items():
        folder = "lib" if name.startswith("ld-linux") else f"lib/{TRIPLET}"
        cpio.file(f"{folder}/{name}", path.read_bytes())


def add_modules(cpio, files):
    """Add modules under names that have them loaded in their order."""
    for index, path in enumerate(files):
        cpio.file(f"modules/{index:02}.ko", module_data(path))


def build_disk_initrd(archive, work, kernel):
    """Write an initramfs that starts the system on a disk, and return its path."""
    cpio = Cpio()
    add_tree(cpio, "disk-init")
    add_busybox(cpio, archive, work)
    add_modules(cpio, module_files(kernel, DISK_MODULES))
    out = work / "initrd" / f"{kernel.release}-disk"
    out.write_bytes(cpio.finish())
    return out


def build_initrd(archive, work, kernel, programs):
    """Write the initramfs for one kernel and return its path."""
    cpio = Cpio()
    add_tree(cpio)
    add_busybox(cpio, archive, work)
    add_programs(cpio, programs)
    add_modules(cpio, module_files(kernel))
    out = work / "initrd" / f"{kernel.release}{'' if kernel.modules else '-bare'}"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(cpio.finish())
    return out


def add_crash_kernel(initrd, kernel, crash_initrd=None):
    """Write a second initramfs that has everything of the first, and as files the kernel and the
    initramfs for a crash, which is the first one unless another is given."""
    cpio = Cpio()
    cpio.directory(CRASH)
    cpio.file(f"{CRASH}/Image", kernel.image.read_bytes())
    cpio.file(f"{CRASH}/initrd", (crash_initrd or initrd).read_bytes())
    first = initrd.read_bytes()
    out = initrd.with_name(f"{initrd.name}-crash")
    out.write_bytes(first + b"\0" * (-len(first) % 4) + cpio.finish())
    return out
