"""`kills FILE [COUNT [SEED [ARTICLES]]]`: ingests and updates of the index that are killed, and begun again.

FILE has articles in JSON Lines. Of the first of them, and of later captures, copies and withheld stories that are made
of them, an undisturbed ingest makes a record. Then others begin from an empty archive, are killed (SIGKILL) with or
without a follower of the index beside them, up to four times, and are begun again until their end. Every table must
then have the rows of the undisturbed record, every capture its bytes, and the index what the record says.

A process reports each statement of the database and each change of a file by a byte, and is killed after a random
number of them and a random bit later, so that kills fall on what is written, not on the start of a process. Processes
are forked, since a fresh interpreter takes longer to start than its work here.
"""

import gzip
import itertools
import json
import os
import pickle
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

_ARTICLES = 40
_KILLS_TO_A_RUN = 4
_MAX_SHOWN_ROWS = 4
# What an interpreter counts in some ten milliseconds: as long as a transaction takes to reach the disk.
_MAX_COUNTED = 400_000
_FILE_EVENTS = frozenset({"os.rename", "os.remove", "os.mkdir", "os.link", "os.truncate"})
_INGEST, _FOLLOWED, _UPDATE = "ingest", "ingest beside a follower", "index update"


class _WrongRecordError(Exception):
    """A record, a capture or the index is not as an undisturbed run leaves it."""


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Kills, begins again and compares. Raises _WrongRecordError with the first difference."""
    if not arguments:
        raise SystemExit("Name a file of articles, in JSON Lines.")
    count, seed, articles = (
        int(arguments[place]) if len(arguments) > place else default
        for place, default in ((1, 100), (2, 1), (3, _ARTICLES))
    )
    with tempfile.TemporaryDirectory() as folder:
        campaign = _Campaign(Path(folder), random.Random(seed))
        campaign.prepare(_first_articles(Path(arguments[0]), articles))
        figures = campaign.kill(count)
    for name, value in figures.items():
        print(f"{name:45} {value}")
    return figures


def _first_articles(path: Path, count: int) -> list[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in itertools.islice(lines, count)]


def write_documents(folder: Path, articles: Sequence[dict[str, Any]]) -> None:
    """Writes files to ingest: articles, later captures and copies of some, and stories that are withheld.

    `articles` are as in JSON Lines, each with `sections` or a `text`.
    """
    folder.mkdir()
    lines, withheld = [], []
    for place, article in enumerate(articles):
        lines.append(article)
        if place % 5 == 0:
            lines.append({**article, "headline": f"{article['headline']}, again"})
        if place % 6 == 0:
            others = {"id": f"copy-{place}", "source": "A Second Paper", "url": f"https://second.example/{place}"}
            lines.append({**article, **others})
        if place % 7 == 0:
            withheld.append(_ninjs(article, f"withheld-{place}", "usable"))
            withheld.append(_ninjs(article, f"withheld-{place}", "withheld"))
        if place % 9 == 0:
            withheld.append(_ninjs(article, f"never-shown-{place}", "withheld"))
    (folder / "articles.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / "withheld.json").write_text(json.dumps({"items": withheld}), encoding="utf-8")


def _ninjs(article: dict[str, Any], uri: str, status: str) -> dict[str, Any]:
    paragraphs = article.get("text") or "\n".join(section["text"] for section in article["sections"])
    return {
        "uri": uri,
        "type": "text",
        "versioncreated": f"2024-05-0{1 + (status == 'withheld')}T08:00:00Z",
        "pubstatus": status,
        "headline": f"Sent: {article['headline']}",
        "body_text": f"{uri}\n{paragraphs}",
    }


class _Killed(NamedTuple):
    """How a process ended, and how many steps it reported."""

    is_killed: bool
    steps: int


class _Campaign:
    """An archive in a folder that is emptied for each run, and the record that an undisturbed run leaves."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._folder = folder
        self._home, self._empty, self._documents = (folder / name for name in ("home", "empty", "documents"))
        self._chance = chance
        self._since = datetime.now(UTC)
        self._right: dict[str, Counter[str]] = {}
        self._steps = 0

    def prepare(self, articles: Sequence[dict[str, Any]]) -> None:
        """Makes the empty archive and the undisturbed record."""
        write_documents(self._documents, articles)
        self._home.mkdir()
        os.environ["ARCHIVE_HOME"] = str(self._home)
        os.environ["DJANGO_SETTINGS_MODULE"] = "archive.settings"
        # The record is in the home, which each round begins with anew.
        os.environ.pop("ARCHIVE_DATABASE_URL", None)

        import django

        django.setup()
        self._finish(lambda: _call("migrate", verbosity=0))
        shutil.copytree(self._home, self._empty)
        self._steps = self._finish(self._ingest)
        self._right = self._look()

    def kill(self, count: int) -> dict[str, Any]:
        """Kills so many processes and compares each record that comes of it; returns the figures."""
        kills: Counter[str] = Counter()
        halfway = runs = 0
        while kills.total() < count:
            shutil.rmtree(self._home)
            shutil.copytree(self._empty, self._home)
            left = self._steps
            for _ in range(min(_KILLS_TO_A_RUN, count - kills.total())):
                kind = self._chance.choice((_INGEST, _INGEST, _FOLLOWED, _UPDATE))
                killed = self._kill_one(kind, max(left, 20))
                kills[kind] += killed.is_killed
                left -= 0 if kind == _UPDATE else killed.steps
                if not killed.is_killed and kind != _UPDATE:
                    break
            halfway += 0 < self._recorded() < self._right["Capture"].total()
            self._finish(self._ingest)
            self._compare(self._look())
            runs += 1
            print(f"{kills.total():4} killed, {runs} records compared", file=sys.stderr, flush=True)
        return {
            "killed": kills.total(),
            **{f"  of which {kind}": number for kind, number in sorted(kills.items())},
            "steps of an undisturbed ingest": self._steps,
            "records compared with an undisturbed one": runs,
            "  of which were left halfway": halfway,
            "rows of a record": sum(rows.total() for rows in self._right.values()),
            "differences": 0,
        }

    def _kill_one(self, kind: str, left: int) -> _Killed:
        if kind == _UPDATE:
            return self._killed([self._update], self._chance.randrange(1, 80))
        work = [self._ingest] if kind == _INGEST else [_follow, self._ingest]
        return self._killed(work, self._chance.randrange(1, left))

    def _killed(self, work: Sequence[Callable[[], None]], steps: int) -> _Killed:
        """Runs processes beside each other until they have reported so many steps, or the last has ended."""
        processes, reports = self._start(work)
        reported = 0
        while reported < steps and (some := os.read(reports, steps - reported)):
            reported += len(some)
            # The follower goes on for ever.
            if len(work) > 1 and b"E" in some:
                break
        for _ in range(self._chance.randrange(_MAX_COUNTED)):
            pass
        for pid in processes:
            os.kill(pid, signal.SIGKILL)
        ends = [os.waitpid(pid, 0)[1] for pid in processes]
        os.close(reports)
        return _Killed(os.WIFSIGNALED(ends[-1]), reported)

    def _finish(self, work: Callable[[], None]) -> int:
        """Runs a process to its end; returns how many steps it reported. Raises _WrongRecordError where it failed."""
        (pid,), reports = self._start([work])
        steps = sum(map(len, iter(lambda: os.read(reports, 65536), b"")))
        os.close(reports)
        if os.waitpid(pid, 0)[1]:
            raise _WrongRecordError(f"A process failed:\n{self._log().read_text(encoding='utf-8')}")
        return steps

    def _start(self, work: Sequence[Callable[[], None]]) -> tuple[list[int], int]:
        """Forks a process for each; returns their numbers, and where to read a byte for each step of all."""
        reports, report = os.pipe()
        self._log().write_bytes(b"")
        processes = []
        for each in work:
            pid = os.fork()
            if not pid:
                _be_child(each, report, self._log())
            processes.append(pid)
        os.close(report)
        return processes, reports

    def _log(self) -> Path:
        return self._folder / "log"

    def _ingest(self) -> None:
        _call("ingest", str(self._documents))

    def _update(self) -> None:
        _call("index", "update")

    def _ask(self, question: Callable[[], Any]) -> Any:
        """Returns what a process answers that has the archive open, so that this one never has."""
        answer = self._folder / "answer"

        def write() -> None:
            answer.write_bytes(pickle.dumps(question()))

        self._finish(write)
        return pickle.loads(answer.read_bytes())  # noqa: S301 - we wrote it

    def _recorded(self) -> int:
        def count() -> int:
            from archive.models import Capture

            return Capture.objects.count()

        found: int = self._ask(count)
        return found

    def _look(self) -> dict[str, Counter[str]]:
        """Returns the rows of the record, after a look at its captures, its counts and its index."""

        def look() -> tuple[dict[str, Counter[str]], list[str]]:
            from .whole_record import load_rows

            return load_rows(self._since), list(_faults())

        rows, faults = self._ask(look)
        if faults:
            raise _WrongRecordError("; ".join(faults))
        found: dict[str, Counter[str]] = rows
        return found

    def _compare(self, rows: dict[str, Counter[str]]) -> None:
        for table, right in self._right.items():
            if rows[table] != right:
                missing = itertools.islice(right - rows[table], _MAX_SHOWN_ROWS)
                surplus = itertools.islice(rows[table] - right, _MAX_SHOWN_ROWS)
                listed = [*(f"missing: {row}" for row in missing), *(f"surplus: {row}" for row in surplus)]
                raise _WrongRecordError("\n".join([f"{table} differs.", *listed]))


