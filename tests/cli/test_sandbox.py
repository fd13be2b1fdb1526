# SPDX-License-Identifier: GPL-2.0-or-later
"""What the program may do while it reads, and what it says when it dies."""

import os
import re
import shutil
import signal
import subprocess
import time

import containers
import pytest
from arm64 import Kernel
from image import Image
from layout import Fault, Layout, Machine, Region
from processes import Running, children, wait_for
from program import PATIENCE, Program, Result
from support import skip_if_emulated, skip_under_valgrind, skip_without_sandbox

MIB = 1 << 20

# Signals that report an error in the process, unless they come from outside.
FAULTS = (signal.SIGILL, signal.SIGTRAP, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE,
          signal.SIGSEGV, signal.SIGSYS)
WARNING = "the sandbox is off (--no-sandbox)"


def status_of(pid):
    """What the kernel says about process PID, by name."""
    with open("/proc/%d/status" % pid, encoding="utf-8") as handle:
        return dict(line.rstrip("\n").split(":\t", 1) for line in handle if ":\t" in line)


def waiting(program, *options):
    """The program while it waits for a text on standard input, under its supervisor or alone."""
    return Running(program, "--ptdump=-", "--map", *options, stdin=subprocess.PIPE, prepare=None)


def worker_of(running):
    """The worker's process id, as soon as there is one."""
    return wait_for(lambda: children(running.process.pid), "there is no worker")[0]


def catches(pid, number):
    """Whether the process PID catches a signal."""
    return int(status_of(pid)["SigCgt"], 16) & 1 << number - 1


def write_core(program, *regions, faults=()):
    """The option that names a core of a machine."""
    containers.write_plain(program.file("core"),
                           Image(Layout(Machine(Kernel(), list(regions), list(faults)))))
    return "--vmcore=" + program.file("core")


BOOT = Region(0x40000000, 128 * MIB, boot=True)
FREE = Region(0x80000000, 256 * MIB, linear="pmd")


def test_rights_are_gone_before_the_first_byte_is_read(program):
    """For worker and supervisor, by the time that the first byte is read."""
    skip_without_sandbox(program)
    skip_if_emulated(program, "there is no filter, and no limit of memory")
    with waiting(program) as running:
        worker = worker_of(running)
        for pid in (worker, running.process.pid):
            wait_for(lambda pid=pid: status_of(pid)["Seccomp"] == "2", "there is no filter")
            status = status_of(pid)
            assert status["NoNewPrivs"] == "1"
            for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                assert int(status[name], 16) == 0, name
        with open("/proc/%d/limits" % worker, encoding="ascii") as handle:
            limits = {line[:26].strip(): line[26:].split() for line in handle}
        assert limits["Max address space"][:2] == [str(1 << 30)] * 2
        assert limits["Max open files"][:2] == ["3", "3"]
        assert limits["Max core file size"][:2] == ["0", "0"]
        assert limits["Max cpu time"][0] == "3600"


