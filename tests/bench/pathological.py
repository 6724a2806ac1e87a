"""`pathological [FORMAT|all] [COUNT [SIZE_BYTES [SEED]]]`: documents made to stop readers.

Each is a golden file of a format with something in it that is far too much: a value of a million digits, blanks or
signs; a part that is repeated a thousand times, or nested so deeply; a tag with all its attributes again and again.
Documents are read as an ingest reads them. Each must end within MAX_SECONDS of processor time and MAX_MEMORY_BYTES, in
articles or in a reason; one that was stopped at the limits of `archive.reading` is counted. With `in-process` in
front of the other arguments the documents are read without limits, to find what needs a profile.
"""

import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from archive import formats, reading
from archive.formats import CONTAINERS, FORMATS
from archive.formats.faults import FAULT
from archive.items import ArticleItem, Hints, Item, Rejected
from archive.reading import MAX_DOCUMENT_MEMORY_BYTES, workers
from tests.paths import ROOT

from .containers import make_web_archives, make_zips

MAX_SECONDS = 10
MAX_MEMORY_BYTES = MAX_DOCUMENT_MEMORY_BYTES
_MAX_SHOWN = 5
_SHOWN_SECONDS = 1.0
_DATA = ROOT / "tests" / "data"

# Texts that are repeated until they fill a value: what numbers, times, names, addresses and markup consist of, and
# their beginnings, which a pattern may try again at every place.
PIECES = (
    *("1", "0", "9 ", "1,", "1.", "1/", "1:", "-1", "٣", "१"),
    *(" ", "\n", "\t", " \n", "\r\n", "\u00a0", "\u200b", "\u2028", "\ufeff"),
    *("a", "a ", "A. ", "Ab ", "aB", "é", "中", "e\u0301", "\u00ad", "İ", "ß", "👍"),
    *("by ", "By Ada Poe, ", "By A and ", "and ", ", ", "; ", " | ", "/", "Ada Poe ", "De La ", "Mc", "O'", "Dr. "),
    *(
        "2025-06-02 ",
        "2025-",
        "2 June ",
        "June ",
        "2 June 2025 12:30 ",
        "12:30 ",
        "12.",
        "T",
        "+01:00",
        "GMT ",
        "ago ",
    ),
    *("1 hour ago ", "Updated ", "Published: ", "Monday, ", "vor 1 ", "года ", "年", "2025年6月"),
    *("http://", "http://a.example/", "www.", "?a=b&", "%2", "#", "@", "a@b."),
    *(
        "LONDON (Reuters) - ",
        "LONDON, June 2 ",
        "(AP) ",
        "(",
        ")",
        "((",
        "[",
        "]",
        "{",
        "}",
        '"',
        "'",
        "“",
        "\\",
        '\\"',
    ),
    *("<", ">", "</", "<b>", "</b>", "<p>", "<a ", "<br>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "<h2>x</h2>"),
    *("&amp;", "&#65;", "&#x41;", "&", "&#", "&lt;", "&nbsp;", "&#xD800;"),
    *("\x00", "\x01", "\x1b[31m", "\x02", "\x03", "\x1f", "^", "<\r\n", "=\r\n"),
    *("- ", "— ", "* ", "• ", "...", "!", "? ", ": ", "Read more: ", "Photo: ", "var a=", "JSON.parse(", "self.x=["),
)


@dataclass(frozen=True)
class Pathological:
    """A document that was made to stop readers: how, from which golden file, and its bytes."""

    label: str
    name: str
    data: bytes


def make_documents(format_name: str, count: int, size_bytes: int, seed: int) -> Iterator[Pathological]:
    """Yields documents of a format, the same for the same seed: each kind in turn, on each golden file in turn."""
    if make_containers := _CONTAINERS.get(format_name):
        made = make_containers(size_bytes, Random(f"{format_name} {seed}"), _labelled_documents)
        yield from (Pathological(label, f"a.{format_name}", data) for label, data in islice(made, count))
        return
    goldens = golden_texts(format_name)
    for number in range(count):
        chance = Random(f"{format_name} {number} {seed}")
        kind = KINDS[number % len(KINDS)]
        name, text = goldens[number // len(KINDS) % len(goldens)]
        label, document = kind(text, size_bytes, chance)
        yield Pathological(f"{name}: {label}", name, document.encode("utf-8", "surrogateescape"))


def _labelled_documents(name: str, count: int, size_bytes: int, seed: int) -> Iterator[tuple[str, bytes]]:
    return ((document.label, document.data) for document in make_documents(name, count, size_bytes, seed))


_CONTAINERS = {"warc": make_web_archives, "zip": make_zips}


# Documents of the formats that have no golden files.
_ARTICLES = [
    {
        "headline": f"Boats return on day {day}",
        "id": f"a{day}",
        "url": f"https://courier.example/{day}",
        "published": f"2025-06-0{day}T12:00:00Z",
        "byline": "By Ada Poe and Ben Roe",
        "standfirst": "All nine came back.",
        "topics": ["Ferries", "Harbours"],
        "sections": [{"id": "1", "heading": "At noon", "text": "One came.", "published": "2025-06-01"}, {"text": "x"}],
    }
    for day in (1, 2, 3)
]
_WRITTEN = {
    "json": {"list.json": json.dumps(_ARTICLES, indent=1), "article.json": json.dumps(_ARTICLES[0], indent=1)},
    "jsonl": {"lines.jsonl": "\n".join(map(json.dumps, _ARTICLES))},
}
_FOLDERS = {"html": ("html", "live_page", "script_state")}


def golden_texts(format_name: str) -> list[tuple[str, str]]:
    """Returns names and texts of the golden files of a format, without those that say what is expected of them."""
    if format_name in _WRITTEN:
        return list(_WRITTEN[format_name].items())
    folders = _FOLDERS.get(format_name, (format_name,))
    paths = [path for folder in folders for path in sorted((_DATA / folder).glob("*")) if "expected" not in path.name]
    return [(path.name, path.read_text(encoding="utf-8", errors="surrogateescape")) for path in paths]


# --- kinds ---


def _fill(text: str, size: int, chance: Random) -> tuple[str, str]:
    """Puts a repeated piece into a value."""
    piece = chance.choice(PIECES)
    start, end = _value(text, chance)
    return f"{piece!r} in a value", text[:start] + _escaped(piece * (size // len(piece)), text) + text[end:]


def _fill_everywhere(text: str, size: int, chance: Random) -> tuple[str, str]:
    """Puts many small runs of a piece into the text, at places a pattern may begin at."""
    piece = chance.choice(PIECES)
    run = _escaped(piece * chance.choice((3, 30, 300)) + chance.choice(("", " ", "x", "1")), text)
    start, end = _value(text, chance)
    return f"runs of {piece!r} in a value", text[:start] + run * max(size // len(run), 1) + text[end:]


def _mix(text: str, size: int, chance: Random) -> tuple[str, str]:
    """Fills a value with two pieces in turn, the second of which may end what the first begins."""
    first, second = chance.choice(PIECES), chance.choice(PIECES)
    start, end = _value(text, chance)
    half = size // 2
    filled = _escaped(first * (half // len(first)) + second * (half // len(second)), text)
    return f"{first!r}, then {second!r}", text[:start] + filled + text[end:]


def _repeat(text: str, size: int, chance: Random) -> tuple[str, str]:
    """Repeats a part of the document as often as it fits."""
    start, end = _part(text, chance)
    part = text[start:end]
    repeated = _joined([part] * (size // max(len(part), 1)), text)
    return f"{part[:30]!r} again and again", text[:start] + repeated + text[end:]


def _repeat_numbered(text: str, size: int, chance: Random) -> tuple[str, str]:
    """Repeats a part with another number in each copy, so that no two are equal."""
    start, end = _part(text, chance)
    part = text[start:end]
    parts = [re.sub(r"\d+", str(number), part) for number in range(size // max(len(part), 1))]
    return f"{part[:30]!r}, numbered", text[:start] + _joined(parts, text) + text[end:]


def _nest(text: str, size: int, chance: Random) -> tuple[str, str]:
    """Opens an element, a list or an object again and again, and closes them or not."""
    start, end = _part(text, chance)
    if _is_json(text):
        opening, closing = chance.choice((("[", "]"), ('{"a":', "}"), ('{"items":[', "]}")))
    else:
        tag = chance.choice(re.findall(r"<([a-zA-Z][\w:.-]*)", text) or ["div"])
        opening, closing = f"<{tag}>", f"</{tag}>"
    depth = min(size // (len(opening) + len(closing)), chance.choice((90, 1_000, 1_900, 10**9)))
    closings = closing * depth if chance.random() < 0.5 else ""
    return f"{opening} {depth:,} deep", text[:start] + opening * depth + text[start:end] + closings + text[end:]


def _widen(text: str, size: int, chance: Random) -> tuple[str, str]:
    """Adds attributes to a tag, or keys to an object."""
    form = chance.choice(("{}a{}", "xmlns:n{1}", "data-{1}", "class", "id", "title"))
    names = (form.format("", number) for number in range(size // 20))
    if _is_json(text):
        at = chance.choice([match.end() for match in re.finditer(r"\{", text)] or [0])
        added = "".join(f'"{name}":{number},' for number, name in enumerate(names))
    else:
        tags = [match.end() for match in re.finditer(r"<[a-zA-Z][\w:.-]*", text)]
        at = chance.choice(tags or [0])
        added = "".join(f' {name}="{number}"' for number, name in enumerate(names))
    return f"{form} in one tag or object", text[:at] + added + text[at:]


def _cut(text: str, size: int, chance: Random) -> tuple[str, str]:
    """Ends the document within a repeated part, and repeats its beginning."""
    start, end = _part(text, chance)
    whole = text[:start] + _joined([text[start:end]] * (size // max(end - start, 1)), text)
    return "cut, and begun again", whole[: chance.randrange(len(whole) // 2, len(whole) + 1)] + text[:start]


Kind = Callable[[str, int, Random], tuple[str, str]]
KINDS: tuple[Kind, ...] = (_fill, _repeat, _fill_everywhere, _repeat_numbered, _mix, _nest, _fill, _widen, _cut)


def _is_json(text: str) -> bool:
    return text.lstrip().startswith(("{", "["))


def _escaped(filling: str, text: str) -> str:
    return json.dumps(filling, ensure_ascii=False)[1:-1] if _is_json(text) else filling


def _joined(parts: list[str], text: str) -> str:
    return ",".join(parts) if _is_json(text) and parts and parts[0].startswith(("{", "[", '"')) else "".join(parts)


def _value(text: str, chance: Random) -> tuple[int, int]:
    """Returns where a value begins and ends: a string of JSON, the text or an attribute of an element, a line."""
    pattern = r'"((?:[^"\\]|\\.)*)"' if _is_json(text) else r'>([^<]*\S[^<]*)<|="([^"]*)"'
    values = [match.span(match.lastindex or 0) for match in re.finditer(pattern, text)]
    lines = [match.span() for match in re.finditer(r"[^\n]+", text)]
    return chance.choice(values if values and chance.random() < 0.9 else lines)


def _part(text: str, chance: Random) -> tuple[int, int]:
    """Returns where a part begins and ends that can be repeated: a small object, an element, some lines."""
    pattern = r"\{[^{}]*\}" if _is_json(text) else r"<(\w+)\b[^>]*>.*?</\1>"
    parts = [match.span() for match in re.finditer(pattern, text, re.DOTALL)]
    starts = [match.start() for match in re.finditer(r"^", text, re.MULTILINE)]
    if parts and chance.random() < 0.8:
        return chance.choice(parts)
    first = chance.randrange(len(starts))
    return starts[first], [*starts, len(text)][min(first + chance.randint(1, 4), len(starts))]


# --- reading ---


def read(document: Pathological, *, in_process: bool = False) -> tuple[list[Item], float]:
    """Returns the items of a document, and the processor time of this process and its workers."""
    read_items = formats.read if in_process else reading.read
    begun = _processor_seconds()
    items = list(read_items(io.BytesIO(document.data), Hints(document.name)))
    return items, _processor_seconds() - begun


def _worker_status(name: str) -> Iterator[str]:
    """Yields a file of the system about each worker that is alive."""
    for worker in workers._idle:
        yield Path(f"/proc/{worker._process.pid}/{name}").read_text()


def _processor_seconds() -> float:
    """Returns the processor time of this process and of the workers that it has or had."""
    times = os.times()
    fields = [status.rpartition(")")[2].split() for status in _worker_status("stat")]
    ticks = sum(int(parts[11]) + int(parts[12]) for parts in fields)
    own = times.user + times.system + times.children_user + times.children_system
    return own + ticks / os.sysconf("SC_CLK_TCK")


def _peak_bytes() -> int:
    """Returns the most memory that a worker that is alive had."""
    peaks = [re.search(r"VmHWM:\s*(\d+) kB", status) for status in _worker_status("status")]
    return max((int(peak[1]) * 1024 for peak in peaks if peak), default=0)


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Reads documents of each format and prints a table; returns the figures."""
    in_process = arguments[:1] == ["in-process"]
    options = [*arguments[in_process:]]
    name, *numbers = [*options, *("all", "100", "2000000", "1")[len(options) :]]
    count, size_bytes, seed = map(int, numbers)
    names = [row.name for row in (*FORMATS, *CONTAINERS)] if name == "all" else [name]
    return {
        name: _read_all(name, make_documents(name, count, size_bytes, seed), in_process=in_process) for name in names
    }


def _read_all(name: str, documents: Iterable[Pathological], *, in_process: bool) -> dict[str, Any]:
    """Reads the documents of a format, prints a row, and returns its figures."""
    slowest: list[tuple[float, str]] = []
    counts: Counter[str] = Counter()
    for document in documents:
        items, seconds = read(document, in_process=in_process)
        reasons = [item.reason for item in items if isinstance(item, Rejected)]
        counts["documents"] += 1
        counts["articles"] += sum(isinstance(item, ArticleItem) for item in items)
        counts["rejected"] += bool(reasons)
        counts["stopped"] += any(reason in (workers.TOO_LONG, workers.TOO_LARGE) for reason in reasons)
        counts["peak_bytes"] = max(counts["peak_bytes"], _peak_bytes())
        for reason in reasons:
            if FAULT in reason:
                print(f"{name}: {document.label}: {reason}")
        slowest = sorted([*slowest, (seconds, document.label)], reverse=True)[:_MAX_SHOWN]
    most = slowest[0][0]
    # A container has thousands of documents, each with the limit.
    within = (name in _CONTAINERS or most <= MAX_SECONDS) and counts["peak_bytes"] <= MAX_MEMORY_BYTES
    print(
        f"{name:12} {counts['documents']:4,} made {counts['articles']:7,} articles {counts['rejected']:5,} rejected "
        f"{counts['stopped']:3,} stopped {most:6.2f} s at most {counts['peak_bytes'] // 10**6:4} MB "
        f"{'within' if within else 'PAST'}",
        flush=True,
    )
    for seconds, label in slowest:
        if seconds > _SHOWN_SECONDS:
            print(f"    {seconds:5.2f} s  {label[:150]}", flush=True)
    return {**counts, "slowest_s": round(most, 2)}
