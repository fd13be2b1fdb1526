# SPDX-License-Identifier: GPL-2.0-or-later
"""--watch: it prints what has changed, and nothing else, until a signal."""

import os
import re
import signal
import time

import pytest
from changing import Source
from documents import read
from processes import (NAME, NOTHING, Running, cpu_ticks, default_signals, late, patient,
                       wait_for_reading)
from program import PATIENCE
from vast import write_vast

TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")


@pytest.fixture(name="source")
def make_source(folder):
    """The file, as it is before the change."""
    return Source(folder)


def first_round(program, source, *arguments):
    """What the first round prints: the answer, which is one line with --json."""
    answer = program.run(source.option, *arguments).stdout
    if "--json" not in arguments:
        return answer
    with Running(program, source.option, "--watch=86400", *arguments) as watcher:
        watcher.read_until(lambda text: text.endswith(b"\n"))
        _, line, _ = watcher.end(signal.SIGTERM)
    assert read(line) == read(answer)
    return line.encode()


def watch_changes(program, source, *arguments, number=signal.SIGTERM, count=1):
    """Watch while the core is replaced: the status, and the COUNT or more lines of changes."""
    first = first_round(program, source, *arguments)
    with Running(program, source.option, "--watch=1", *arguments) as watcher:
        watcher.read_until(lambda text: len(text) >= len(first))
        assert watcher.output == first
        source.replace("after")
        watcher.read_until(lambda text: text[len(first):].count(b"\n") >= count)
        status, text, errors = watcher.end(number)
    assert errors == ""
    assert text.endswith("\n")
    return status, text[len(first.decode()):].splitlines()


def test_changes_of_ranges_and_runs_are_told(program, source):
    status, lines = watch_changes(program, source, "-rmemory32", "-rmemory40", "-rmemory48",
                                  "--map", number=signal.SIGINT, count=7)
    assert TIME.search(lines[0])
    assert lines[1:] == [
        "0x140000000-0x147ffffff: not-removable, kernel's check refuses; the end edge lies "
        "inside a 1 GiB PUD leaf of the linear map -> not-removable, kernel's check has nothing "
        "to check; "
        "1 of its sections does not exist; the first is at 0x140000000",
        "0x180000000-0x187ffffff: not-removable, kernel's check has nothing to check; 1 of its "
        "sections does not exist; the first is at 0x180000000 -> removable, kernel's check accepts",
        "linear 0x140000000-0x17fffffff: gone (was PUD 1 GiB)",
        "linear 0x180000000-0x187ffffff: new: PMD 2 MiB",
        "vmemmap 0x140000000-0x17fffffff: gone (was PMD 2 MiB)",
        "vmemmap 0x180000000-0x187ffffff: new: PMD 2 MiB"]
    # That of the last round: memory40 does not exist.
    assert status == 1


@pytest.mark.parametrize("query", (["--blocks"], []))
def test_changes_of_blocks_are_told(program, source, query):
    status, lines = watch_changes(program, source, *query, count=1 + 2 + 1 + 8)
    assert TIME.search(lines[0])
    for line, name in zip(lines[1:3], ("memory32", "memory33")):
        assert re.search("^%s: online, removable.* -> offline, removable" % name, line)
    assert re.search("^memory48: new: online, removable", lines[3])
    for line, number in zip(lines[4:], range(40, 48)):
        assert re.search(r"^memory%d: gone \(was online, not-removable.*\)$" % number, line)
    assert len(lines) == 12
    assert status == 0


def test_changes_are_documents_with_json(program, source):
    status, lines = watch_changes(program, source, "--json", "--suggest=128M", "-rmemory48",
                                  count=2)
    changes = [read(line) for line in lines]
    for change in changes:
        assert list(change) == ["schema", "change"]
        assert change["schema"] == "hotremove-check/1"
    what = [change["change"] for change in changes]
    assert what[0]["what"] == "0x180000000-0x187ffffff"
    assert what[0]["before"].startswith("not-removable")
    assert what[0]["after"] == "removable, kernel's check accepts"
    assert what[1] == {
        "what": "suggestion 3", "before": None,
        "after": "0x180000000-0x187ffffff (128 MiB), 3 TLBI, 0 blocks refused"}
    assert len(what) == 2
    assert status == 0


@pytest.mark.parametrize("queries", (["-rmemory48", "-rmemory40"], ["--blocks"], ["--map"],
                                     ["--suggest=1P"], ["--blocks", "--map", "-rmemory48"]))
def test_each_document_is_one_line(program, source, queries):
    with Running(program, source.option, "--watch=86400", "--json", *queries) as watcher:
        watcher.read_until(lambda text: text.endswith(b"\n"))
        _, text, _ = watcher.end(signal.SIGTERM)
    line, = text.splitlines()
    assert read(line)["schema"] == "hotremove-check/1"


