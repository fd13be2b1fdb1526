# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways in which a piece of memory comes into a guest of the matrix, and goes again.

Each way adds a job's memory and asks the kernel to give it up. The removal returns 0 or the
kernel's error, and the offsets of the TLBI log between which it ran. If there is no call from
outside, the log of the whole time is evaluated; what is not below `arch_remove_memory()` does not
count anyway.
"""

import json
import time

from shell import HarnessError

CALL_TIMEOUT = 1200
PLUG_TIMEOUT = 600
EPERM = -1
# The arguments of ACPI's _OST: the event that it is about, and the outcome.
DEVICE_CHECK, EJECT_REQUEST = 1, 3
OST_SUCCESS, OST_IN_PROGRESS = 0, 132
# A refused virtio-mem device retries again and again, after ever longer pauses.
PATIENCE, PAUSE = 300, 0.5


def answered(source):
    """A test for the event that tells how the guest's firmware call about DIMMs ended."""
    def test(event):
        info = event.get("data", {}).get("info", {})
        return (event["event"] == "ACPI_DEVICE_OST" and info["source"] == source
                and info["status"] != OST_IN_PROGRESS)
    return test


def plug(machine, start, size, name, node=0):
    """Plug a DIMM that the kernel adds by itself."""
    machine.qmp.events.clear()
    machine.attach_dimm(start, size, name, node)
    last = machine.qmp.wait_for(answered(DEVICE_CHECK), PLUG_TIMEOUT)[-1]
    if last["data"]["info"]["status"] != OST_SUCCESS:
        raise HarnessError(f"the kernel did not add the DIMM: {last}")


def eject(machine, name):
    """Ask for a DIMM back; return the events up to the kernel's decision, which is the last one."""
    machine.qmp.events.clear()
    machine.qmp.command("device_del", id=name)
    events = machine.qmp.wait_for(answered(EJECT_REQUEST), CALL_TIMEOUT)
    (machine.results / f"{name}.events").write_text(
        "".join(f"{json.dumps(event)}\n" for event in events))
    return events


def let_go(events):
    """Whether the kernel has let a DIMM go, and QEMU has removed it."""
    status = events[-1]["data"]["info"]["status"]
    return status == OST_SUCCESS and any(event["event"] == "DEVICE_DELETED" for event in events)


class ByCall:
    """Pieces of one device that the kernel ignores, added and removed by calls of the kernel's
    functions: a DIMM, or a virtio-mem device that is not asked to provide memory."""

    def __init__(self, machine, entry):
        self.machine = machine
        if entry.dimm:
            machine.attach_dimm(*entry.dimm)
        for neighbour in entry.neighbours:
            machine.add_memory(*neighbour)

    def add(self, job):
        """Have the kernel add a piece."""
        self.machine.add_memory(job.start, job.size, job.flags, job.node)

    def remove(self, job):
        """Have the kernel remove it."""
        function = "offline_and_remove_memory" if job.online else "remove_memory"
        return self.machine.count_call(function, job.start, job.size, timeout=CALL_TIMEOUT)


class ByAcpi:
    """Each piece is a DIMM of its own, which the kernel adds and gives back as ACPI asks."""

    def __init__(self, machine, entry):
        self.machine = machine
        for number, neighbour in enumerate(entry.neighbours):
            plug(machine, *neighbour, f"neighbour{number}")

    @staticmethod
    def device(job):
        """QEMU's name of the DIMM, which must begin with a letter."""
        return f"dimm-{job.name.replace(' ', '-')}"

    def add(self, job):
        """Plug the DIMM."""
        plug(self.machine, job.start, job.size, self.device(job), job.node)

    def remove(self, job):
        """Ask for the DIMM back; the kernel takes offline what is online."""
        start = self.machine.log_size()
        gone = let_go(eject(self.machine, self.device(job)))
        window = start, self.machine.log_size()
        if gone:                        # a DIMM of this name may come again
            self.machine.qmp.command("object-del", id=f"{self.device(job)}-memory")
        return 0 if gone else EPERM, window


class ByVirtioMem:
    """One device, which grows to a job's size and shrinks to nothing."""

    def __init__(self, machine, _):
        self.machine = machine

    def _size(self):
        return self.machine.qmp.command("qom-get", path="/machine/peripheral/vmem",
                                        property="size")

    def _resize(self, size, patience):
        """Request a size, and wait as long as the device still changes; return what it has."""
        self.machine.qmp.command("qom-set", path="/machine/peripheral/vmem",
                                 property="requested-size", value=size)
        last, since = self._size(), time.monotonic()
        while last != size and time.monotonic() - since < patience:
            time.sleep(PAUSE)
            now = self._size()
            if now != last:
                last, since = now, time.monotonic()
        return last

    def _wait_until(self, what, command):
        """Wait for the driver: the device has its new size before the kernel has done its part."""
        give_up = time.monotonic() + PLUG_TIMEOUT
        while self.machine.ask(command).status:
            if time.monotonic() > give_up:
                raise HarnessError(f"{what}, but not in time")
            time.sleep(PAUSE)

    def add(self, job):
        """Let the device grow; the kernel brings its memory online by itself."""
        if self._resize(job.size, PLUG_TIMEOUT) != job.size:
            raise HarnessError(f"the kernel did not add {job.name}")
        last = f"/sys/devices/system/memory/memory{job.blocks[-1]}"
        self._wait_until("the memory comes online", f"[ $(cat {last}/state) = online ]")

    def remove(self, job):
        """Let it shrink; the driver takes its memory offline and removes it."""
        start = self.machine.log_size()
        if self._resize(0, PATIENCE):
            return EPERM, (start, self.machine.log_size())
        blocks = " ".join(f"memory{number}" for number in job.blocks)
        self._wait_until("the memory goes", f"cd /sys/devices/system/memory && for it in {blocks}; "
                         "do [ ! -e $it ] || exit 1; done")
        return 0, (start, self.machine.log_size())


WAYS = {"call": ByCall, "acpi": ByAcpi, "virtio-mem": ByVirtioMem}
