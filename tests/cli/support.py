# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the program under test, and check the shape of its output."""

import json
import os
import re
import subprocess
import tempfile
import unittest

ADDRESS = re.compile(r"^0x[0-9a-f]+$")
LEAVES = {name: int for name in ("PUD", "CONT_PMD", "PMD", "CONT_PTE", "PTE")}
VERDICTS = ("removable", "not-removable", "unknown")
OUTCOMES = ("accepts", "refuses", "accepts-unsafely", "none", "unknown")
LEVELS = tuple(LEAVES) + ("P4D", "PGD")
CODES = ("splits-leaf", "guard-veto", "boot-memory", "misaligned", "not-present",
         "malformed-cont", "no-hotremove", "unreadable")
# Seconds after which something that a test waits for will never happen, on any machine.
PATIENCE = 600


class Address:
    """Marks a JSON string that is a hexadecimal address."""


class Maybe:
    """Marks a value that may also be null."""

    def __init__(self, shape):
        self.shape = shape


class OneOf:
    """Marks a string from a fixed set."""

    def __init__(self, *values):
        self.values = values


MAPPED = {"mapped": int, "unmapped": int, "unreadable": int, "leaves": LEAVES}
FLUSHES = {"flushes": int, "tlbi": int, "range_ops": int, "single_ops": int,
           "full_flushes": int}
PLAN = {"linear": FLUSHES, "vmemmap": FLUSHES, "tables": {"freed": int, "tlbi": int},
        "total": {"tlbi": int, "dsb": int, "isb": int}}
SPAN = {"start": Address, "end": Address, "size": int}
REASON = {"code": OneOf(*CODES), "map": Maybe(OneOf("linear", "vmemmap")),
          "edge": Maybe(OneOf("start", "end")), "va": Maybe(Address),
          "leaf": Maybe({"level": OneOf(*LEVELS), "va": Address, "pa": Maybe(Address),
                         "size": int}),
          "message": str}
GUARD_BLOCK = {"name": str, "start": Address, "end": Address, "outcome": OneOf(*OUTCOMES),
               "rule": Maybe(OneOf("splits-linear", "splits-vmemmap", "boot-memory"))}
TEARDOWN_MODELS = OneOf("per-leaf", "batched-wide", "batched")
RANGE = {
    "start": Address, "end": Address, "size": int, "verdict": OneOf(*VERDICTS),
    "reasons": [REASON], "linear": MAPPED, "vmemmap": MAPPED,
    "guard": {"outcome": OneOf(*OUTCOMES), "blocks": [GUARD_BLOCK]},
    "teardown": {"model": Maybe(TEARDOWN_MODELS), "batched": PLAN, "per_leaf": PLAN,
                 "range_ops": [{"va": Address, "pages": int, "scale": int, "num": int}],
                 "calls": {"value": OneOf("range", "block"), "count": int,
                           "from": OneOf("option", "memmap-on-memory", "owner", "assumed")},
                 "root_entries": {"linear": int, "vmemmap": int, "flushed": bool}},
    "nearest": {"inside": Maybe(SPAN), "around": Maybe(SPAN)},
}
BLOCK = {"name": str, "start": Address, "end": Address,
         "state": Maybe(OneOf("online", "offline")), "boot": Maybe(bool), "verdict": OneOf(*VERDICTS),
         "reasons": [REASON], "linear": {"leaves": LEAVES}, "vmemmap": {"leaves": LEAVES}}
RUN = {"va": Address, "pa": Maybe(Address), "level": OneOf(*LEVELS), "leaf_size": int,
       "count": int, "valid": bool}
FORMATS = OneOf("elf", "kdump", "flattened-elf", "flattened-kdump", "ptdump")
DOCUMENT = {
    "schema": OneOf("hotremove-check/1"), "version": str,
    "source": {"kind": OneOf("kcore", "vmcore", "ptdump"), "path": str, "format": FORMATS},
    "kernel": {
        "release": Maybe(str), "page_size": Maybe(int), "va_bits": Maybe(int),
        "va_bits_actual": Maybe(int), "levels": Maybe(int), "lpa2": Maybe(bool),
        "page_offset": Maybe(Address), "phys_offset": Maybe(Address),
        "kimage_voffset": Maybe(Address), "swapper_pg_dir": Maybe(Address),
        "linear_map": Maybe(SPAN),
        "vmemmap_start": Maybe(Address), "struct_page_size": Maybe(int),
        "section_size": Maybe(int), "memory_block_size": Maybe(int),
        "features": {"tlbi_range": Maybe(bool), "repeat_tlbi": Maybe(bool)},
        "models": {name: {"value": Maybe(str), "from": Maybe(str)}
                   for name in ("teardown", "flush", "guard")},
        "overrides": [str],
    },
    "ranges": [RANGE], "blocks": Maybe([BLOCK]),
    "map": Maybe({"linear": [RUN], "vmemmap": [RUN]}), "warnings": [str],
}


def misfits(value, shape, path="$"):
    """Where VALUE does not have SHAPE, as texts.  It may have more keys than the contract."""
    if isinstance(shape, Maybe):
        return [] if value is None else misfits(value, shape.shape, path)
    if isinstance(shape, dict):
        return _object_misfits(value, shape, path)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return ["%s is not an array" % path]
        return [text for number, item in enumerate(value)
                for text in misfits(item, shape[0], "%s[%d]" % (path, number))]
    if isinstance(shape, OneOf):
        return [] if value in shape.values else ["%s is %r" % (path, value)]
    if shape is Address:
        fits = isinstance(value, str) and ADDRESS.match(value)
        return [] if fits else ["%s is no address: %r" % (path, value)]
    # bool is an int to Python, but not to JSON.
    return [] if type(value) is shape else ["%s is %r" % (path, value)]


