#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a synthetic core of an AArch64 kernel from a short description.

The description is JSON, numbers may be strings such as "0x40000000":

    {"kernel": {"granule": 4096, "va_bits": 48, "release": "7.2.12"},
     "regions": [{"pa": "0x40000000", "size": "0x10000000", "boot": true, "linear": "cont-pmd"},
                 {"pa": "0x100000000", "size": "0x40000000", "linear": "pud"}],
     "faults": [{"kind": "drop-cont", "pa": "0x42000000", "count": 3}],
     "seed": 1}

See layout.py for the fields and arm64.Kernel for those of "kernel".
"""

import argparse
import json

import containers
from arm64 import Kernel
from image import Image
from layout import Fault, Layout, Machine, Region

FORMATS = {
    "plain": containers.write_plain,
    "phdrs-at-end": lambda path, image: containers.write_plain(path, image, "end"),
    "qemu": containers.write_qemu,
    "whole-memory": containers.write_whole_memory,
    "kdump-elf": containers.write_kdump_elf,
    "kcore": containers.write_kcore,
    "many-segments": containers.write_many_segments,
    "kdump": containers.write_kdump,
}


def number(value):
    """Integers written as text, so that addresses may be in hex; everything else unchanged."""
    if isinstance(value, str):
        try:
            return int(value, 0)
        except ValueError:
            return value
    if isinstance(value, list):
        return [number(item) for item in value]
    return value


def numbers(fields):
    """The fields of a JSON object, with numbers as integers."""
    return {name: value if name == "release" else number(value)
            for name, value in fields.items()}


def machine_from(description):
    """A Machine from a parsed JSON description."""
    kernel = Kernel(**numbers(description.get("kernel", {})))
    regions = [Region(**numbers(fields)) for fields in description["regions"]]
    faults = [Fault(**numbers(fields)) for fields in description.get("faults", [])]
    rest = {name: number(description[name]) for name in ("seed", "noise", "spare_pa")
            if name in description}
    return Machine(kernel, regions, faults, **rest)


def build(machine, windows=None):
    """The layout of a machine and its memory."""
    layout = Layout(machine)
    return layout, Image(layout, windows)


def main():
    """Command line: reads a description, writes a core."""
    parser = argparse.ArgumentParser(description="make a synthetic AArch64 core")
    parser.add_argument("description", help="JSON file")
    parser.add_argument("output", nargs="+", help="several files make a split kdump set")
    parser.add_argument("--format", choices=sorted(FORMATS), default="plain")
    parser.add_argument("--flatten", action="store_true",
                        help="write makedumpfile's flattened form of that format")
    options = parser.parse_args()
    with open(options.description, encoding="utf-8") as handle:
        _, image = build(machine_from(json.load(handle)))
    if len(options.output) > 1:
        containers.write_kdump_split(options.output, image)
        return
    path = options.output[0]
    FORMATS[options.format](path, image)
    if options.flatten:
        containers.flatten(path, path)


if __name__ == "__main__":
    main()
