# SPDX-License-Identifier: GPL-2.0-or-later
"""RANGE: random spellings, right and wrong ones, compared with a reading of the grammar."""

import re

from hypothesis import example, given
from hypothesis import strategies as st
from profiles import examples
from sample import MIB

# Of the sample's kernel.
PAGE, BLOCK, REACH = 4096, 128 * MIB, 1 << 48
LIMIT = 1 << 64
PA_LIMIT = 1 << 52
UNITS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}
FOLDERS = ("/sys/devices/system/memory/", "/sys/devices/system/node/node0/",
           "/sys/bus/memory/devices/")


class Refused(Exception):
    """The text is not a range."""


class LooksExclusive(Refused):
    """END looks as if it was not part of the range."""


class Ambiguous(Refused):
    """A number could be meant as another one."""


def value_of(text):
    """The number that a text is."""
    match = re.fullmatch("0[xX]([0-9a-fA-F]+)|([0-9]+)", text)
    if not match:
        raise Refused("no number")
    value = int(match[1], 16) if match[1] else int(match[2], 10)
    if value >= LIMIT:
        raise Refused("more than 64 bits")
    return value


def hex_of(text):
    """The number that a text is if it is hexadecimal in any case."""
    if not re.fullmatch("(0[xX])?[0-9a-fA-F]+", text):
        raise Refused("no number")
    value = int(text, 16)
    if value >= LIMIT:
        raise Refused("more than 64 bits")
    return value


def zeros_of(value):
    """The zero bits at the end of a number, which is not 0."""
    return (value & -value).bit_length() - 1


def clear_value_of(text):
    """The number that a text is, unless its digits look like those of a hexadecimal address."""
    value = value_of(text)
    if re.fullmatch("[0-9]+", text) and value:
        other = int(text, 16)
        if other < PA_LIMIT and zeros_of(other) >= 12 and zeros_of(other) > zeros_of(value):
            raise Ambiguous(other, value)
    return value


def size_of(text):
    """The number of bytes that a text is."""
    match = re.fullmatch("(.*?) ?(?:([KMGT])(?:iB)?)?", text, re.DOTALL | re.IGNORECASE)
    size = value_of(match[1]) << UNITS[(match[2] or "").upper()]
    if not match[2]:
        clear_value_of(match[1])
    if size >= LIMIT:
        raise Refused("more than 64 bits")
    return size


def end_of(start, text):
    """The first and the last byte of START-END."""
    numbers = [start, text]
    if any(re.fullmatch("(?=.*[a-fA-F])[0-9a-fA-F]+", number) for number in numbers):
        return [hex_of(number) for number in numbers]
    for number in numbers:
        value_of(number)
    return [clear_value_of(number) for number in numbers]


def meaning_of(text):
    """The first and the last byte of the range that a text is."""
    text = text.strip(" ")
    folders = "|".join(map(re.escape, FOLDERS))
    block = (re.fullmatch(f"(?:{folders})?memory([0-9]+)(?:/[a-z_]*(?::.*)?)?()", text)
             or re.fullmatch("memory([0-9]+) *- *(?:memory)?([0-9]+)", text))
    if block:
        first = value_of(block[1])
        start = first * BLOCK
        last = start + BLOCK - 1 if not block[2] else (value_of(block[2]) + 1) * BLOCK - 1
    else:
        start, last = bytes_of(text)
    if start > last:
        raise Refused("it ends before it starts")
    if last >= REACH:
        raise Refused("beyond the physical addresses")
    return start, last


def bytes_of(text):
    """The first and the last byte of a range in bytes."""
    line = re.fullmatch("([0-9a-fA-FxX]+) *- *([0-9a-fA-FxX]+)"
                        "(?: *(:).*| +[0-9.]+ ?(?:[KMGTPE](?:iB)?|B)(?: .*)?)?", text)
    if line:
        start, last = (map(hex_of, line.group(1, 2)) if line[3]
                       else end_of(line[1], line[2]))
        if start <= last and last % PAGE == 0:
            raise LooksExclusive(start, last)
        return start, last
    pair = re.fullmatch(r"([^+]*?) *\+ *([^+]*)", text, re.DOTALL)
    if not pair:
        raise Refused("no range")
    start, size = clear_value_of(pair[1]), size_of(pair[2])
    if not size or start + size > LIMIT:
        raise Refused("no size, or too much")
    return start, start + size - 1


EDGES = [0, 1, PAGE, BLOCK, 32 * BLOCK, REACH, LIMIT]
VALUES = (st.builds(lambda edge, delta: max(0, edge + delta), st.sampled_from(EDGES),
                    st.integers(-2, 2))
          | st.integers(0, REACH) | st.integers(0, LIMIT)
          | st.builds(lambda pages, less: max(0, pages * PAGE - less), st.integers(0, 1 << 36),
                      st.integers(0, 1)))
