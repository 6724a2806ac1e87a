"""`scale [CORPUS.jsonl[.gz]] [SECTIONS] [HOME]`: an archive of so many sections, generated and measured, in one table.

SECTIONS (60000) is how many the archive has at least; without a corpus, one is generated. HOME is the folder of the
archive, which is kept; one that has an archive is measured as it is, and without it a temporary one is made. Each step
runs in a process of its own, so that its memory is its own. Milliseconds and rates are of processor time; with --json
elapsed time is there too. On a shared machine other work makes both longer, and the last row says how much: it is what
the same small work took beside each step. With names of STEPS behind the other arguments only these run.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.paths import ROOT

from .archive import archive_of
from .scale_steps import STEPS

SECTIONS = 60_000
# Of the work that says how fast the machine is at the moment: some tenths of a second.
_REFERENCE_NUMBERS = 300_000
# Set for a process that does one step.
_ALONE = "CUTTINGS_BENCH_ALONE"
Figures = dict[str, Any]


def run(arguments: Sequence[str]) -> Figures:
    """Measures, prints and returns the figures."""
    if step := os.environ.get(_ALONE):
        with archive_of(os.environ["ARCHIVE_HOME"]):
            before = _reference_ms()
            return STEPS[step].measure(arguments) | {"reference_ms": round((before + _reference_ms()) / 2)}
    steps = [name for name in STEPS if name in arguments] or list(STEPS)
    rest = [argument for argument in arguments if argument not in STEPS]
    sections = next((argument for argument in rest if argument.isdigit()), str(SECTIONS))
    paths = [Path(argument) for argument in rest if not argument.isdigit()]
    corpus = [str(path.resolve()) for path in paths if path.is_file()]
    homes = [path for path in paths if not path.is_file()]
    home = homes[0].resolve() if homes else Path(tempfile.mkdtemp())
    try:
        return _measure(home, steps, [sections, *corpus])
    finally:
        if not homes:
            shutil.rmtree(home)


def _measure(home: Path, steps: Sequence[str], arguments: Sequence[str]) -> Figures:
    home.mkdir(parents=True, exist_ok=True)
    figures: Figures = {}
    if not (home / "db.sqlite3").exists():
        figures["generate"] = _measure_alone("generate", home, arguments)
    today = datetime.now(UTC).date()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {today}")
    for name in steps:
        if name not in figures and name != "generate":
            figures[name] = _measure_alone(name, home, arguments)
        for label, shown in STEPS[name].rows(figures.get(name, {})):
            print(f"{label:<58}{shown}", flush=True)
    reference = sorted(found["reference_ms"] for found in figures.values())
    print(f"{'the same work beside each step: least and most, ms':<58}{reference[0]} {reference[-1]}")
    return figures


def _reference_ms() -> float:
    """Returns what the same work takes at this moment: other processes make that of a shared processor longer, too."""
    began = time.process_time()
    numbers = {str(number): number for number in range(_REFERENCE_NUMBERS)}
    sorted(numbers, key=lambda text: text[::-1])
    return (time.process_time() - began) * 1000


def _measure_alone(step: str, home: Path, arguments: Sequence[str]) -> Figures:
    """Does a step in a process of its own; what that prints is not shown, except its errors."""
    command = [sys.executable, "-m", "tests.bench", "scale", *arguments, "--json"]
    alone = os.environ | {_ALONE: step, "ARCHIVE_HOME": str(home), "ARCHIVE_ROBOTS": "yes"}
    done = subprocess.run(command, cwd=ROOT, env=alone, stdout=subprocess.PIPE, text=True, check=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures
