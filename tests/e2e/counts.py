# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs entries of the matrix, two machines at a time, and keeps each result as a file."""

import json
import multiprocessing
import signal
import time
import traceback
from dataclasses import asdict
from concurrent.futures import ProcessPoolExecutor, as_completed, wait

import agreement
import matrix
from counting import play
from shell import HarnessError

ENTRY_TIMEOUT = 2400
MACHINES = 2
RUN_THROUGH = "the guest ran through all jobs"
laboratory = None                       # the process from which the workers were forked


def job_result(removal):
    """The part of one job that is kept."""
    kernel = removal.report.document.get("kernel", {})
    try:
        predicted = agreement.predicted(removal)
    except (KeyError, TypeError):
        predicted = None
    done = removal.result == 0
    answered = removal.offlining.values()
    return {"name": removal.job.name, "online": removal.job.online, "result": removal.result,
            "model": kernel.get("models", {}).get("teardown", {}).get("value"),
            "features": kernel.get("features"), "guard": kernel.get("models", {}).get("guard"),
            "predicted": predicted, "counted": agreement.counted(removal) if done else None,
            "operands": len(removal.count.range_ops), "repeats": removal.count.repeats,
            "others": removal.count.others,
            "roots": {part: getattr(removal.count, part).roots for part in agreement.PARTS},
            "calls": [asdict(call) for call in removal.count.calls],
            "tried": len(removal.offlining),
            "refused": sum(answer.state == "online" for answer in answered)}


def run_entry(entry, ready):
    """Boot an entry with the kernel and initramfs that are ready, judge it and keep the result,
    whatever becomes of the other entries."""
    laboratory.kernels[entry.kernel] = ready
    result = result_of(entry)
    store(laboratory.work, result)
    return result


def result_of(entry):
    """What the guest of an entry showed; an exception is also a result."""
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(ENTRY_TIMEOUT)
    result = {"entry": entry.name, "kernel": entry.kernel, "cpu": entry.cpu,
              "parameters": entry.parameters, "assume": entry.assume, "way": entry.way,
              "date": time.strftime("%Y-%m-%d", time.gmtime())}
    try:
        with laboratory.counting_machine(entry) as machine:
            session = play(entry, machine)
            machine.tlbi_log.unlink(missing_ok=True)    # up to a hundred megabytes
    except Exception as error:              # the other entries are still worth running
        traceback.print_exc()
        return {**result, "demands": [(RUN_THROUGH, repr(error))], "jobs": []}
    finally:
        signal.alarm(0)
    demands = [(RUN_THROUGH, ""), *agreement.judge(entry, session)]
    return {**result, "release": session.release, "version": session.version,
            "demands": demands, "jobs": [job_result(removal) for removal in session.removals]}


def out_of_time(*_):
    """An entry took longer than any entry should."""
    raise HarnessError(f"no end after {ENTRY_TIMEOUT} s")


def prepared(lab, entry, problems):
    """Kernel and initramfs of an entry, or None if the archive does not have the kernel. The reason
    is kept, so that the kernel is tried only once."""
    if entry.kernel not in problems:
        problems[entry.kernel] = ""
        try:
            lab.prepare(entry.kernel)
        except (HarnessError, OSError) as error:
            problems[entry.kernel] = str(error)
    return None if problems[entry.kernel] else lab.prepare(entry.kernel)


def submitted(pool, lab, entries, score):
    """Submit each entry to the pool as soon as its kernel is ready; yield the running ones."""
    problems = {}
    for entry in entries:
        ready = prepared(lab, entry, problems)
        if ready:
            yield pool.submit(run_entry, entry, ready)
        else:
            score.skip(entry.name, problems[entry.kernel])


def finished(running):
    """Yield the results of runs as each ends, while others are still being submitted."""
    pending = set()
    for future in running:
        pending.add(future)
        done, pending = wait(pending, timeout=0)
        yield from (one.result() for one in done)
    yield from (one.result() for one in as_completed(pending))


def run(lab, entries, score, machines=MACHINES):
    """Run entries, print their demands as each ends, and yield their results."""
    global laboratory                       # pylint: disable=global-statement
    laboratory = lab
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(machines, context) as pool:
        for result in finished(submitted(pool, lab, entries, score)):
            for demand, problem in result["demands"]:
                score.add(result["entry"], demand, problem)
            yield result


def store(work, result):
    """Keep a result until the entry is run again."""
    folder = work / "matrix"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{result['entry']}.json").write_text(json.dumps(result, indent=1) + "\n")


def stored(work):
    """The newest result of every entry that has one, in the order of the table."""
    files = {name: work / "matrix" / f"{name}.json" for name in matrix.MATRIX}
    return [json.loads(path.read_text()) for path in files.values() if path.exists()]