NUMBERS = st.builds(lambda form, value: form % value,
                    st.sampled_from(("%d", "%#x", "%#X", "0x%X", "0x%08x", "%03d")), VALUES)
UNIT = st.builds("".join, st.tuples(st.sampled_from(("", "", " ")), st.sampled_from("KMGTkmgt"),
                                    st.sampled_from(("", "iB", "ib", "B"))))
SIZES = st.builds(lambda number, unit: number + unit,
                  st.builds(str, st.integers(0, 5000)) | NUMBERS, UNIT)
BARE = st.builds("{:x}".format, VALUES) | st.builds("{:08X}".format, VALUES)
DASH = st.sampled_from(("-", "-", " - ", "- "))
PLUS = st.sampled_from(("+", "+", " + "))
BLOCK_NUMBERS = st.integers(0, 1 << 22) | VALUES
BLOCK_NAMES = st.builds("memory{}".format, BLOCK_NUMBERS)
PAIRS = st.builds("".join, st.tuples(NUMBERS | BARE, DASH, NUMBERS | BARE))
RANGES = (PAIRS
          | st.builds("".join, st.tuples(NUMBERS, PLUS, NUMBERS | SIZES))
          | st.builds("".join, st.tuples(BARE, DASH, BARE, st.just(" : System RAM")))
          | st.builds("".join, st.tuples(PAIRS, st.just("  128M online yes 40")))
          | BLOCK_NAMES
          | st.builds("".join, st.tuples(BLOCK_NAMES, DASH, BLOCK_NAMES))
          | st.builds("".join, st.tuples(BLOCK_NAMES, DASH, st.builds(str, BLOCK_NUMBERS)))
          | st.builds("".join, st.tuples(st.sampled_from(("",) + FOLDERS), BLOCK_NAMES,
                                         st.sampled_from(("", "/", "/state")))))
CHARACTERS = st.sampled_from("0123456789abcdefxXkKMGT+-,. memoryB:/i")


@st.composite
def spellings(draw):
    """A range, or a range with a character more, less or changed."""
    text = draw(RANGES)
    if draw(st.booleans()):
        at = draw(st.integers(0, len(text)))
        end = draw(st.sampled_from((at, at + 1)))
        text = text[:at] + draw(st.just("") | CHARACTERS) + text[end:]
    return text


@examples(400)
@given(spellings() | st.lists(CHARACTERS, max_size=24).map("".join))
@example("memory32")
@example("0x100000000-0x108000000")
@example("0x100000000-0x107ffffff")
@example("100000000-107ffffff")
@example("100000000+128M")
@example("0x100000000+8000000")
def test_text_is_a_range_if_the_grammar_says_so(program, sample, text):
    try:
        wanted = meaning_of(text)
    except LooksExclusive as refusal:
        start, last = refusal.args
        message = program.refused(sample.core, "-r", text, status=64)
        if start < last:
            # Both right spellings are there, and the grammar agrees that they are right.
            assert "%#x-%#x" % (start, last - 1) in message
            assert "%#x+%#x" % (start, last - start) in message
        return
    except Ambiguous as refusal:
        message = program.refused(sample.core, "-r", text, status=64)
        if "is ambiguous" in message:
            readings = [int(reading, 16) for reading in re.findall("0x[0-9a-f]+", message)]
            assert set(refusal.args) <= set(readings)
        return
    except Refused:
        program.refused(sample.core, "-r", text, status=64)
        return
    answer = program.document(sample.core, "-r", text)["ranges"][0]
    # A range needs no option.
    assert program.document(sample.core, text)["ranges"][0] == answer
    assert (int(answer["start"], 16), int(answer["end"], 16)) == wanted
    assert answer["size"] == wanted[1] - wanted[0] + 1


@examples(40)
@given(st.lists(RANGES, min_size=1, max_size=5), st.sampled_from(("\n", "\r\n", "  # text\n")))
def test_lines_of_a_file_are_ranges_if_the_grammar_says_so(program, sample, texts, end):
    path = program.file("ranges", "".join("  " + text + end for text in texts))
    wanted = []
    for text in texts:
        try:
            wanted.append(meaning_of(text))
        except Refused:
            program.refused(sample.core, "--ranges-from=" + path, status=64)
            return
    answers = program.document(sample.core, "--ranges-from=" + path)["ranges"]
    assert [(int(answer["start"], 16), int(answer["end"], 16)) for answer in answers] == wanted