def test_error_is_one_line_too(program):
    result = program.run("--watch=1", "--json", "--kcore=no-such-file", "--map")
    line, = result.text.splitlines()
    assert "no-such-file" in program.read(line)["error"]["message"]


def test_document_of_what_is_gone_has_null(program, source):
    _, lines = watch_changes(program, source, "--json", "--map", count=4)
    gone = [read(line)["change"] for line in lines][::2]
    assert [(one["before"], one["after"]) for one in gone] == [("PUD 1 GiB", None),
                                                               ("PMD 2 MiB", None)]


def test_hangup_that_is_ignored_does_not_end_it(program, source):
    """With nohup the program continues."""
    def nohup():
        default_signals()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with Running(program, source.option, "--watch=1", "-rmemory48", prepare=nohup) as watcher:
        watcher.read_until(lambda text: b"assumed" in text)
        watcher.send(signal.SIGHUP)
        source.replace("after")
        watcher.read_until(lambda text: b"\n0x180000000" in text)
        status, text, _ = watcher.end(signal.SIGTERM)
    assert status == 0
    assert text.count(" -> ") == 1


def test_hangup_ends_it_with_the_last_status(program, source):
    with Running(program, source.option, "--watch=86400", "-rmemory48") as watcher:
        watcher.read_until(lambda text: b"assumed" in text)
        status, _, errors = watcher.end(signal.SIGHUP)
    assert (status, errors) == (1, "")


def test_interrupt_in_the_first_round_prints_nothing(program, source):
    write_vast(str(source.path))
    with Running(program, source.option, "--watch=1", "--map", "--summary") as watcher:
        wait_for_reading(watcher.process)
        assert watcher.end(signal.SIGINT) == (2, "", NOTHING)


def test_interrupt_in_a_later_round_leaves_the_status_of_the_last(program, source):
    """The status of the round before, at once, and nothing of the current round."""
    write_vast(program.file("vast"))
    for output in ((), ("--json",)):
        source.replace("before")
        first = first_round(program, source, "-rmemory48", "--map", *output)
        with Running(program, source.option, "--watch=1", "-rmemory48", "--map",
                     *output) as watcher:
            watcher.read_until(lambda text: len(text) >= len(first))
            used = cpu_ticks(watcher.process.pid)
            source.replace("vast")
            wait_for_reading(watcher.process, used)
            status, text, errors = watcher.end(signal.SIGTERM)
        assert (status, text, errors) == (1, first.decode(), "")


@pytest.mark.parametrize("output", ((), ("--json",)))
def test_timeout_applies_to_each_round(program, source, output):
    """It does not apply to the time in between."""
    write_vast(program.file("vast"))
    patient(lambda seconds: late_round(program, source, seconds, output))


def late_round(program, source, seconds, output):
    """A short round is in time, and a long one is too late."""
    arguments = ("-rmemory48", "-r0x10000000000+16T", *output)
    source.replace("before")
    first = first_round(program, source, *arguments)
    with Running(program, source.option, "--watch=%d" % (4 * seconds), "--timeout=%d" % seconds,
                 *arguments) as watcher:
        if not watcher.is_in_time(len(first)):
            return False
        time.sleep(1.2 * seconds)
        assert watcher.process.poll() is None
        source.replace("vast")
        status, text, errors = watcher.end()
    source.path.unlink()
    assert (status, errors) == (2, NAME + late(seconds) + "\n")
    rest = text[len(first.decode()):]
    if output:
        assert read(rest)["error"]["message"] == late(seconds)
    else:
        assert rest == ""
    return True


def test_reader_that_goes_away_ends_it(program, source):
    with Running(program, source.option, "--watch=1", "-rmemory48") as watcher:
        watcher.read_until(lambda text: b"assumed" in text)
        watcher.process.stdout.close()
        source.replace("after")
        errors = watcher.process.stderr.read().decode()
        assert watcher.process.wait(PATIENCE) == 2
    assert "cannot write the result" in errors


def test_source_that_goes_away_ends_it(program, source):
    for output in ((), ("--json",)):
        source.replace("before")
        first = first_round(program, source, "-rmemory48", *output)
        with Running(program, source.option, "--watch=1", "-rmemory48", *output) as watcher:
            watcher.read_until(lambda text: len(text) >= len(first))
            os.truncate(source.path, 0)
            status, text, errors = watcher.end()
        assert status == 2
        assert len(errors.splitlines()) == 1, errors
        rest = text[len(first.decode()):]
        if output:
            assert "message" in read(rest)["error"]
        else:
            assert rest == ""


def test_watching_a_dump_or_in_silence_is_refused(program, source):
    for arguments in (("--vmcore=%s" % source.path, "--watch=1", "-rmemory32"),
                      (source.option, "--watch=1", "-rmemory32", "-q"),
                      (source.option, "--watch=0", "-rmemory32"),
                      (source.option, "--watch=86401", "-rmemory32"),
                      (source.option, "--watch=soon", "-rmemory32")):
        program.refused(*arguments, status=64)
