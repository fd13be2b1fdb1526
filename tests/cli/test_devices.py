# SPDX-License-Identifier: GPL-2.0-or-later
"""--device, --node, --list-devices and --sysroot: whose memory it is."""

import os

import pytest
from sample import BOOT, FREE, GIB, MIB, SPLIT
from tree import ACPI, DAX, MEMORY, VIRTIO_MEM, Tree

BLOCK = 128 * MIB
DIMM, EMPTY = "PNP0C80:01", "PNP0C80:02"


@pytest.fixture(name="tree")
def make_tree(tmp_path):
    """The sample's memory: at boot on node 0, then a DIMM and a virtio-mem device, and a DAX device
    of 1 GiB on node 1.
    """
    tree = Tree(tmp_path / "root", BLOCK)
    tree.blocks(BOOT, 256 * MIB, zones="DMA")
    tree.blocks(FREE, 256 * MIB, zones="Movable", dimm=DIMM)
    tree.blocks(FREE + 256 * MIB, 256 * MIB)
    tree.blocks(SPLIT, GIB, node=1, zones="Normal Movable", state="offline")
    tree.put(f"{ACPI}/{EMPTY}/status", "0\n")
    tree.put(f"{VIRTIO_MEM}/virtio3")
    tree.put(f"{DAX}/dax0.0/state", "offline\n")
    tree.put(f"{DAX}/dax1.0/state", "offline\n")
    tree.iomem((0, BOOT, 256 * MIB, "System RAM"), (0, FREE, 256 * MIB, "System RAM"),
               (0, FREE + 256 * MIB, GIB - 256 * MIB, "virtio3"),
               (1, FREE + 256 * MIB, 256 * MIB, "System RAM (virtio_mem)"),
               (0, SPLIT, GIB, "Persistent Memory"), (1, SPLIT, GIB, "dax0.0"),
               (2, SPLIT, GIB, "System RAM (kmem)"))
    return tree


def spans(document):
    """Each range, with the device and node that were asked for."""
    return [(int(entry["start"], 16), entry["size"], entry["device"], entry["node"])
            for entry in document["ranges"]]


def blocks_of(document):
    """By name: node, zones, device."""
    return {block["name"]: (block["node"], block["zones"], block["device"])
            for block in document["blocks"]}


@pytest.mark.parametrize("name, start, size", (
    (DIMM, FREE, 256 * MIB), ("virtio3", FREE + 256 * MIB, 256 * MIB), ("dax0.0", SPLIT, GIB)))
def test_device_is_asked_about_by_its_name(program, sample, tree, name, start, size):
    document = program.document(sample.core, tree.option, "--device=" + name)
    assert spans(document) == [(start, size, name, None)]


def test_device_has_the_status_of_its_memory(program, sample, tree):
    assert program.run(sample.core, tree.option, "-q", "--device=" + DIMM).returncode == 0
    other = program.run(sample.core, tree.option, "-q", "--device=dax0.0", "--device=" + DIMM)
    same = program.run(sample.core, "-q", f"-r{SPLIT:#x}+1G", f"-r{FREE:#x}+256M")
    assert other.returncode == same.returncode


def test_node_is_all_of_its_memory_device_by_device(program, sample, tree):
    """An unplug is about a device, so neighbours that are not of one device are apart."""
    document = program.document(sample.core, tree.option, "--node=0", "--node=1")
    assert spans(document) == [(BOOT, 256 * MIB, None, 0), (FREE, 256 * MIB, None, 0),
                               (FREE + 256 * MIB, 256 * MIB, None, 0), (SPLIT, GIB, None, 1)]


def test_text_names_the_device_or_the_node(program, sample, tree):
    text = program.run(sample.core, tree.option, "--device=" + DIMM, "--node=1").text
    assert text.startswith(f"{DIMM}: {FREE:#x}-")
    assert f"\nnode 1: {SPLIT:#x}-" in text


def test_entry_of_iomem_is_asked_about_by_its_name(program, sample, tree):
    document = program.document(sample.core, tree.option, "--device=Persistent Memory")
    assert spans(document) == [(SPLIT, GIB, "Persistent Memory", None)]


