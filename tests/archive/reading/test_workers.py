import io
import os
import select
import signal
import subprocess
import sys
import threading
import zipfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import formats, reading
from archive.formats import Format
from archive.items import ArticleItem, Hints, Item, Rejected
from archive.reading import workers
from tests.paths import ROOT

DATA = ROOT / "tests" / "data"

TOO_LONG = workers.TOO_LONG
TOO_LARGE = workers.TOO_LARGE


def read(data: bytes, name: str = "a") -> list[Item]:
    return list(reading.read(io.BytesIO(data), Hints(name)))


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def reader_of(item: Item) -> str:
    assert isinstance(item, ArticleItem)
    return item.sections[0].text


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(DATA.rglob("*")) if path.is_file() and ".expected" not in path.name],
    ids=lambda path: path.name,
)
def test_a_document_is_read_as_without_a_process_of_its_own(path: Path) -> None:
    data = path.read_bytes()
    hints = Hints(str(path), source="The Courier", zone="Europe/London")
    assert list(reading.read(io.BytesIO(data), hints)) == list(formats.read(io.BytesIO(data), hints))


class TestLimits:
    """Readers that take too much, in a worker process with small limits."""

    @pytest.fixture(autouse=True)
    def faulty(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        row = Format("faulty", "faulty", lambda head, name: head.startswith(b"FAULTY"), lambda *_: iter(()))
        monkeypatch.setattr(formats, "FORMATS", (row, *formats.FORMATS))
        monkeypatch.setattr(workers, "_COMMAND", (sys.executable, "-m", "tests.archive.reading.faulty_worker"))
        monkeypatch.setattr(workers, "_idle", deque())
        yield
        workers._end_all()

    @pytest.mark.parametrize(
        ("deed", "reason"),
        [
            ("spin", TOO_LONG),
            ("spin in a library", TOO_LONG),
            ("allocate", TOO_LARGE),
            ("allocate bit by bit", TOO_LARGE),
            ("abort", f"by signal {int(signal.SIGABRT)}"),
            ("exit", "with exit code 3"),
        ],
    )
    def test_a_document_that_takes_too_much_is_rejected_and_the_rest_of_its_container_is_read(
        self, deed: str, reason: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        files = {"a.txt": b"FAULTY but good", "b.txt": f"FAULTY {deed}".encode(), "c.txt": b"FAULTY and good"}
        good, first, rejected, last = read(zipped(files), "all.zip")
        assert reader_of(good) == reader_of(first) != reader_of(last)
        assert isinstance(rejected, Rejected)
        assert rejected.locator == "b.txt"
        assert reason in rejected.reason
        assert [record.name for record in caplog.records] == ["archive.reading.workers"]
        assert "'b.txt'" in caplog.records[0].getMessage()

    def test_a_line_that_takes_too_much_costs_no_other_line(self) -> None:
        def split(stream: io.BytesIO, limits: object) -> Iterator[formats.Document]:
            return (formats.Document(line, f"line {n}") for n, line in enumerate(stream.readlines(), start=1))

        faulty = formats.FORMATS[0]
        lines = Format("faulty", "", faulty.sniff, formats.Streamed(split, lambda *_: iter(()), ""))  # type: ignore[arg-type]
        data = io.BytesIO(b"FAULTY\nFAULTY spin\nFAULTY\n")
        items = list(lines.items(data, Hints("a"), formats.DEFAULT_LIMITS, reading.read_document))
        assert [item.locator for item in items] == ["line 1", "line 2", "line 2", "line 3"]
        assert [type(item) for item in items] == [ArticleItem, ArticleItem, Rejected, ArticleItem]

    def test_a_process_that_does_not_answer_is_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read(b"FAULTY")  # starts it
        monkeypatch.setattr(workers, "MAX_WAIT_SECONDS", 0.5)
        first, rejected = read(b"FAULTY wait")
        assert isinstance(first, ArticleItem)
        assert rejected == Rejected("", TOO_LONG)

    def test_a_fault_of_a_reader_is_logged_here_with_its_traceback(self, caplog: pytest.LogCaptureFixture) -> None:
        _, fault = read(b"FAULTY fail", "a.txt")
        assert isinstance(fault, Rejected)
        assert "ZeroDivisionError" in fault.reason
        (record,) = caplog.records
        assert record.name == "archive.formats.faults"
        assert "Traceback" in record.getMessage()
        assert "'a.txt'" in record.getMessage()

    def test_what_a_reader_logs_is_logged_here(self, caplog: pytest.LogCaptureFixture) -> None:
        read(b"FAULTY log", "b.txt")
        assert [(record.name, record.getMessage()) for record in caplog.records] == [
            ("archive.faulty", "something about b.txt")
        ]

    def test_what_a_library_prints_is_no_message(self) -> None:
        assert len(read(b"FAULTY print")) == 1

    def test_one_process_reads_all_documents_that_keep_to_the_limits(self) -> None:
        assert len({reader_of(item) for _ in range(3) for item in read(b"FAULTY")}) == 1

    def test_an_idle_process_that_has_ended_is_replaced(self) -> None:
        (first,) = read(b"FAULTY")
        (idle,) = workers._idle
        idle._process.kill()
        idle._process.wait()
        (second,) = read(b"FAULTY")
        assert reader_of(first) != reader_of(second)

    def test_a_document_that_is_abandoned_ends_its_process(self) -> None:
        items = reading.read(io.BytesIO(b"FAULTY spin"), Hints("a"))
        process = int(reader_of(next(items)).removeprefix("read by "))
        items.close()  # type: ignore[attr-defined]
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)

    def test_threads_have_processes_of_their_own(self) -> None:
        first = reading.read(io.BytesIO(b"FAULTY"), Hints("a"))
        ours = reader_of(next(first))
        theirs: list[str] = []
        thread = threading.Thread(target=lambda: theirs.append(reader_of(read(b"FAULTY")[0])))
        thread.start()
        thread.join()
        assert list(first) == []
        assert theirs != [ours]
        assert len(workers._idle) == 2

    def test_a_process_that_cannot_be_started_is_a_clear_fault(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for command in (("/nowhere/python",), (sys.executable, "-c", "raise SystemExit(1)")):
            monkeypatch.setattr(workers, "_COMMAND", command)
            (rejected,) = read(b"FAULTY")
            assert isinstance(rejected, Rejected)
            assert "WorkerError" in rejected.reason

    def test_a_process_that_gets_no_time_to_begin_is_told_from_one_that_ended(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(workers, "_COMMAND", (sys.executable, "-c", "import sys; sys.stdin.read()"))
        monkeypatch.setattr(workers, "MAX_WAIT_SECONDS", 0)
        with pytest.raises(workers.WorkerError, match=r"did not begin within.*Ingest the document again"):
            workers._begin(b"FAULTY")
        monkeypatch.setattr(workers, "_COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
        monkeypatch.setattr(workers, "MAX_WAIT_SECONDS", 120)
        with pytest.raises(workers.WorkerError, match="ended at once"):
            workers._begin(b"FAULTY")


def test_a_process_ends_with_its_parent() -> None:
    source = (
        "import io, sys; from archive import reading; from archive.items import Hints; from archive.reading import "
        "workers; list(reading.read(io.BytesIO(b'Boats return. All nine came back.'), Hints('a.txt'))); "
        "print(workers._idle[0]._process.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", source], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        followed = os.pidfd_open(worker)
        parent.kill()
    poll = select.poll()
    poll.register(followed, select.POLLIN)
    assert poll.poll(10_000)
    os.close(followed)
