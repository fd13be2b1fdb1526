# SPDX-License-Identifier: GPL-2.0-or-later
"""What a redacted snapshot has in common with its source, and what it must not have."""

import json
import re
import struct

# What of an answer is the same: all of it, but for addresses.
SAME = ("kernel", "ranges", "blocks", "map", "suggestions", "predicted", "warnings", "status")
WARNING = "this snapshot is redacted"
HALF = 0xfff0000000000000
VMEMMAP_END = 0xffffffffc0000000  # from 6.9 on


def shifted(document):
    """Does the answer say that its addresses are not the kernel's?"""
    return any(WARNING in warning for warning in document["warnings"])


def without_addresses(value):
    """The same without virtual addresses, and without what says that they are shifted."""
    if isinstance(value, dict):
        return {key: without_addresses(part) for key, part in value.items()
                if key not in ("va", "phys_offset", "kimage_voffset")}
    if isinstance(value, list):
        return [without_addresses(part) for part in value
                if not (isinstance(part, str) and WARNING in part)]
    if isinstance(value, str):
        return re.sub("0x[0-9a-f]{16}", "VA", value)
    return value


def constants_of(document):
    """Addresses that are the same in each kernel of this configuration."""
    return {int(document["kernel"][key], 16) for key in ("page_offset", "vmemmap_start")} | {
        VMEMMAP_END}


def addresses_of(document):
    """All virtual addresses in an answer, but those that are the same in each such kernel."""
    found = {int(text, 16) for text in re.findall("0x[0-9a-f]{16}", json.dumps(document))}
    return {number for number in found if number >= HALF} - constants_of(document)


def first_struct_page(document):
    """The address of the struct page of page frame 0, which a note has, mapped or not."""
    kernel = document["kernel"]
    frame = int(kernel["phys_offset"], 16) // kernel["page_size"]
    frame -= (1 << 64) // kernel["page_size"] * (int(kernel["phys_offset"], 16) >> 63)
    return (int(kernel["vmemmap_start"], 16) - frame * kernel["struct_page_size"]) % (1 << 64)


def apart_from(addresses, document):
    """The addresses that are not, by chance, also addresses of the kernel of an answer."""
    spans = [(int(run["va"], 16), int(run["va"], 16) + run["leaf_size"] * run["count"])
             for runs in document["map"].values() for run in runs]
    return {number for number in addresses - {first_struct_page(document)}
            if not any(start <= number <= end for start, end in spans)}


def words_of(content):
    """All aligned words of a file."""
    return set(struct.unpack("<%dQ" % (len(content) // 8), content[:len(content) // 8 * 8]))


def room_of(document):
    """Physical memory for which the linear map has room for sure: first byte and end."""
    kernel = document["kernel"]
    start = (int(kernel["phys_offset"], 16) - int(kernel["page_offset"], 16)
             - (1 << kernel["va_bits_actual"])) % (1 << 64)
    start -= (1 << 64) * (start >> 63)
    return start, start + (1 << kernel["va_bits_actual"] - 1)


def in_room(ranges, *documents):
    """The ranges for which the linear maps of all documents have room. Others have no counts.
    """
    rooms = [room_of(document) for document in documents]
    for part in ranges:
        # The plan of what no kernel removes may free another number of tables.
        if any(reason["code"] == "boot-memory" for reason in part["reasons"]):
            part["teardown"] = None
    return [part for part in ranges if all(
        int(part["start"], 16) >= start and int(part["end"], 16) < end for start, end in rooms)]