@pytest.mark.parametrize("option, words", (
    ("--device=dax9.0", ("no device 'dax9.0'", f"{DIMM}, virtio3, dax0.0")),
    ("--device=" + EMPTY, (f"no device '{EMPTY}'", DIMM)),
    ("--device=dax1.0", ("dax1.0 has no memory that the system uses", "dax0.0")),
    ("--node=7", ("no memory belongs to node 7", "0, 1")),
    ("--node=1024", ("--node takes a number below 1024",)),
    ("--node=x", ("--node takes a number below 1024",)),
    ("--device=", ("--device",))))
def test_what_is_not_there_is_a_usage_error_with_what_is(program, sample, tree, option, words):
    result = program.run(sample.core, tree.option, option)
    assert result.returncode == 64
    assert all(word in result.message for word in words)


def test_dump_does_not_know_devices(program, sample):
    for query in ("--device=dax0.0", "--node=0", "--list-devices"):
        result = program.run(sample.core, query)
        assert result.returncode == 2
        assert "--sysroot" in result.message


def test_devices_are_listed_with_their_verdicts(program, sample, tree):
    devices = program.document(sample.core, tree.option, "--list-devices")["devices"]
    assert [(entry["name"], entry["kind"], entry["size"], entry["blocks"], entry["online"],
             entry["verdict"]) for entry in devices] == [
        (DIMM, "DIMM", 256 * MIB, 2, 2, "removable"),
        ("virtio3", "virtio-mem", 256 * MIB, 2, 2, "removable"),
        ("dax0.0", "DAX", GIB, 8, 0, "not-removable"), ("dax1.0", "DAX", 0, 0, 0, None)]
    assert [(entry["start"], entry["node"], entry["verdict"])
            for entry in devices[2]["ranges"]] == [(hex(SPLIT), 1, "not-removable")]
    # By the check of each block, as there is one leaf of 1 GiB.
    assert devices[2]["reasons"] == ["guard-veto"]


def test_list_of_devices_is_a_table_for_people(program, sample, tree):
    lines = program.run_ok(sample.core, tree.option, "--list-devices").splitlines()
    assert lines[0].split() == ["DEVICE", "KIND", "NODE", "RANGE", "SIZE", "STATE", "VERDICT", "WHY"]
    assert lines[1].split()[:2] == [DIMM, "DIMM"]
    assert lines[4].split() == ["dax1.0", "DAX", "0", "B"]


def test_system_without_devices_says_so(program, sample, tmp_path):
    tree = Tree(tmp_path / "bare", BLOCK)
    tree.blocks(BOOT, 256 * MIB)
    text = program.run_ok(sample.core, tree.option, "--list-devices")
    assert text.startswith("no device has memory")
    assert program.document(sample.core, tree.option, "--list-devices")["devices"] == []


def test_blocks_have_node_zones_and_device(program, sample, tree):
    blocks = blocks_of(program.document(sample.core, tree.option, "--blocks"))
    assert blocks["memory8"] == (0, ["DMA"], None)
    assert blocks["memory32"] == (0, ["Movable"], DIMM)
    assert blocks["memory34"] == (0, ["Normal"], "virtio3")
    assert blocks["memory40"] == (1, ["Normal", "Movable"], "dax0.0")


def test_without_a_tree_nothing_is_known_of_blocks(program, sample):
    blocks = blocks_of(program.document(sample.core, "--blocks"))
    assert set(blocks.values()) == {(None, None, None)}


def test_table_has_columns_for_them(program, sample, tree):
    text = program.run_ok(sample.core, tree.option, "--blocks", "-n",
                          "-oNODE,ZONES,DEVICE,MEMMAP-ON-MEMORY,STATE")
    assert [line.split() for line in text.splitlines()[:4]] == [
        ["0", "DMA", "no", "online"], ["0", "Movable", DIMM, "no", "online"],
        ["0", "Normal", "virtio3", "no", "online"],
        ["1", "Normal/Movable", "dax0.0", "no", "offline"]]


