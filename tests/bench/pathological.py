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
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from archive import formats, reading
from archive.formats import CONTAINERS, FORMATS
from archive.items import ArticleItem, Hints, Item, Rejected
from archive.reading import MAX_DOCUMENT_MEMORY_BYTES
from tests.paths import ROOT

MAX_SECONDS = 10
MAX_MEMORY_BYTES = MAX_DOCUMENT_MEMORY_BYTES
_MAX_SHOWN = 12
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
    goldens = golden_files(format_name)
    for number in range(count):
        chance = Random(f"{format_name} {number} {seed}")
        kind = KINDS[number % len(KINDS)]
        path = goldens[number // len(KINDS) % len(goldens)]
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        label, made = kind(text, size_bytes, chance)
        data = made.encode("utf-8", "surrogateescape")
        yield Pathological(f"{path.name}: {label}", path.name, data)


def golden_files(format_name: str) -> list[Path]:
    """Returns the golden files of a format or container, without those that say what is expected of them."""
    folders = {"html": ("html", "live_page", "script_state"), "json": ("jsonl",)}.get(format_name, (format_name,))
    paths = [path for folder in folders for path in sorted((_DATA / folder).glob("*")) if "expected" not in path.name]
    return paths or [_DATA / "text" / "article.txt"]


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


@dataclass
class Outcome:
    """What became of a document."""

    seconds: float
    articles: int
    reasons: tuple[str, ...]

    @property
    def was_stopped(self) -> bool:
        return any("reading it took more than" in reason for reason in self.reasons)


def read(document: Pathological, *, in_process: bool = False) -> tuple[list[Item], float]:
    """Returns the items of a document, and the processor time of this process and its workers."""
    read_items = formats.read if in_process else reading.read
    begun = _processor_seconds()
    items = list(read_items(io.BytesIO(document.data), Hints(document.name)))
    return items, _processor_seconds() - begun


def _processor_seconds() -> float:
    """Returns the processor time of this process and of the workers that it has or had."""
    from archive.reading import workers

    times = os.times()
    seconds = times.user + times.system + times.children_user + times.children_system
    for worker in workers._idle:
        fields = Path(f"/proc/{worker._process.pid}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Reads documents of each format and prints a table; returns the figures."""
    in_process = bool(arguments) and arguments[0] == "in-process"
    options = [*arguments[in_process:]]
    name, count, size_bytes, seed = [*options, *("all", "100", "2000000", "1")[len(options) :]]
    names = [row.name for row in (*FORMATS, *CONTAINERS)] if name == "all" else [name]
    figures = {}
    for format_name in names:
        slowest: list[tuple[float, str]] = []
        articles = rejected = stopped = 0
        for document in make_documents(format_name, int(count), int(size_bytes), int(seed)):
            started = time.perf_counter()
            items, seconds = read(document, in_process=in_process)
            seconds = max(seconds, 0.0) or time.perf_counter() - started
            reasons = [item.reason for item in items if isinstance(item, Rejected)]
            articles += sum(isinstance(item, ArticleItem) for item in items)
            rejected += bool(reasons)
            stopped += any("reading it took more than" in reason for reason in reasons)
            if any("fault of the archive" in reason for reason in reasons):
                print(f"FAULT {format_name}: {document.label}: {reasons}")
            slowest = sorted([*slowest, (seconds, document.label)], reverse=True)[:_MAX_SHOWN]
        total = slowest[0][0]
        verdict = "within" if total <= MAX_SECONDS else "PAST"
        print(
            f"{format_name:12} {int(count):,} documents, {articles:,} articles, {rejected:,} with a rejection, "
            f"{stopped} stopped; slowest {total:.2f} s, {verdict} {MAX_SECONDS} s",
            flush=True,
        )
        for seconds, label in slowest[:3]:
            if seconds > 0.5:
                print(f"    {seconds:5.2f} s  {label[:150]}", flush=True)
        figures[format_name] = {
            "articles": articles,
            "rejected": rejected,
            "stopped": stopped,
            "slowest_s": round(total, 2),
        }
    return figures
