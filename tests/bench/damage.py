"""`damage [FOLDER|all] [RUNS] [SEED]`: reads golden files of tests/data, or of a folder in it, after damaging them.

Each run damages a golden file in some ways of DAMAGES, and reads it by `formats.read` and by the reader of its format,
in case the damage hides the format. The result must be items that can be stored, within MAX_SECONDS of processor
time. Seed and number determine a run, so that a failed run can be repeated; its bytes are saved too.
"""

import copy
import io
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive import formats
from archive.errors import ReadError
from archive.formats.faults import FAULT
from archive.formats.input import DEFAULT_LIMITS
from archive.items import ArticleItem, Hints, Item, Note, Rejected, as_json

DATA = Path(__file__).resolve().parent.parent / "data"
MAX_SECONDS = 10.0

# Bytes that readers of markup, JSON and containers may fail on.
_TOKENS = (
    b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml version='1.0' encoding='utf-16'?>", b"&#0;",
    b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>", b"&b;", b"<script>", b"</p>", b"<p>", b"<div>" * 300,
    b"{", b"}", b"[" * 2000, b"]", b'"', b"\\u0000", b"\\ud800", b"null", b"-1", b"1e999", b"99999999999999999999",
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b\x08", b"PK\x03\x04", b"WARC/1.0\r\n", b"\r\n\r\n", b"\n",
    b"0001-01-01T00:00:00Z", b"2025-02-30", b"\xe2\x80\xa8", b"\xc3", b"\xed\xa0\x80", b"charset=utf-7", b"\x0e",
    b"charset=utf-16", b"\x1b$B", b"&amp;", b"&#xD83D;", b"&#55357;&#56832;", b"9999-12-31T23:59:59-14:00",
)  # fmt: skip


def _flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 20))):
        data[chance.randrange(len(data))] = chance.randrange(256)


