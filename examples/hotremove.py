# SPDX-License-Identifier: GPL-2.0-or-later
"""libhotremove for drgn: can a range of memory be hot-removed from a kernel?

    >>> import hotremove
    >>> answer = hotremove.check(prog, (0x88000000, 0x90000000))
    >>> answer.verdict
    'removable'

The first argument is a drgn.Program for a running arm64 kernel or a dump of one. No debugging
information is needed. The range is physical, and its end is exclusive.
"""

import ctypes
import operator
import os
from ctypes import (CFUNCTYPE, POINTER, Structure, byref, c_bool, c_char, c_char_p, c_int,
                    c_size_t, c_uint32, c_uint64, c_void_p)
from typing import NamedTuple

import drgn

UNREADABLE = 2                          # enum hr_error_code
PLAN = 2                                # enum hr_depth
OVERRIDES = 32                          # HR_OVERRIDES_ROOM
MEMORY_LIMIT = 1 << 40                  # bytes; bounds how many tables a walk may visit


class _Error(Structure):
    _fields_ = [("code", c_int), ("is_static", c_bool), ("message", c_char_p)]


_Read = CFUNCTYPE(c_void_p, c_void_p, c_uint64, c_void_p, c_size_t)


class _Memory(Structure):
    _fields_ = [("read", _Read), ("finish", c_void_p), ("begin", c_void_p), ("context", c_void_p),
                ("size", c_uint64), ("live", c_bool), ("reserved", c_void_p * 4)]


class _Overrides(Structure):
    _fields_ = [("set", c_bool * OVERRIDES), ("value", c_uint64 * OVERRIDES),
                ("release", c_char_p)]


class _Config(Structure):
    _fields_ = [("name", c_char_p), ("memory", POINTER(_Memory)), ("ptdump", c_void_p),
                ("host", c_void_p), ("vmcoreinfo", c_char_p), ("vmcoreinfo_len", c_size_t),
                ("vmcoreinfo_of", c_char_p), ("overrides", _Overrides), ("tlbi_range", c_int),
                ("repeat_tlbi", c_int), ("teardown", c_int), ("flush", c_int), ("guard", c_int),
                ("calls", c_int), ("ignored", c_uint32), ("memory_block_size", c_uint64),
                ("maps_only", c_bool), ("no_plans", c_bool), ("progress", c_void_p),
                ("progress_context", c_void_p), ("mapping", c_int),
                ("reserved", c_uint64 * 7)]


class _Range(Structure):
    _fields_ = [("start", c_uint64), ("end", c_uint64)]


def _load():
    """The library, with the types of the functions that are used."""
    library = ctypes.CDLL(os.environ.get("HOTREMOVE_LIBRARY", "libhotremove.so.0"))
    for name, result, arguments in (
            ("hr_error_new", c_void_p, (c_int, c_char_p)),
            ("hr_error_destroy", None, (POINTER(_Error),)),
            ("hr_kernel_create", POINTER(_Error), (POINTER(_Config), POINTER(c_void_p))),
            ("hr_kernel_destroy", None, (c_void_p,)),
            ("hr_kernel_warnings", POINTER(c_char_p), (c_void_p, POINTER(c_size_t))),
            ("hr_kernel_ask", POINTER(_Error),
             (c_void_p, POINTER(_Range), c_int, POINTER(c_void_p))),
            ("hr_answer_destroy", None, (c_void_p,)),
            ("hr_answer_verdict", c_int, (c_void_p,)),
            ("hr_answer_reason", c_void_p, (c_void_p, c_size_t)),
            ("hr_answer_guard", c_int, (c_void_p,)),
            ("hr_answer_tlbi", c_uint64, (c_void_p, c_void_p)),
            ("hr_reason_code_of", c_int, (c_void_p,)),
            ("hr_reason_message", c_char_p, (c_void_p,)),
            ("hr_reason_name", c_char_p, (c_int,)),
            ("hr_verdict_name", c_char_p, (c_int,)),
            ("hr_guard_outcome_name", c_char_p, (c_int,))):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


_library = _load()


class Reason(NamedTuple):
    """Why a range is not removable, or why that is unknown."""
    code: str
    message: str


class Answer(NamedTuple):
    """What libhotremove says about a range."""
    verdict: str                        # "removable", "not-removable", "unknown"
    reasons: list
    guard: str                          # what the kernel's own check does: "accepts", ...
    tlbi: int                           # TLB invalidations of the removal
    warnings: list                      # what was assumed


