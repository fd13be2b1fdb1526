# SPDX-License-Identifier: GPL-2.0-or-later
"""How results get out: in whole lines or not at all, whatever the reader, a signal, a deadline or a
terminal does meanwhile; and the progress of work that takes long."""

import fcntl
import os
import pty
import re
import resource
import select
import signal
import struct
import subprocess
import termios
import time
from types import SimpleNamespace

import containers
import pytest
from arm64 import Kernel
from documents import parse
from image import Image
from layout import Layout, Machine, Region
from processes import (NAME, NOTHING, SIGNALS, Running, default_signals, late, patient, wait_for,
                       wait_for_reading)
from profiles import skip_if_left_out
from program import PATIENCE
from support import skip_if_emulated, skip_under_valgrind
from vast import ADDED, BOOT, LONG, MIB, TERABYTE, write_vast

PIPE_SIZE = 65536
IN_PART = NAME + "interrupted; the output above is incomplete\n"
CLEAR = "\r\x1b[K"
PROGRESS = re.compile(r"\rtables read: (\d+) MiB(?:, (\d+)%)?(?:, about \d+ (?:s|min|h) left)?"
                      r"\x1b\[K")
# All of it is walked, and nothing is printed before the end.
SILENT = ("--map", "--summary")
FORMS = ((), ("--json",), ("--summary",), ("-q",))


def bytes_in(pipe):
    """The number of bytes in a pipe."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0]


@pytest.fixture(scope="module", name="sample")
def make_sample(shared):
    """A core that is walked at once, and two that are not."""
    containers.write_plain(str(shared / "small"), Image(Layout(Machine(Kernel(), [BOOT, ADDED]))))
    write_vast(str(shared / "vast"))
    write_vast(str(shared / "long"), LONG)
    return SimpleNamespace(**{name: "--vmcore=%s" % (shared / name)
                              for name in ("small", "vast", "long")})


def end(process):
    """Its status and its output."""
    out, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, out.decode(), errors.decode()


def feed(process):
    """Give it a range, and wait until it has read that and wants more."""
    process.stdin.write(b"memory32\n")
    process.stdin.flush()
    wait_for(lambda: not bytes_in(process.stdin), "standard input is not read")


def wait_for_stall(pipe):
    """Wait until the pipe is full."""
    wait_for(lambda: bytes_in(pipe) >= PIPE_SIZE - 4096, "the pipe does not get full")


# -- signals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("output", FORMS)
@pytest.mark.parametrize("number", SIGNALS)
def test_interrupt_before_the_answer_prints_nothing(start, sample, number, output):
    # With -q a range does not take long: wait for the list of ranges instead.
    process = start(sample.small, "--ranges-from=-", *output,
                    stdin=subprocess.PIPE)
    feed(process)
    process.send_signal(number)
    assert process.wait(PATIENCE) == 2
    assert process.stdout.read() == b""
    assert process.stderr.read().decode() == NOTHING


@pytest.mark.parametrize("arguments", (("--blocks",), ("-r", "0x10000000000+16T"), SILENT))
def test_interrupt_in_a_walk_prints_nothing(start, sample, arguments):
    process = start(sample.vast, *arguments)
    wait_for_reading(process)
    process.send_signal(signal.SIGINT)
    assert end(process) == (2, "", NOTHING)


def test_answers_before_an_interrupted_walk_are_dropped(start, sample):
    process = start(sample.vast, "-rmemory32", "-r0x10000000000+16T")
    wait_for_reading(process)
    process.send_signal(signal.SIGTERM)
    assert end(process) == (2, "", NOTHING)


def test_hangup_that_is_ignored_changes_nothing(program, start, sample):
    def nohup():
        default_signals()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    process = start(sample.small, "--ranges-from=-", prepare=nohup,
                    stdin=subprocess.PIPE)
    feed(process)
    process.send_signal(signal.SIGHUP)
    out, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, b"")
    assert out == program.run(sample.small, "-rmemory32").stdout


@pytest.mark.parametrize("output", ((), ("--json",)))
def test_interrupt_with_a_stalled_reader_ends_the_program(start, sample, output):
    """Whole lines are in the pipe, and the program ends although nobody reads them."""
    process = start(sample.long, "--map", *output)
    wait_for_stall(process.stdout)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 2
    text = process.stdout.read().decode()
    assert len(text) > PIPE_SIZE - 4096
    assert text.endswith("\n"), text[-200:]
    assert process.stderr.read().decode() == IN_PART


def test_interrupted_output_ends_with_a_whole_line(start, sample):
    process = start(sample.vast, "--map", "--json")
    text = process.stdout.read(3 * MIB)
    process.send_signal(signal.SIGINT)
    text += process.stdout.read()
    assert process.wait(PATIENCE) == 2
    assert text.endswith(b"\n"), text[-200:]
    assert process.stderr.read().decode() == IN_PART


def test_interrupt_with_a_stalled_standard_error_ends_the_program(start, sample):
    """Nobody reads standard error either; the sentence is lost, and nothing else happens."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    process = start(sample.vast, *SILENT, stderr=writer)
    wait_for_reading(process)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 2
    os.close(reader)
    os.close(writer)