def _object_misfits(value, shape, path):
    if not isinstance(value, dict):
        return ["%s is not an object" % path]
    texts = ["%s.%s is missing" % (path, key) for key in shape if key not in value]
    for key in shape:
        if key in value:
            texts += misfits(value[key], shape[key], "%s.%s" % (path, key))
    return texts


def no_floats(text):
    """Refuse floats and the constants that only look like numbers."""
    raise ValueError("not an integer: " + text)


def parse(text):
    """One JSON document without floats and without duplicate keys."""
    def unique(pairs):
        keys = [key for key, _ in pairs]
        if len(keys) != len(set(keys)):
            raise ValueError("duplicate key among %s" % keys)
        return dict(pairs)

    return json.loads(text, parse_float=no_floats, parse_constant=no_floats,
                      object_pairs_hook=unique)


# Options that a build may lack; tests that need one are then skipped, and say so.
OPTIONAL = ("--blocks", "--map", "--explain", "--ptdump", "--verify-ptdump")


class Program:
    """The program under test; `path` is set by the test runner."""

    path = os.environ.get("HOTREMOVE_CHECK")
    _help = None

    @classmethod
    def has(cls, option):
        """Whether this build knows OPTION."""
        if cls._help is None:
            cls._help = subprocess.run([cls.path, "--help"], stdout=subprocess.PIPE,
                                       check=True).stdout.decode()
        return option in cls._help

    @classmethod
    def require(cls, *options):
        """Skip the test if the build lacks one of OPTIONS."""
        for option in options:
            if not cls.has(option):
                raise unittest.SkipTest("this build has no " + option)

    @classmethod
    def is_under_valgrind(cls):
        """Whether it is a script that starts the program under valgrind."""
        with open(cls.path, "rb") as program:
            return program.read(2) == b"#!"

    @classmethod
    def has_sandbox(cls):
        """Whether it is a build with a sandbox."""
        with open(cls.path, "rb") as program:
            return not cls.is_under_valgrind() and b"__asan_init" not in program.read()

    @classmethod
    def skip_without_sandbox(cls):
        """Skip the test if there is no sandbox."""
        if not cls.has_sandbox():
            raise unittest.SkipTest("sanitizers and valgrind need what the sandbox takes away")

    @classmethod
    def skip_under_valgrind(cls, why):
        """Skip the test under valgrind."""
        if cls.is_under_valgrind():
            raise unittest.SkipTest("under valgrind " + why)

    @classmethod
    def run(cls, *arguments, stdin=None, stdout=subprocess.PIPE, prepare=None):
        """Run the program without a terminal and without the tester's locale."""
        words = [str(word).split("=")[0] for word in arguments]
        cls.require(*(word for word in words if word in OPTIONAL))
        env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                env[name] = os.environ[name]
        return subprocess.run([cls.path, *map(str, arguments)], input=stdin or b"", env=env,
                              stdout=stdout, stderr=subprocess.PIPE, timeout=PATIENCE, check=False,
                              preexec_fn=prepare)


class ProgramTest(unittest.TestCase):
    """Assertions that every test of the program shares, and a folder for its files."""

    @classmethod
    def setUpClass(cls):
        if not Program.path:
            raise unittest.SkipTest("no program given: set HOTREMOVE_CHECK")
        cls._folder = tempfile.TemporaryDirectory(prefix="hotremove-test-")
        cls.folder = cls._folder.name

    @classmethod
    def tearDownClass(cls):
        cls._folder.cleanup()

    @classmethod
    def file(cls, name, content=None):
        """A path in the test's folder, with CONTENT if given."""
        path = os.path.join(cls.folder, name)
        if content is not None:
            with open(path, "wb") as out:
                out.write(content if isinstance(content, bytes) else content.encode())
        return path

    def run_ok(self, *arguments, status=0, stdin=None):
        """Run the program, expect STATUS, and return its output."""
        result = Program.run(*arguments, stdin=stdin)
        self.assertEqual(result.returncode, status,
                         "%s\n%s" % (" ".join(map(str, arguments)), result.stderr.decode()))
        return result.stdout.decode()

    def document(self, *arguments, statuses=(0, 1, 2), stdin=None):
        """Run the program with --json and return the document, whose shape must be right."""
        result = Program.run(*arguments, "--json", stdin=stdin)
        self.assertIn(result.returncode, statuses,
                      "%s\n%s\n%s" % (" ".join(map(str, arguments)), result.stderr.decode(),
                                      result.stdout.decode()[:500]))
        answer = parse(result.stdout.decode())
        self.assertEqual(misfits(answer, DOCUMENT), [])
        answer["status"] = result.returncode
        return answer

    def assert_refused(self, result, status):
        """A refusal: nothing on standard output, one line on standard error."""
        self.assertEqual(result.returncode, status, result.stderr.decode())
        self.assertEqual(result.stdout, b"")
        text = result.stderr.decode()
        self.assertTrue(text.endswith("\n"), repr(text))
        self.assertEqual(len(text.splitlines()), 1, text)


def children(pid):
    """The process ids of the children of PID."""
    with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as handle:
        return [int(word) for word in handle.read().split()]


def expected_status(verdicts):
    """The exit status for a set of verdicts."""
    if "not-removable" in verdicts:
        return 1
    return 2 if "unknown" in verdicts else 0
