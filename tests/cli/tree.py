# SPDX-License-Identifier: GPL-2.0-or-later
"""The files in which a system tells about its memory, below a directory: --sysroot."""

from pathlib import Path

MEMORY = "sys/devices/system/memory"
ACPI, DAX = "sys/bus/acpi/devices", "sys/bus/dax/devices"
VIRTIO_MEM = "sys/bus/virtio/drivers/virtio_mem"


class Tree:
    """Such files, in a folder, for a kernel with memory blocks of BLOCK bytes."""

    def __init__(self, folder, block):
        self.root, self.block = Path(folder), block
        self.option = f"--sysroot={self.root}"
        self.put(f"{MEMORY}/block_size_bytes", f"{block:x}\n")

    def put(self, path, text=""):
        """Make a file."""
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def link(self, path, target):
        """Make a symbolic link."""
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    def blocks(self, start, size, node=0, zones="Normal", state="online", dimm=None):
        """Make memory blocks as kernels show them."""
        for number in range(start // self.block, (start + size) // self.block):
            folder = f"{MEMORY}/memory{number}"
            self.put(f"{folder}/state", f"{state}\n")
            self.put(f"{folder}/valid_zones", f"{zones}\n")
            # What is always the same says nothing.
            self.put(f"{folder}/removable", "1\n")
            self.put(f"{folder}/phys_device", "0\n")
            self.link(f"{folder}/node{node}", f"../../node/node{node}")
            if dimm:
                self.link(f"{folder}/firmware_node", f"../../../LNXSYSTM:00/{dimm}")
        if dimm:
            self.put(f"{ACPI}/{dimm}/status", "15\n")

    def iomem(self, *lines):
        """Make /proc/iomem of (depth, start, size, name)."""
        self.put("proc/iomem", "".join(f"{'  ' * depth}{start:08x}-{start + size - 1:08x} : {name}\n"
                                       for depth, start, size, name in lines))
