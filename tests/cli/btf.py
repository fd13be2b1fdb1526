# SPDX-License-Identifier: GPL-2.0-or-later
"""Types in the kernel's BTF, as far as they describe struct pages."""

import struct

KIND_INT, KIND_ARRAY, KIND_STRUCT, KIND_UNION, KIND_ENUM = 1, 3, 4, 5, 6
# A kernel's types are larger than those of a module.
LEAST = 1 << 18


class Types:
    """BTF in the making: each method adds a type and returns its number."""

    def __init__(self):
        self.words = bytearray(b"\0")
        self.types = bytearray()
        self.count = 0

    def _word(self, text):
        if not text:
            return 0
        place = len(self.words)
        self.words += text.encode() + b"\0"
        return place

    def _add(self, name, kind, length, size, tail=b""):
        self.types += struct.pack("<III", self._word(name), kind << 24 | length, size) + tail
        self.count += 1
        return self.count

    def number(self, name, size):
        """An integer of SIZE bytes."""
        return self._add(name, KIND_INT, 0, size, struct.pack("<I", size * 8))

    def array(self, element, count):
        """COUNT elements of a type."""
        return self._add("", KIND_ARRAY, 0, 0, struct.pack("<III", element, element, count))

    def _composite(self, kind, name, size, members):
        tail = b"".join(struct.pack("<III", self._word(member), of, offset * 8)
                        for member, of, offset in members)
        return self._add(name, kind, len(members), size, tail)

    def struct(self, name, size, *members):
        """A struct of (name, type, offset); without a name it is anonymous."""
        return self._composite(KIND_STRUCT, name, size, members)

    def union(self, name, size, *members):
        """A union of the same."""
        return self._composite(KIND_UNION, name, size, members)

    def enum(self, name, values):
        """An enum of {word: number}."""
        tail = b"".join(struct.pack("<Ii", self._word(word), value)
                        for word, value in values.items())
        return self._add(name, KIND_ENUM, len(values), 4, tail)

    def encode(self):
        """All of it, with as many more words as a kernel has at least."""
        words = self.words + b"word\0" * (LEAST // 5)
        return struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(self.types), len(self.types),
                           len(words)) + self.types + words