def _faults() -> Iterator[str]:
    """Yields what is wrong with captures, counts and index of the archive."""
    from archive.capture_files import check_captures
    from archive.models import IngestRun, pending_changes
    from archive.search_port import no_progress
    from search import index

    check = check_captures(no_progress)
    if not check.is_clean:
        yield f"captures: {check}"
    if IngestRun.objects.filter(state=IngestRun.State.RUNNING).exists():
        yield "a run goes on"
    if pending_changes().exists():
        yield "changes are pending"
    report = index.verify(no_progress)
    if not report.clean:
        yield f"index: {report}"


def _call(*command: Any, **options: Any) -> None:
    from django.core.management import call_command

    call_command(*command, **options)


def _follow() -> None:
    _call("index", "follow")


def _be_child(work: Callable[[], None], report: int, log: Path) -> None:
    """Does the work of a forked process, with a byte for each step, and never returns."""
    code = 1
    try:
        errors = os.open(log, os.O_WRONLY | os.O_APPEND)
        os.dup2(errors, 1)
        os.dup2(errors, 2)
        _report_steps(report)
        work()
        os.write(report, b"E")
        code = 0
    except BaseException:
        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _report_steps(report: int) -> None:
    from django.db import connection

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _FILE_EVENTS:
            os.write(report, b".")

    def count(execute: Callable[..., Any], *call: Any) -> Any:
        os.write(report, b".")
        return execute(*call)

    sys.addaudithook(audit)
    connection.execute_wrappers.append(count)
