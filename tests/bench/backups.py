"""`backups [COUNT] [DATABASE_URL]`: backups of an archive that changes meanwhile, each restored and asked questions.

A process takes in new articles and versions and edits headlines without a pause; every fifth backup is made while
another process rebuilds the index over and over. Each backup is restored into a new home. Its captures, index and rows
are verified, and its answers must be those that the archive gave in the very state that the backup has: same hits,
order, scores, snippets, totals and facets. DATABASE_URL names a database of PostgreSQL, beside which two others are
made and dropped.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from tests.paths import ROOT

from .moving_archive import QUESTIONS

_MAX_COMMAND_SECONDS = 300
# The writer says what it found soon after it wrote, but waits while the index is rebuilt.
_MAX_WAIT_SECONDS = 120.0
_POLL_SECONDS = 0.1
_BACKUPS_TO_A_REBUILD = 5

Environment = dict[str, str]
Process = subprocess.Popen[bytes]


class _WrongBackupError(Exception):
    """A backup is not what it must be."""


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Makes the backups and prints what was found. Raises _WrongBackupError with the first fault."""
    count = int(arguments[0]) if arguments else 30
    url = arguments[1] if len(arguments) > 1 else "sqlite"
    work = Path(tempfile.mkdtemp(prefix="cuttings-backups-"))
    try:
        with _databases(url) as (live_url, restored_url):
            live = _environment(work / "home", live_url)
            restored = _environment(work / "restored", restored_url)
            figures = _measure(work, live, restored, count, url)
    finally:
        shutil.rmtree(work)
    for name, value in figures.items():
        print(f"{name:32} {value}")
    return figures


def _measure(work: Path, live: Environment, restored: Environment, count: int, url: str) -> dict[str, Any]:
    log, stop, target = work / "log.jsonl", work / "stop", work / "backup"
    _manage(live, "migrate", "-v0")
    writer = _start(live, "write", log, stop)
    seconds: list[float] = []
    states: list[tuple[int, int]] = []
    beside_rebuild = 0
    try:
        _wait_for(lambda: len(_logged(log)) > 1, writer)
        for number in range(count):
            with _rebuilding(work, live, writer) if number % _BACKUPS_TO_A_REBUILD == 0 else nullcontext() as rebuild:
                started = time.perf_counter()
                _manage(live, "backup", str(target))
                seconds.append(time.perf_counter() - started)
                beside_rebuild += bool(rebuild)
            answer = _restore(target, restored, url)
            state = (answer["state"][0], answer["state"][1])
            states.append(state)
            _wait_for(partial(_is_logged, log, state), writer)
            _compare(number, answer, _logged(log)[state])
            print(
                f"backup {number + 1} of {count}: {state[0]} captures, {state[1]} edits, same answers", file=sys.stderr
            )
    finally:
        stop.touch()
        writer.wait(_MAX_COMMAND_SECONDS)
    logged = _logged(log)
    return {
        "database": "sqlite" if url == "sqlite" else "postgresql",
        "backups, restored and verified": len(states),
        "questions, answered the same": len(states) * len(QUESTIONS),
        "changes meanwhile": len(logged) - 1,
        "different states in backups": len(set(states)),
        "backups beside a rebuild": beside_rebuild,
        "captures in the last": states[-1][0],
        "edits in the last": states[-1][1],
        "seconds for a backup, median": round(median(seconds), 2),
        "seconds for a backup, longest": round(max(seconds), 2),
    }


@contextmanager
def _rebuilding(work: Path, live: Environment, writer: Process) -> Iterator[Process]:
    """Has the index rebuilt from before the block to its end."""
    begun, stop = work / "begun", work / "enough"
    rebuild = _start(live, "rebuild", begun, stop)
    try:
        _wait_for(begun.exists, writer)
        yield rebuild
    finally:
        stop.touch()
        rebuild.wait(_MAX_COMMAND_SECONDS)
        begun.unlink(missing_ok=True)
        stop.unlink()


def _start(environment: Environment, *arguments: str | Path) -> Process:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.moving_archive", *arguments], cwd=ROOT, env=environment
    )


def _restore(target: Path, restored: Environment, url: str) -> dict[str, Any]:
    """Restores the backup, verifies it, and returns what it answers; leaves nothing of it."""
    home = Path(restored["ARCHIVE_HOME"])
    with _empty_database(url, restored["ARCHIVE_DATABASE_URL"]):
        try:
            _manage(restored, "restore", str(target))
            for check in (("captures", "verify"), ("index", "verify")):
                report = json.loads(_manage(restored, *check, "--json").splitlines()[-1])
                if not report["clean"]:
                    raise _WrongBackupError(f"{' '.join(check)}: {report}")
            command = [sys.executable, "-m", "tests.bench.moving_archive", "answer"]
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=restored,
                capture_output=True,
                text=True,
                timeout=_MAX_COMMAND_SECONDS,
                check=True,
            )
            answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
            return answer
        finally:
            shutil.rmtree(home, ignore_errors=True)


def _compare(number: int, answer: dict[str, Any], expected: dict[str, Any]) -> None:
    for question, *both in zip(QUESTIONS, answer["answers"], expected["answers"], strict=True):
        if both[0] != both[1]:
            place = QUESTIONS.index(question)
            raise _WrongBackupError(
                f"backup {number} in state {answer['state']} answers {question!r} differently: "
                f"{answer['found'][place]} hits, and {expected['found'][place]} in the archive"
            )


def _logged(log: Path) -> dict[tuple[int, int], dict[str, Any]]:
    """Returns what the archive answered in each of its states."""
    lines = log.read_text().splitlines(keepends=True) if log.exists() else []
    answers = [json.loads(line) for line in lines if line.endswith("\n")]
    return {(answer["state"][0], answer["state"][1]): answer for answer in answers}


def _is_logged(log: Path, state: tuple[int, int]) -> bool:
    return state in _logged(log)


def _wait_for(is_there: Callable[[], bool], writer: Process) -> None:
    end = time.monotonic() + _MAX_WAIT_SECONDS
    while not is_there():
        if writer.poll() is not None or time.monotonic() > end:
            raise _WrongBackupError(
                "the process that changes the archive ended, or did not reach the state of the backup"
            )
        time.sleep(_POLL_SECONDS)


def _environment(home: Path, url: str) -> Environment:
    return {**os.environ, "ARCHIVE_HOME": str(home), "ARCHIVE_DATABASE_URL": url}


def _manage(environment: Environment, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_MAX_COMMAND_SECONDS,
        check=False,
    )
    if done.returncode:
        raise _WrongBackupError(f"{' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


@contextmanager
def _databases(url: str) -> Iterator[tuple[str, str]]:
    """Makes a database for the archive that changes, and names one for those that are restored."""
    if url == "sqlite":
        yield url, url
        return
    with _empty_database(url, live := _beside(url, "live")):
        yield live, _beside(url, "restored")


@contextmanager
def _empty_database(url: str, wanted: str) -> Iterator[None]:
    if url == "sqlite":
        yield
        return
    import psycopg

    name = urlsplit(wanted).path.strip("/")
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _beside(url: str, name: str) -> str:
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path}_{name}").geturl()
