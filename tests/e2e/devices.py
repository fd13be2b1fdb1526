# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices: memory comes as a DIMM or from a virtio-mem device, and the tool is asked whose it is.

Asked are the list of devices, the device by its name, its node, and the list of memory blocks,
while there is no memory of a device, while there is some, and when it has gone again. A snapshot of
the moment in between has the same answers.
"""

from dataclasses import dataclass

from cases import BLOCK, GIB, MIB
from checks import difference, unequal
from entries import Entry, Job
from scenario import ask_tool
from ways import WAYS

NAME = "devices"
TIMEOUT = 1800
PIECE = Job("1G", 0x140000000, GIB, online=True)
GROWN = Job("384M", 0x88000000, 384 * MIB, online=True)
SNAPSHOT = "/tmp/devices.elf"
ONLINE = "memhp_default_state=online_movable"


@dataclass(frozen=True)
class Guest:
    """One boot. `kind`: what the tool calls such a device; `job`: its memory."""
    entry: Entry
    kind: str
    job: Job

    def __getattr__(self, name):
        return getattr(self.entry, name)


def dimm(kernel):
    """A kernel that adds DIMMs by itself."""
    return Guest(Entry(f"{kernel}-dimm", kernel, memory=(GIB,), parameters=ONLINE, way="acpi"),
                 "DIMM", PIECE)


def virtio_mem(kernel):
    """A virtio-mem device with blocks smaller than memory blocks."""
    return Guest(Entry(f"{kernel}-virtio-mem", kernel, memory=(GIB,), parameters=ONLINE,
                       way="virtio-mem", vmem=(GROWN.start, 4 * GIB, 2 * MIB)),
                 "virtio-mem", GROWN)


CASES = {case.name: case for case in (
    dimm("bookworm-cloud"), dimm("trixie-cloud"), dimm("experimental-cloud"), virtio_mem("6.1"),
    virtio_mem("7.2"), virtio_mem("7.3"))}


@dataclass
class Evidence:
    """All output of one guest."""
    release: str
    before: object
    there: object           # the list of devices and of blocks
    named: object           # the device, asked for by its name and by its node
    saved: object           # as `there`, of a snapshot
    after: object
    result: int


def programs(laboratory):
    """The plugin that records TLBIs, in whose record the ways look for the end of a removal."""
    laboratory.add_plugin()


def machine(laboratory, case):
    """The machine of a case."""
    return laboratory.counting_machine(case)


def devices_of(report, case):
    """The devices of the guest's kind that have memory."""
    return [device for device in report.document["devices"]
            if device["kind"] == case.kind and device["size"]]


def play(case, guest, _):
    """Run the scenario."""
    options = ["--list-devices", "--blocks"]
    release = guest.tell("uname -r").strip()
    way = WAYS[case.way](guest, case)
    before = ask_tool(guest, "before.json", options)
    way.add(case.job)
    there = ask_tool(guest, "there.json", options)
    names = [device["name"] for device in devices_of(there, case)]
    named = ask_tool(guest, "named.json", [*(f"--device={name}" for name in names), "--node=0"])
    guest.tell(f"hotremove-check --save-tables={SNAPSHOT} -q")
    saved = ask_tool(guest, "saved.json", [f"--vmcore={SNAPSHOT}", *options])
    result, _ = way.remove(case.job)
    return Evidence(release, before, there, named, saved,
                    ask_tool(guest, "after.json", options), result)


def one_device(evidence, case):
    """The only device of the kind; an error is a document of another shape."""
    device, = devices_of(evidence.there, case)
    return device


def ranges(device):
    """Start and size of a device's memory."""
    return [(int(part["start"], 16), part["size"]) for part in device["ranges"]]


def named_ranges(evidence, device):
    """The same of the answers about the device."""
    return [(int(entry["start"], 16), entry["size"])
            for entry in evidence.named.document["ranges"] if entry["device"] == device["name"]]


def places(report):
    """What is said about the place of each block."""
    return {block["name"]: [block[key] for key in ("state", "node", "zones", "device")]
            for block in report.document["blocks"]}


def expected_places(case, device):
    """The same of the device's blocks, as the kernel was asked to make them."""
    return {f"memory{number}": ["online", 0, ["Movable"], device["name"]]
            for number in range(case.job.start // BLOCK, (case.job.end + 1) // BLOCK)}


def judge(case, evidence):
    """Yield each demand's text and what is wrong, an empty text if nothing is."""
    yield "no device has memory before", unequal("devices", devices_of(evidence.before, case), [])
    device = one_device(evidence, case)
    memory = [(case.job.start, case.job.size)]
    yield "one device has the memory that was added", unequal("ranges", ranges(device), memory)
    yield "the device by its name is that memory", unequal("ranges", named_ranges(evidence, device),
                                                           memory)
    told = places(evidence.there)
    wanted = expected_places(case, device)
    yield "the blocks have state, node, zone and device", difference(
        {name: told.get(name) for name in wanted}, wanted, "blocks")
    others = sorted({place[3] for name, place in told.items() if name not in wanted} - {None})
    yield "no other block has a device", unequal("devices", others, [])
    yield "a snapshot says the same of the blocks", difference(places(evidence.saved), told,
                                                               "blocks")
    yield "a snapshot has the same device", unequal("devices", devices_of(evidence.saved, case),
                                                    [device])
    yield "the device can go if and only if it goes", unequal(
        "can go", device["verdict"] == "removable", evidence.result == 0)
    gone = [device] if evidence.result else []
    yield "the memory that has gone is nobody's", unequal(
        "devices", devices_of(evidence.after, case), gone)


def figures(case, evidence):
    """The part that is kept for the document."""
    device = one_device(evidence, case)
    return {"device": device["name"], "kind": device["kind"], "size": device["size"],
            "verdict": device["verdict"], "result": evidence.result}