# -- what arrives, and when ------------------------------------------------------------------------


def test_all_output_arrives_at_a_slow_reader(program, start, sample):
    """However slow the reader: byte by byte the same as in a file."""
    with open(program.file("whole"), "wb") as out:
        assert program.run(sample.small, "--map", "--json", *["-rmemory32"] * 700,
                           stdout=out).returncode == 0
    with open(program.file("whole"), "rb") as whole:
        text = whole.read()
    assert len(text) > MIB
    process = start(sample.small, "--map", "--json", *["-rmemory32"] * 700)
    read = b""
    while piece := os.read(process.stdout.fileno(), 50001):
        read += piece
    assert process.wait(PATIENCE) == 0
    assert read == text
    parse(read.decode())


def test_pipe_that_does_not_block_is_waited_for(start, sample):
    """The program waits for a pipe that does not block."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    process = start(sample.small, "--map", "--json", *["-rmemory32"] * 700, stdout=writer)
    os.close(writer)
    wait_for_stall(reader)
    with os.fdopen(reader, "rb") as pipe:
        parse(pipe.read().decode())
    assert process.wait(PATIENCE) == 0


def test_full_disk_is_a_failure(program, limited, start, sample):
    limit = 100000

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    with open(program.file("limited"), "wb") as out:
        process = start(sample.small, "--json", *["-rmemory32"] * 300, prepare=limited,
                        stdout=out)
        assert process.wait(PATIENCE) == 2
    assert b"cannot write the result: File too large" in process.stderr.read()
    assert os.path.getsize(program.file("limited")) <= limit


# -- lists of half a million runs ------------------------------------------------------------------


def test_list_of_half_a_million_runs_is_whole(program):
    skip_under_valgrind(program, "half a million runs take minutes")
    write_vast(program.file("runs"), Region(TERABYTE, TERABYTE, linear="hole"))
    core = "--vmcore=" + program.file("runs")
    text = program.run(core, "--map").stdout
    document = program.run(core, "--map", "--json").stdout
    listed = re.findall(rb"(?m)^(0x[0-9a-f]{16})-0x", text)
    assert len(listed) > 512 * 1024
    assert listed == re.findall(rb'"va": "(0x[0-9a-f]{16})"', document)


# -- --timeout -------------------------------------------------------------------------------------


def test_late_text_is_not_printed(start, sample):
    process = start(sample.vast, "-r0x10000000000+16T", "--timeout=1")
    assert end(process) == (2, "", NAME + late(1) + "\n")


def test_quiet_is_late_with_a_sentence(start, sample):
    process = start(sample.small, "-q", "--ranges-from=-", "--timeout=1",
                    stdin=subprocess.PIPE)
    assert process.wait(PATIENCE) == 2
    assert process.stdout.read() == b""
    assert process.stderr.read().decode() == NAME + late(1) + "\n"


def test_late_document_is_an_error(start, sample):
    process = start(sample.vast, "-r", "0x10000000000+16T", "--json", "--timeout=1")
    status, out, errors = end(process)
    assert (status, errors) == (2, NAME + late(1) + "\n")
    assert parse(out) == {"schema": "hotremove-check/1", "error": {"message": late(1)}}


def test_document_that_has_begun_is_left_incomplete(start, sample):
    process = start(sample.vast, "--map", "--json", "--timeout=1")
    status, out, errors = end(process)
    assert status == 2
    if "incomplete" in errors:
        assert errors == NAME + late(1) + "; the output above is incomplete\n"
        assert '"error"' not in out
        assert out.endswith("\n")
    else:
        assert "message" in parse(out)["error"]


def test_deadline_with_a_stalled_reader_is_kept(start, sample):
    def has_begun(seconds):
        process = start(sample.small, "--json", *["-rmemory32"] * 60,
                        "--timeout=%d" % seconds)
        assert process.wait(PATIENCE) == 2
        errors, out = process.stderr.read().decode(), process.stdout.read()
        if errors == NAME + late(seconds) + "\n":
            return False
        assert errors == NAME + late(seconds) + "; the output above is incomplete\n"
        assert out.endswith(b"\n")
        return True

    patient(has_begun)


def test_deadline_does_not_depend_on_the_parents_signals(start, sample):
    def deaf():
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])

    process = start(sample.vast, *SILENT, "--timeout=1", prepare=deaf)
    assert end(process) == (2, "", NAME + late(1) + "\n")


def test_deadline_that_is_kept_changes_nothing(program, sample):
    for output in ((), ("--json",), ("--summary",), ("-q",)):
        plain = program.run(sample.small, "-rmemory32", "-rmemory8", *output)
        timed = program.run(sample.small, "-rmemory32", "-rmemory8", "--timeout=86400", *output)
        assert ((timed.returncode, timed.stdout, timed.stderr)
                == (plain.returncode, plain.stdout, plain.stderr))


@pytest.mark.parametrize("seconds", ("0", "86401", "soon", "-1", "1.5", "", "1K",
                                     "18446744073709551617"))
def test_deadlines_that_are_none_are_refused(program, sample, seconds):
    message = program.refused(sample.small, "-rmemory32", "--timeout=" + seconds, status=64)
    assert b"--timeout takes a number of seconds from 1 to 86400" in message.encode()


# -- a line on a terminal --------------------------------------------------------------------------


@pytest.fixture(name="watch")
def make_watch(program):
    """What a terminal shows of standard error, and of standard output unless OUT is given, until
    DONE says that it is enough; then the program gets a signal.  The status comes first."""
    def watch(done, *arguments, out=None, columns=80, **env):
        ours, theirs = pty.openpty()
        with os.fdopen(ours, "rb", 0) as screen:
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            with Running(program, *arguments, prepare=own_terminal, stdout=out or theirs,
                         stderr=theirs, env={"TERM": "xterm", **env}) as running:
                os.close(theirs)
                shown = read_screen(screen, running, done)
                return running.process.wait(PATIENCE), shown

    return watch


def own_terminal():
    """Runs in the child: standard error is its terminal."""
    default_signals()
    os.setsid()
    fcntl.ioctl(2, termios.TIOCSCTTY, 0)


def read_screen(screen, running, done):
    """Everything that is shown; SIGINT is sent when DONE says so."""
    shown, limit, is_sent = b"", time.monotonic() + PATIENCE, False
    while True:
        left = limit - time.monotonic()
        assert left > 0, shown[-500:]
        if select.select([screen], [], [], min(left, 0.1))[0]:
            try:
                shown += os.read(screen.fileno(), 65536)
            except OSError:
                return shown.decode().replace("\r\n", "\n")
        if not is_sent and done(shown.decode()):
            running.send(signal.SIGINT)
            is_sent = True


def after(seconds):
    """A DONE that has seen enough after so many seconds."""
    end = time.monotonic() + seconds
    return lambda _: time.monotonic() > end


def test_progress_is_one_line(watch, sample):
    begin = time.monotonic()

    def is_enough(text):
        lines = PROGRESS.findall(text)
        return len(lines) >= 4 and int(lines[-1][0]) > 64 and " left" in text

    status, shown = watch(is_enough, sample.vast, *SILENT)
    # One at a second, and three more a fifth of a second apart.
    assert time.monotonic() - begin > 1.5
    assert status == 2
    assert shown.endswith(CLEAR + NOTHING), repr(shown[-200:])
    lines = PROGRESS.findall(shown)
    assert PROGRESS.sub("", shown) == CLEAR + NOTHING
    for before, after in zip(lines, lines[1:]):
        assert int(before[0]) <= int(after[0])
        # Before the walk, it is not known how much there is to do.
        assert int(before[1] or 0) <= int(after[1] or 0)
    assert re.search(r"about \d+ (s|min|h) left", shown)


@pytest.mark.parametrize("arguments", (("-r", "0x10000000000+16T"), ("--blocks",),
                                       ("--suggest=17T",), SILENT, ("--map",), ("--map", "--json")))
def test_progress_is_shown_for_every_query(program, watch, sample, arguments):
    skip_under_valgrind(program, "it takes minutes until something is shown")
    skip_if_emulated(program, "it takes minutes until something is shown")
    if arguments != SILENT:
        skip_if_left_out("progress", *arguments)
    with open(os.devnull, "wb") as out:
        _, shown = watch(lambda text: re.search(r", \d+%", text), sample.vast, *arguments, out=out)
    assert PROGRESS.search(shown)


def test_results_do_not_share_the_line_of_progress(watch, sample):
    _, shown = watch(lambda text: "va\": \"0x" in text and len(text) > MIB, sample.vast,
                     "--map", "--json")
    for line in shown.split("\n")[:-1]:
        if "\r" in line or "\x1b" in line:
            assert re.search(r"^(\rtables read: [^\r]*\x1b\[K)*\r\x1b\[K[^\r\x1b]*$", line)


def test_progress_fits_a_narrow_terminal(watch, sample):
    _, shown = watch(lambda text: text.count("\r") > 2, sample.vast, *SILENT, columns=20)
    for line in re.findall(r"\r(tables[^\x1b]*)", shown):
        assert line.startswith("tables read: "), line
        assert len(line) < 20


def test_progress_ends_with_the_deadline(watch, sample):
    def is_shown(seconds):
        status, shown = watch(lambda _: False, sample.vast, *SILENT,
                              "--timeout=%d" % (2 * seconds))
        assert status == 2
        if not PROGRESS.search(shown):
            return False
        assert shown.endswith(CLEAR + NAME + late(2 * seconds) + "\n"), repr(shown[-200:])
        return True

    patient(is_shown)


@pytest.mark.parametrize("arguments,env", ((SILENT, {"TERM": "dumb"}),
                                           (("-q", "-r", "0x10000000000+16T"), {})))
def test_progress_is_not_shown_where_it_is_not_wanted(watch, sample, arguments, env):
    _, shown = watch(after(1.7), sample.vast, *arguments, **env)
    assert "tables read" not in shown


def test_progress_is_not_shown_in_a_pipe(start, sample):
    process = start(sample.vast, *SILENT)
    wait_for_reading(process)
    time.sleep(1.7)
    process.send_signal(signal.SIGINT)
    assert end(process)[2] == NOTHING


def test_progress_is_not_shown_for_short_work(watch, sample):
    limit, taken = time.monotonic() + PATIENCE, 1
    while taken >= 1 and time.monotonic() < limit:
        begin = time.monotonic()
        status, shown = watch(lambda _: False, sample.small, "-rmemory32")
        taken = time.monotonic() - begin
        assert status == 0
    if taken >= 1:
        pytest.skip("there is no short work on this machine")
    assert "\r" not in shown.replace("\n", "")
