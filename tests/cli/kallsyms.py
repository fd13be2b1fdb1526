# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel's table of symbols, written into its memory like that of kernels from 6.1 on."""

import struct

# The tables are read in pieces of this size, which reach beyond their end.
PIECE = 1 << 16


def tables(symbols, base, kept):
    """The tables in order, as {name: bytes}, for (name, type, va); every token is one character.

    Names after the first KEPT ones read as zeros.
    """
    tokens = [bytes([code]) if code else b"" for code in range(256)]
    index, table = [], b""
    for token in tokens:
        index.append(len(table))
        table += token + b"\0"
    names = b"".join(bytes([len(name) + 1]) + (kind + name).encode()
                     for name, kind, _ in symbols[:kept])
    return {
        "kallsyms_num_syms": struct.pack("<I", len(symbols)),
        "kallsyms_token_table": table,
        "kallsyms_token_index": struct.pack("<256H", *index),
        "kallsyms_relative_base": struct.pack("<Q", base),
        "kallsyms_offsets": b"".join(struct.pack("<I", va - base) for _, _, va in symbols),
        "kallsyms_names": names.ljust(len(names) + 2 * PIECE, b"\0"),
    }


def write(image, pa, names, kept=None):
    """Write a table of these text symbols, in order between _stext and _etext, to memory at PA.

    Returns its lines in the note.
    """
    base = image.kernel.image_base
    every = ["_stext", *names, "_etext"]
    symbols = [(name, "T", base + 0x100 * number) for number, name in enumerate(every)]
    lines = []
    for key, content in tables(symbols, base, kept).items():
        image.write(pa, content)
        lines.append("SYMBOL(%s)=%x\n" % (key, image.kernel.lin(pa)))
        pa += -(-len(content) // 16) * 16
    return "".join(lines).encode()