def _insert(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.choice(_TOKENS) * chance.choice((1, 1, 1, 50))


def _replace(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    token = chance.choice(_TOKENS)
    data[at : at + len(token)] = token


def _delete(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.choice((1, 5, 50, 500))]


def _repeat(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    part = data[at : at + chance.choice((4, 40, 400))]
    data[at:at] = part * chance.choice((1, 5, 100))


def _move(data: bytearray, chance: random.Random) -> None:
    at, to = chance.randrange(len(data)), chance.randrange(len(data))
    size = chance.choice((5, 50, 500))
    part = data[at : at + size]
    del data[at : at + size]
    data[to:to] = part


def _truncate(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def _behead(data: bytearray, chance: random.Random) -> None:
    del data[: chance.randrange(len(data))]


# Values that are not expected where they are put.
_VALUES: Sequence[object] = (
    None, True, 0, -1, 1e300, 10**25, "", " ", "\x00", "\ud800", "2024-02-30", "<b", [], {}, [[]], [None],
    "https://example.org/\x00", "x" * 3000,
)  # fmt: skip


def _change_values(data: bytearray, chance: random.Random) -> None:
    """Replaces, copies or removes values, if the data is still JSON."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return
    places = []
    waiting = [document]
    while waiting:
        node = waiting.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        places += [(node, key) for key in keys]
        waiting += [node[key] for key in keys]
    for holder, key in chance.sample(places, min(len(places), chance.randint(1, 4))):
        other, from_key = chance.choice(places)
        value = other.get(from_key) if isinstance(other, dict) else None
        holder[key] = copy.deepcopy(value) if chance.random() < 0.3 else chance.choice(_VALUES)
    data[:] = json.dumps(document).encode()


DAMAGES: Sequence[Callable[[bytearray, random.Random], None]] = (
    _change_values, _flip, _insert, _insert, _replace, _delete, _repeat, _move, _truncate, _behead,
)  # fmt: skip


@dataclass(frozen=True)
class Golden:
    """A golden file and the reader of its format; None for a container."""

    path: Path
    data: bytes
    reader: formats.Format | None


def golden_files(folder: str = "all") -> list[Golden]:
    """Returns the golden files of a folder of tests/data, or of all folders, in a stable order."""
    paths = sorted(
        path
        for path in DATA.rglob("*")
        if path.is_file() and not path.name.endswith(".expected.json") and folder in ("all", path.parent.name)
    )
    files = []
    for path in paths:
        data = path.read_bytes()
        head = data[: 64 * 1024]
        reader = next((known for known in formats.FORMATS if known.sniff(head, path.name)), None)
        files.append(Golden(path, data, reader))
    return files


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Returns the bytes, damaged one to six times."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        if changed:
            chance.choice(DAMAGES)(changed, chance)
    return bytes(changed)


def check(items: Iterator[Item]) -> Counter[str]:
    """Reads all items and counts them by kind. Raises AssertionError for an item that cannot be stored."""
    counts: Counter[str] = Counter()
    for item in items:
        assert isinstance(item, ArticleItem | Rejected | Note), f"an item of {type(item)}"
        counts[type(item).__name__] += 1
        if isinstance(item, Rejected | Note):
            assert item.reason, "a rejection without a reason"
            assert FAULT not in item.reason, item.reason
            texts = [item.locator, item.reason]
        else:
            assert item.headline, "an article without a headline"
            texts = list(_texts(as_json(item)))
        for text in texts:
            assert "\0" not in text, f"a NUL, which not every database can store, in {text[:80]!r}"
            text.encode()
    return counts


def _of_reader(reader: formats.Format, data: bytes, hints: Hints) -> Iterator[Item]:
    """Yields the items of a reader; anything but a ReadError is passed on."""
    try:
        yield from reader.items(io.BytesIO(data), hints, DEFAULT_LIMITS)
    except ReadError as error:
        yield Rejected(error.locator, error.reason)


def _texts(value: object) -> Iterator[str]:
    """Yields every text in JSON values, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def read_damaged(golden: Golden, number: int, seed: str) -> tuple[Counter[str], float]:
    """Reads a damaged file. Returns the counts of items and the seconds. Raises AssertionError with the cause."""
    data = damaged(golden.data, random.Random(f"{seed}:{golden.path.name}:{number}"))
    hints = Hints(golden.path.name, url="https://example.org/a", zone="Europe/London")
    begun = time.process_time()
    try:
        counts = check(formats.read(io.BytesIO(data), hints))
        if golden.reader:
            counts += check(_of_reader(golden.reader, data, hints))
        seconds = time.process_time() - begun
        assert seconds < MAX_SECONDS, f"it took {seconds:.1f} seconds"
    except Exception as error:
        kept = Path(tempfile.gettempdir()) / f"damaged-{golden.path.stem}-{seed}-{number}{golden.path.suffix}"
        kept.write_bytes(data)
        run_name = f"{golden.path.name}, seed {seed!r}, run {number}"
        raise AssertionError(f"{run_name}: {type(error).__name__}: {error}; its bytes: {kept}") from error
    return counts, seconds


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Reads damaged documents and prints each failure."""
    folder, runs, seed, *_ = [*arguments, *("all", "1000", "0")[len(arguments) :]]
    files = golden_files(folder)
    if not files:
        raise SystemExit(f"no golden files in {DATA / folder}")
    counts: Counter[str] = Counter()
    slowest = 0.0
    for number in range(int(runs)):
        try:
            found, seconds = read_damaged(files[number % len(files)], number, seed)
        except AssertionError as error:
            print(error, file=sys.stderr)
            counts["failures"] += 1
            continue
        counts += found
        slowest = max(slowest, seconds)
    figures = {
        "runs": int(runs),
        "files": len(files),
        "articles": counts["ArticleItem"],
        "rejected": counts["Rejected"],
        "failures": counts["failures"],
        "slowest_seconds": round(slowest, 2),
    }
    print(", ".join(f"{value} {name.replace('_', ' ')}" for name, value in figures.items()))
    return figures
