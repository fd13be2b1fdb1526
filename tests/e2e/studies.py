# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the guests of a study, one after the other, and keeps their results.

A study is a module with CASES, NAME, TIMEOUT, and the functions `programs(laboratory)`,
`machine(laboratory, case)`, `play(case, machine, laboratory)`, `judge(case, evidence)` and
`figures(case, evidence)`.
"""

import json
import signal
import time
import traceback

import churn
import devices
import exclusion
import kdump
import pages
import permissions
import predict
import secretmem
from shell import HarnessError

STUDIES = {study.NAME: study for study in (churn, devices, exclusion, kdump, pages, permissions,
                                           predict, secretmem)}
RUN_THROUGH = "the guest ran through the whole scenario"
NO_SHAPE = (KeyError, IndexError, TypeError, ValueError, AttributeError)


def demands(study, case, evidence):
    """All demands with what is wrong; a demand that cannot handle the output has failed."""
    found = [(RUN_THROUGH, "")]
    try:
        found += study.judge(case, evidence)
    except NO_SHAPE as error:
        traceback.print_exc()
        found.append(("the output has the agreed shape", repr(error)))
    return found


def run_case(laboratory, study, case):
    """Boot a case and judge it; an exception is also a result."""
    result = {"entry": case.name, "cpu": case.cpu, "parameters": case.append,
              "date": time.strftime("%Y-%m-%d", time.gmtime())}
    signal.alarm(study.TIMEOUT)
    try:
        with study.machine(laboratory, case) as machine:
            evidence = study.play(case, machine, laboratory)
        result.update(release=evidence.release, demands=demands(study, case, evidence),
                      figures=study.figures(case, evidence))
    except Exception as error:              # the other cases are still worth running
        traceback.print_exc()
        result.setdefault("demands", [(RUN_THROUGH, repr(error))])
    finally:
        signal.alarm(0)
    return result


def run(laboratory, study, names, score):
    """Run cases of a study, print their demands, and keep their results."""
    study.programs(laboratory)
    folder = laboratory.work / study.NAME
    folder.mkdir(exist_ok=True)
    for name in names:
        case = study.CASES[name]
        try:
            laboratory.prepare(case.kernel)
        except HarnessError as error:
            score.skip(name, str(error))
            continue
        result = run_case(laboratory, study, case)
        for demand, problem in result["demands"]:
            score.add(name, demand, problem)
        (folder / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")


def stored(work, study):
    """The newest result of every case that has one, in the order of the table."""
    files = [work / study.NAME / f"{name}.json" for name in study.CASES]
    return [json.loads(path.read_text()) for path in files if path.exists()]
