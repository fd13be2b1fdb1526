# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes compressed AVML files, as AVML does: blocks of at most 16 MiB, none that is all zeros, in
chunks of 64 KiB."""

import re
import struct
from functools import lru_cache

BLOCK, CHUNK = 16 << 20, 65536
IDENTIFIER = b"\xff\x06\x00\x00sNaPpY"
COMPRESSED, STORED = 0, 1
COPY_MAX = 64
NOTE_PAGE, NOTE_BEHIND = 4096, 1 << 30
RUN = re.compile(rb"(.)\1{15,}", re.DOTALL)


def _crc_table():
    """The table of CRC-32C for a byte at a time."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82f63b78 if value & 1 else 0)
        table.append(value)
    return table


TABLE = _crc_table()


def masked_sum(data):
    """The checksum of a chunk with this content."""
    value = 0xffffffff
    for byte in data:
        value = value >> 8 ^ TABLE[(value ^ byte) & 255]
    value ^= 0xffffffff
    return ((value << 17 | value >> 15) + 0xa282ead8) & 0xffffffff


def _number(value):
    """Seven bits a byte, the lowest first."""
    result = bytearray()
    while value > 127:
        result.append(value & 127 | 128)
        value >>= 7
    return bytes(result) + bytes([value])


def _literal(data):
    """Bytes as they are: the length is in the tag, or in two bytes behind it."""
    if not data:
        return b""
    size = len(data) - 1
    return (bytes([size << 2]) if size < 60 else b"\xf4" + struct.pack("<H", size)) + data


def compress(data):
    """The data in snappy's format, in which runs of a byte become copies of the byte before."""
    result, at = [_number(len(data))], 0
    for run in RUN.finditer(data):
        result.append(_literal(data[at:run.start() + 1]))
        left = run.end() - run.start() - 1
        while left:
            size = min(left, COPY_MAX)
            result.append(struct.pack("<BH", size - 1 << 2 | 2, 1))
            left -= size
        at = run.end()
    return b"".join(result) + _literal(data[at:])


@lru_cache(maxsize=64)
def chunk(data):
    """A chunk with this content, which is compressed if that saves an eighth."""
    packed, kind = compress(data), COMPRESSED
    if len(packed) >= len(data) - len(data) // 8:
        packed, kind = data, STORED
    return struct.pack("<II", len(packed) + 4 << 8 | kind, masked_sum(data)) + packed


def header(start, last):
    """The header of a block."""
    return struct.pack("<4sIQQQ", b"AVML", 2, start, last, 0)


def block(start, data):
    """A block with the memory at START."""
    stream = IDENTIFIER + b"".join(chunk(data[at:at + CHUNK]) for at in range(0, len(data), CHUNK))
    return header(start, start + len(data) - 1) + stream + struct.pack("<Q", len(stream))


def file_of(pieces):
    """A file with the memory of PIECES, each (physical address, bytes)."""
    blocks = []
    for start, data in pieces:
        for at in range(0, len(data), BLOCK):
            part = bytes(data[at:at + BLOCK])
            if any(part):
                blocks.append(block(start + at, part))
    return b"".join(blocks)


def with_note(pieces, text):
    """The pieces, and behind them a page with the text of VMCOREINFO, as a kernel keeps it."""
    end = max(start + len(data) for start, data in pieces)
    text = text.rstrip(b"\0")
    page = text.ljust((len(text) // NOTE_PAGE + 1) * NOTE_PAGE, b"\0")
    return [(end + NOTE_BEHIND & -NOTE_PAGE, page), *pieces]
