"""A small archive for tests of exports: articles and live pages with shared words, and ways to export from it."""

import io
import json
import zipfile
from typing import Any

from django.utils import timezone

from search.exports import FORMATS, Export, ExportOptions, make_export
from search.results import Question

WORDS = ("storm", "harbour", "ferry", "police", "council", "storms", "bridge")


def articles() -> list[dict[str, Any]]:
    """Returns 12 articles and 4 live pages; words, sources, days and topics repeat, so that hits tie."""
    found: list[dict[str, Any]] = []
    for number in range(16):
        word, other = WORDS[number % 7], WORDS[number % 5]
        values: dict[str, Any] = {
            "headline": f"{word.title()} and {other}" if number % 4 else f"{word.title()} watch {number}: live",
            "source": f"Outlet {number % 3}",
            "published": f"2024-08-0{number % 4 + 1}",
            "topics": ["Weather"] if number % 2 else ["Coast", "Weather"],
            "url": f"https://outlet.example/{number}",
        }
        if number % 4:
            values["text"] = "\n".join(f"The {word} came {'again ' * line}near the {other}." for line in range(3))
        else:
            values |= {"kind": "live", "standfirst": f"Day {number}: from the lighthouse" if number == 8 else ""}
            values["sections"] = [
                {
                    "id": str(entry),
                    "heading": f"Entry {entry}",
                    "text": f"A {WORDS[(number + entry) % 7]} at the {WORDS[entry % 3]}.",
                    "published": f"2024-08-0{entry % 4 + 1}T0{entry % 5}:00:00Z",
                }
                for entry in range(9)
            ]
        found.append(values)
    return found


def find(kind: str = "jsonl", question: Question | str = "storm", *, site_url: str = "", **options: Any) -> Export:
    """Returns an export, ready to be written."""
    if isinstance(question, str):
        question = Question(q=question)
    return make_export(FORMATS[kind], question, ExportOptions(**options), site_url=site_url, now=timezone.now())


def text_in(file: bytes) -> str:
    """Returns the bytes of a file as text, with what is compressed in it."""
    text = file.decode("utf-8", "replace")
    if not zipfile.is_zipfile(io.BytesIO(file)):
        return text
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return text + "".join(text_in(archive.read(name)) for name in archive.namelist())


def rows_of(export: Export) -> list[dict[str, Any]]:
    """Returns the rows of an export as JSON Lines."""
    return [json.loads(line) for line in b"".join(export.write()).decode().split("\n") if line]
