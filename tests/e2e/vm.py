# SPDX-License-Identifier: GPL-2.0-or-later
"""One virtual machine: started, asked, and always ended."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import gdbstub
from channel import Channel, Qmp
from qemu import FIRMWARE
from shell import HarnessError

# The limits are for hangs; a slow or busy machine stays far below them.
BOOT_TIMEOUT = 450
CMDLINE = ("console=ttyAMA0 ignore_loglevel panic=-1 cma=0 memhp_default_state=online_movable")
# A function that a read of sysfs calls, and that read. See gdbstub.
ENTRY = ("block_size_bytes_show", "cat /sys/devices/system/memory/block_size_bytes")
CALLABLE = ("add_memory", "remove_memory", "offline_and_remove_memory")


@dataclass(frozen=True)
class Answer:
    """The result of a command in the guest."""
    status: int
    output: str
    errors: str


class Machine:
    """A running QEMU guest; use it in a `with` statement.

    `outputs` names ports through which the guest can write files of any size, see `fetch()`.
    `memory` is the bytes at boot, or a tuple with one number for each node; `devices` are further
    words. Without firmware the kernel has a device tree instead of ACPI.
    """

    def __init__(self, qemu, kernel, initrd, case, results, memory, plugin=None, *, cpus=1,
                 outputs=(), max_memory=32 << 30, devices=(), firmware=True):
        self.results = results
        self.outputs = {name: results / name for name in outputs}
        self.sockets = Path(tempfile.mkdtemp(prefix="hotremove-e2e-"))
        command = [*qemu.command, *self._hardware(case.cpu, cpus),
                   *self._memory(memory, max_memory), *devices, *self._ports(),
                   *(("-bios", str(FIRMWARE)) if firmware else ()),
                   *self._software(kernel, initrd, case.append)]
        if plugin:
            command += ["-plugin", f"file={plugin},out={self.tlbi_log}"]
        (results / "qemu.command").write_text("\n".join(command) + "\n")
        with open(results / "qemu.log", "wb") as log:
            self.process = subprocess.Popen(command, env=qemu.env or None, stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL)
        self.agent = self.qmp = None
        self.symbols = {}

    def _hardware(self, cpu, cpus):
        sockets = self.sockets
        return ["-machine", "virt,gic-version=3", "-accel", "tcg", "-cpu", cpu, "-smp", str(cpus),
                "-nodefaults", "-nographic", "-no-reboot", "-device", "vmcoreinfo",
                "-serial", f"file:{self.results / 'console.log'}",
                "-qmp", f"unix:{sockets / 'qmp'},server=on,wait=off",
                "-gdb", f"unix:{sockets / 'gdb'},server=on,wait=off",
                "-device", "virtio-serial-pci",
                "-chardev", f"socket,id=e2e,path={sockets / 'agent'},server=on,wait=off",
                "-device", "virtserialport,chardev=e2e,name=e2e"]

    @staticmethod
    def _memory(memory, max_memory):
        nodes = memory if isinstance(memory, tuple) else (memory,)
        words = ["-m", f"{sum(nodes) >> 20}M,slots=8,maxmem={max_memory >> 20}M"]
        for number, size in enumerate(nodes if len(nodes) > 1 else ()):
            words += ["-object", f"memory-backend-ram,id=node{number},size={size}",
                      "-numa", f"node,nodeid={number},memdev=node{number}"]
        return words

    def _ports(self):
        words = []
        for name, path in self.outputs.items():
            words += ["-chardev", f"file,id={name},path={path}",
                      "-device", f"virtserialport,chardev={name},name={name}"]
        return words

    @staticmethod
    def _software(kernel, initrd, append):
        return ["-kernel", str(kernel.image), "-initrd", str(initrd),
                "-append", f"{CMDLINE} {append}".strip()]

    @property
    def tlbi_log(self):
        """What the TLBI plugin writes."""
        return self.results / "tlbi.log"

    def __enter__(self):
        try:
            self.agent = Channel(self.sockets / "agent", "guest")
            self.qmp = Qmp(self.sockets / "qmp")
            self.wait_until_ready()
            self._read_symbols()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        """End the process, whatever state the guest is in: nothing in it is worth saving."""
        self.process.kill()
        self.process.wait(30)
        for channel in (self.agent, self.qmp):
            if channel:
                channel.close()
        shutil.rmtree(self.sockets, ignore_errors=True)

    def wait_until_ready(self, timeout=BOOT_TIMEOUT):
        """Wait for a kernel to come up, the first one or one that the first one started."""
        self.agent.read_until(b"ready ", timeout)
        self.agent.read_until(b"\n", 50)

    def start(self, command):
        """Run a shell command in the guest that gives no answer, as it ends the kernel."""
        self.agent.send(command.encode() + b"\n")

    def _receive(self, timeout):
        head = self.agent.read_until(b"\n", timeout)
        status, output, errors = (int(word) for word in head.split())
        texts = [self.agent.read(size, 300).decode(errors="replace") for size in (output, errors)]
        return Answer(status, *texts)

    def ask(self, command, timeout=300):
        """Run a shell command in the guest."""
        self.agent.send(command.encode() + b"\n")
        return self._receive(timeout)

    def tell(self, command, timeout=300):
        """Run a shell command that must succeed in the guest, and return its output."""
        answer = self.ask(command, timeout)
        if answer.status:
            raise HarnessError(f"guest: {command}: status {answer.status}: {answer.errors}")
        return answer.output

    def fetch(self, source, name, timeout=600):
        """Copy a file of the guest to the output of a name, and return its path here."""
        self.tell(f"send-file {source} {name}", timeout)
        return self.outputs[name]

    def _read_symbols(self):
        names = "|".join((ENTRY[0], *CALLABLE))
        for line in self.tell(f"grep -E ' ({names})$' /proc/kallsyms").splitlines():
            address, _, name = line.split()
            self.symbols[name] = int(address, 16)

    def call_kernel(self, function, *arguments, **options):
        """Call a function of the kernel and return its int result; for options see gdbstub."""
        def trigger():
            self.agent.send(ENTRY[1].encode() + b"\n")
        result = gdbstub.call(self.sockets / "gdb", self.symbols[ENTRY[0]], trigger,
                              self.symbols[function], arguments, **options)
        self._receive(150)
        return result

    def count_call(self, function, *arguments, timeout=300):
        """Call a function, and say between which offsets of the TLBI log it ran."""
        window = []
        result = self.call_kernel(function, *arguments, timeout=timeout,
                                  watch=lambda: window.append(self.log_size()))
        return result, tuple(window)

    def log_size(self):
        """The size of the TLBI log in bytes: everything that was executed so far."""
        return self.tlbi_log.stat().st_size

    def attach_dimm(self, address, size, name="dimm", node=0):
        """Plug a DIMM, which Debian's kernels ignore. Its memory is not reserved."""
        self.qmp.command("object-add", **{"qom-type": "memory-backend-ram",
                                          "id": f"{name}-memory", "size": size,
                                          "reserve": False})
        self.qmp.command("device_add", driver="pc-dimm", id=name, memdev=f"{name}-memory",
                         addr=address, node=node)

    def add_memory(self, address, size, flags=0, node=0):
        """Have the kernel add memory, a part of a DIMM for instance."""
        result = self.call_kernel("add_memory", node, address, size, flags, timeout=600)
        if result:
            raise HarnessError(f"add_memory: {result}")

    def plug_dimm(self, address, size):
        """Plug a DIMM and add all of it."""
        self.attach_dimm(address, size)
        self.add_memory(address, size)

    def dump(self, *files):
        """Write dumps, pairs of path and format, all of the same moment."""
        self.qmp.command("stop")
        for path, kind in files:
            arguments = {} if kind == "elf" else {"format": kind}
            self.qmp.command("dump-guest-memory", timeout=600, paging=False,
                             protocol=f"file:{path}", **arguments)
        self.qmp.command("cont")

    def dump_part(self, path, start, size):
        """Write an ELF dump of a part of the physical memory."""
        self.qmp.command("stop")
        self.qmp.command("dump-guest-memory", timeout=600, paging=False, protocol=f"file:{path}",
                         begin=start, length=size)
        self.qmp.command("cont")