class HotremoveError(Exception):
    """The library has no answer."""


def _check(error):
    """Turn an error of the library into an exception."""
    if error:
        message = error.contents.message.decode(errors="replace")
        _library.hr_error_destroy(error)
        raise HotremoveError(message)


def vmcoreinfo(prog):
    """The VMCOREINFO of a program as bytes. drgn has it as an object from 0.0.23 on."""
    try:
        return prog["VMCOREINFO"].string_()
    except KeyError:
        pass
    if not prog.flags & drgn.ProgramFlags.IS_LIVE:
        raise HotremoveError("this drgn does not show the VMCOREINFO of a dump: pass it")
    with open("/sys/kernel/vmcoreinfo", encoding="ascii") as file:
        address, size = (int(word, 16) for word in file.read().split())
    note = prog.read(address, size, physical=True)
    # An ELF note: a header of three words, and the name "VMCOREINFO" in twelve bytes.
    return note[24:24 + int.from_bytes(note[4:8], "little")]


def _unreadable(error):
    """What a read returns that has failed."""
    text = str(error).replace("%", "%%").encode(errors="replace")
    return _library.hr_error_new(UNREADABLE, text or type(error).__name__.encode())


class _Reader:
    """Reads the memory of a program for the library."""

    def __init__(self, prog):
        self.prog = prog
        self.stopped = None             # the exception that must not be lost, such as Ctrl-C
        self.callback = _Read(self._read)

    def _read(self, _context, address, buffer, size):
        # ctypes drops an exception, and the library would take what was not read for memory.
        try:
            if self.stopped is None:
                data = self.prog.read(address, size, physical=True)
                ctypes.memmove(buffer, (c_char * size).from_buffer_copy(data), size)
                return None
        except (drgn.FaultError, ValueError, OverflowError) as error:
            return _unreadable(error)
        except BaseException as error:  # pylint: disable=broad-exception-caught
            self.stopped = error
        return _unreadable(self.stopped)

    def check(self):
        """Raise what reading has met."""
        if self.stopped is not None:
            raise self.stopped


def _reasons(answer):
    index = 0
    while reason := _library.hr_answer_reason(answer, index):
        yield Reason(_library.hr_reason_name(_library.hr_reason_code_of(reason)).decode(),
                     _library.hr_reason_message(reason).decode(errors="replace"))
        index += 1


def _warnings(kernel):
    count = c_size_t()
    texts = _library.hr_kernel_warnings(kernel, byref(count))
    return [texts[i].decode() for i in range(count.value)]


def _ask(kernel, wanted):
    answer = c_void_p()
    _check(_library.hr_kernel_ask(kernel, byref(wanted), PLAN, byref(answer)))
    try:
        return Answer(
            _library.hr_verdict_name(_library.hr_answer_verdict(answer)).decode(),
            list(_reasons(answer)),
            _library.hr_guard_outcome_name(_library.hr_answer_guard(answer)).decode(),
            _library.hr_answer_tlbi(kernel, answer), _warnings(kernel))
    finally:
        _library.hr_answer_destroy(answer)


def _range(extent):
    """A range of the library. ctypes would cut a number down to 64 bits."""
    start, end = map(operator.index, extent)
    if not 0 <= start < end < 1 << 64:
        raise ValueError("(%#x, %#x) is not a range of physical memory" % (start, end))
    return _Range(start, end)


def check(prog, extent, note=None):
    """Can the physical memory [start, end) be removed from the kernel of a drgn.Program?

    NOTE is the text of its VMCOREINFO, if drgn does not have it."""
    wanted = _range(extent)
    note = vmcoreinfo(prog) if note is None else note
    reader = _Reader(prog)
    live = bool(prog.flags & drgn.ProgramFlags.IS_LIVE)
    memory = _Memory(read=reader.callback, size=MEMORY_LIMIT, live=live)
    config = _Config(memory=ctypes.pointer(memory), vmcoreinfo=note, vmcoreinfo_len=len(note))
    kernel = c_void_p()
    try:
        _check(_library.hr_kernel_create(byref(config), byref(kernel)))
        answer = _ask(kernel, wanted)
    finally:
        _library.hr_kernel_destroy(kernel)
        reader.check()
    return answer