def test_table_shows_node_and_device_where_they_are_known(program, sample, tree, tmp_path):
    """A system without nodes or devices has no empty columns for them."""
    tree.put("sys/devices/system/node/node0/meminfo")
    bare = Tree(tmp_path / "bare", BLOCK)
    for option, known in ((tree.option, {"NODE", "DEVICE"}), (bare.option, set())):
        head = program.run_ok(sample.core, option).splitlines()[0].split()
        assert {"NODE", "DEVICE"} & set(head) == known
    path = program.file("snapshot")
    program.run_ok(sample.core, tree.option, "--save-tables=" + path, "-q")
    assert {"NODE", "DEVICE"} <= set(program.run_ok("--vmcore=" + path).splitlines()[0].split())


def test_states_are_those_of_the_tree(program, sample, tree):
    blocks = program.document(sample.core, tree.option, "--blocks")["blocks"]
    assert {block["name"]: block["state"] for block in blocks}["memory40"] == "offline"


def test_snapshot_has_what_the_system_said(program, sample, tree):
    source = (sample.core, tree.option)
    path = program.file("snapshot")
    program.run_ok(*source, "--save-tables=" + path, "-q")
    for query in ("--list-devices", "--node=1", "--device=" + DIMM, "--blocks"):
        one, other = program.document(*source, query), program.document("--vmcore=" + path, query)
        if query == "--list-devices":
            # Of a device without memory there is nothing to keep.
            one["devices"] = [entry for entry in one["devices"] if entry["size"]]
        for key in ("ranges", "devices", "blocks"):
            assert one[key] == other[key]


def test_sysroot_is_where_the_running_kernel_is_found(program, sample, tree):
    result = program.run(tree.option, "--blocks")
    assert result.returncode == 2
    assert f"{tree.root}/proc/kcore" in result.message
    os.symlink(sample.path, tree.root / "proc/kcore")
    assert program.document(tree.option, "--device=" + DIMM)["ranges"][0]["device"] == DIMM


LIES = {
    "binary": lambda tree: tree.put(f"{MEMORY}/memory32/valid_zones", b"\x00\xff\n" * 20),
    "long": lambda tree: tree.put(f"{MEMORY}/memory32/valid_zones", b"Normal " * 100),
    "markup": lambda tree: tree.put(f"{MEMORY}/memory32/valid_zones", "<script>x</script>\n"),
    "control": lambda tree: tree.put(f"{MEMORY}/memory32/valid_zones", "\x1b[2J\n"),
    "size": lambda tree: tree.put(f"{MEMORY}/block_size_bytes", "3\n"),
    "iomem": lambda tree: tree.put("proc/iomem", b"\xff" * 4096 + b"\n100-0 : System RAM (kmem)\n"),
    "deep": lambda tree: tree.iomem(*((i, FREE, GIB, "System RAM (kmem)") for i in range(99))),
    "nodes": lambda tree: tree.put(f"{MEMORY}/memory32/node99999999999999999999"),
    "names": lambda tree: [tree.put(f"{DAX}/dax{i}.{'0' * 30}") for i in range(500)],
    "loop": lambda tree: tree.link(f"{MEMORY}/memory32/firmware_node2", "firmware_node2"),
}


@pytest.mark.parametrize("lie", LIES)
def test_tree_that_lies_changes_no_verdict(program, sample, tree, lie):
    """What the system says is not part of a verdict, and is printed only if it makes sense."""
    LIES[lie](tree)
    true = program.document(sample.core, "--blocks")["blocks"]
    document = program.document(sample.core, tree.option, "--blocks", "--list-devices")
    told = document["blocks"]
    assert [block["verdict"] for block in told] == [block["verdict"] for block in true]
    for block in told:
        assert all(zone.isalnum() for zone in block["zones"] or ())
    text = program.run_ok(sample.core, tree.option, "--blocks", "--list-devices", "-o+ZONES,NODE")
    assert text.isprintable() or all(part.isprintable() for part in text.split("\n"))