def test_sandbox_is_off_under_valgrind(program):
    """valgrind makes system calls of its own: the sandbox is off, and the output says so."""
    skip_without_sandbox(program)
    skip_if_emulated(program, "there is no valgrind for its machine")
    if not shutil.which("valgrind"):
        pytest.skip("there is no valgrind")
    result = subprocess.run(["valgrind", "-q", program.path, "--json", write_core(program, BOOT),
                             "--map"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    result = Result(result.args, result.returncode, result.stdout, result.stderr)
    assert result.returncode == 0, result.message
    assert "the sandbox is off under valgrind" in program.read(result.text)["warnings"]


def test_death_of_the_worker_is_told(program):
    skip_under_valgrind(program, "a process that a signal ends may end otherwise")
    skip_if_emulated(program, "the emulator reports such signals too")
    for number, part in ((signal.SIGABRT, "killed by signal 6"), (signal.SIGKILL, "killed"),
                         (signal.SIGSYS, "the sandbox ended the program")):
        for options in ((), ("--json",), ("-q",)):
            with waiting(program, *options) as running:
                os.kill(worker_of(running), number)
                status, out, errors = running.end()
                assert status == 2
                assert len(errors.splitlines()) == 1, errors
                assert part in errors
                if "--json" in options:
                    assert part in program.read(out)["error"]["message"]
                else:
                    assert out == ""


def test_program_never_ends_by_a_signal(program):
    """The program never ends by a signal, and does not leave the worker behind."""
    skip_if_emulated(program, "some of these signals end the emulator")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1,
                   signal.SIGQUIT, signal.SIGALRM, signal.SIGXCPU, signal.SIGIO,
                   signal.SIGPWR, signal.SIGRTMIN, *FAULTS):
        if number in FAULTS and not program.has_sandbox:
            continue
        with waiting(program) as running:
            worker = worker_of(running)
            running.send(number)
            status, out, errors = running.end()
            assert (status, out) == (2, "")
            assert len(errors.splitlines()) == 1, errors
            assert not os.path.exists("/proc/%d" % worker)


def test_no_signal_from_outside_ends_it(program):
    """All signals there are, except those that nobody can catch, or that stop a process."""
    skip_without_sandbox(program)
    skip_if_emulated(program, "signals are caught from the start, and not by the program")
    others = {signal.SIGKILL, signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
    for options in ((), ("--no-sandbox",)):
        for number in sorted(signal.valid_signals() - others):
            with waiting(program, *options) as running:
                # It is reading by then, with all handlers in place.
                if not options:
                    worker_of(running)
                wait_for(lambda: catches(running.process.pid, signal.SIGSEGV), "nothing is caught")
                running.send(number)
                running.process.stdin.close()
                running.process.stdin = None
                assert running.end()[0] == 2


def test_errors_from_outside_are_told(program):
    """Also with --json, where the answer is a document."""
    skip_without_sandbox(program)
    skip_if_emulated(program, "these signals end the emulator")
    for number in FAULTS:
        with waiting(program, "--json") as running:
            worker_of(running)
            running.send(number)
            status, out, errors = running.end()
            told = "another process ended the program with signal %d " % number
            assert status == 2
            assert told in errors
            assert told in program.read(out)["error"]["message"]


def test_signals_are_caught_without_a_supervisor(program):
    skip_under_valgrind(program, "signals are caught from the start, and not by the program")
    skip_if_emulated(program, "signals are caught from the start, and not by the program")
    for number in (signal.SIGQUIT, signal.SIGALRM, signal.SIGXCPU, signal.SIGIO,
                   signal.SIGRTMAX, *(FAULTS if program.has_sandbox else ())):
        with waiting(program, "--no-sandbox") as running:
            wait_for(lambda number=number: catches(running.process.pid, number), "it is not caught")
            running.send(number)
            assert running.end() == (
                2, "", "hotremove-check: interrupted; nothing was printed\n")


def test_death_of_the_supervisor_takes_the_worker_along(program):
    """Even a signal that cannot be caught takes the worker with it."""
    with waiting(program) as running:
        worker = worker_of(running)
        wait_for(lambda: status_of(worker)["NoNewPrivs"] == "1" or not program.has_sandbox,
                 "it keeps its privileges")
        running.process.kill()
        wait_for(lambda: not os.path.exists("/proc/%d" % worker)
                 or status_of(worker)["State"].startswith("Z"), "the worker stays")


def test_children_that_the_caller_ignores_change_nothing(program):
    """A caller that ignores its own children must not change the status."""
    core = write_core(program, BOOT, FREE)
    for size, wanted in (("256M", 0), ("1M", 1)):
        result = program.run(core, "-qr", "0x80000000+" + size,
                             prepare=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        assert (result.returncode, result.stderr) == (wanted, b"")


@pytest.mark.parametrize("closed", ("", "<&-", ">&-", "2>&-", "<&- 2>&-", ">&- 2>&-"))
def test_readers_of_a_dump_end_whatever_streams_are_closed(limited, closed):
    """This program gives processes which read a dump an hour to end."""
    skip_under_valgrind(limited, "standard error has to be open")
    core = limited.file("core.kdump")
    containers.write_kdump(core, Image(Layout(Machine(Kernel(), [BOOT]))))
    result = subprocess.run(["sh", "-c", 'exec "$0" "$@" ' + closed, limited.path,
                             "--vmcore=" + core, "--blocks", "-q"], check=False,
                            env=limited.environment(), timeout=PATIENCE)
    assert result.returncode == 0


def test_closed_output_is_told_once(program):
    """What the worker says is not repeated."""
    result = subprocess.run(["sh", "-c", 'exec "$0" "$@" >&-', program.path,
                             write_core(program, BOOT), "--blocks"],
                            stderr=subprocess.PIPE, check=False)
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1, result.stderr


def test_borrowed_rights_are_refused(program):
    """The user of a set-user-ID program must not learn what only its owner may read."""
    skip_without_sandbox(program)
    skip_if_emulated(program, "what is run is a script, which has no set-user-ID bit")
    if os.geteuid() or os.statvfs(program.folder).f_flag & os.ST_NOSUID:
        pytest.skip("it takes root, and a file system with set-user-ID files")
    path = program.file("borrowed")
    shutil.copy(program.path, path)
    os.chown(path, 65534, -1)
    os.chmod(path, 0o4755)
    os.chmod(program.folder, 0o755)
    message = Program(path, program.folder).refused("--ptdump=-", "--map")
    assert "privileges that its user lacks" in message


def test_summary_without_a_sandbox_says_so(program):
    """The line always says so, within its 80 characters, and drops what has no room."""
    far = (1 << 47) - (1 << 32)
    core = write_core(program, BOOT, FREE, Region(far, 256 * MIB, linear="cont-pte"), faults=[
        Fault("drop-cont", far), Fault("absent-table", 0x80000000, level=2)])
    malformed = "-r%#x+256M" % far
    for query in (("--map",), ("--blocks",), ("-r0x80000000+256M",), (malformed,) * 4000,
                  ("--suggest=1", malformed), ("--suggest=18446744073709551615",),
                  ("--suggest=128M", "--map"), ("-r0x40000000+128M", "--ignore=boot-memory"),
                  ("--blocks", "--map", malformed), ("--diff=" + core.split("=", 1)[1],)):
        plain = program.run(core, "--summary", *query)
        told = program.run(core, "--summary", "--no-sandbox", *query)
        assert told.returncode == plain.returncode
        line, usual = told.text, plain.text
        assert line.count("\n") == 1
        assert len(line) - 1 <= 80
        assert len(usual) - 1 <= 80
        assert line.endswith("; no sandbox\n"), line
        assert "sandbox" not in usual
        kept = line.removesuffix("; no sandbox\n").split("; ")
        assert [part for part in usual.rstrip("\n").split("; ") if part in kept] == kept
        assert usual.split("; ")[0].split(", ")[0].rstrip("\n") == kept[0].split(", ")[0]


def test_no_sandbox_is_told_and_changes_nothing_else(program):
    """--no-sandbox is reported, and changes nothing else."""
    arguments = (write_core(program, BOOT, FREE), "-r0x80000000+256M", "--blocks")
    document = program.document(*arguments)
    without = program.document("--no-sandbox", *arguments)
    assert without["warnings"] == [WARNING] + document["warnings"]
    without["warnings"] = document["warnings"]
    assert without == document
    text = program.run_ok(*arguments)
    told = program.run_ok("--no-sandbox", *arguments)
    assert len(re.findall(r"^  warning +" + re.escape(WARNING) + "$", told, re.M)) == 1
    assert [line for line in told.splitlines() if WARNING not in line] == text.splitlines()
    assert "; no sandbox\n" in program.run_ok("--no-sandbox", *arguments, "--summary")
    with waiting(program, "--no-sandbox") as running:
        time.sleep(0.2)
        assert children(running.process.pid) == []
