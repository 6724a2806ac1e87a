"""`flips ARCHIVE|CORPUS.jsonl[.gz] [COUNT [SEED]]`: flips bits in copies of index and captures, one at a time.

COUNT (500) times, a bit is flipped, the files are verified as `index verify` and `captures verify` do, and read as by
a new process: QUESTIONS questions, suggestions and the state of the index, or the bytes of the capture. Each must give
what it gave before, or an error that names the cure. Then the bit is flipped back. Seed and number determine a flip.
"""

import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from archive.errors import ArchiveError
from search.errors import SearchError

from .archive import archive_of

COUNT = 500
QUESTIONS = 40
_NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
_FACETS = ("source", "topic", "byline", "month", "kind", "lang")
# Of each thousand flips, so many are in the captures; the rest are in the index.
_CAPTURES_PER_MILLE = 300
# So many are in any file with the same probability, the others in any byte: the small files must be hit too.
_ANY_FILE_PER_MILLE = 400


@dataclass(frozen=True)
class _Flip:
    """A bit of a file, and whether the file is one of the index."""

    path: Path
    bit: int
    in_index: bool

    def toggle(self) -> None:
        """Flips the bit in its file, or flips it back."""
        self.path.chmod(0o600)
        with self.path.open("r+b") as file:
            file.seek(self.bit // 8)
            byte = file.read(1)[0]
            file.seek(self.bit // 8)
            file.write(bytes([byte ^ 1 << self.bit % 8]))


def run(arguments: Sequence[str]) -> dict[str, Any]:
    """Flips, reads and prints; returns the figures."""
    if not arguments:
        raise SystemExit(__doc__)
    count, seed = (int(argument) for argument in (*arguments[1:], *(str(COUNT), "1")[len(arguments) - 1 :]))
    with archive_of(arguments[0]), _copies():
        return _run(Path(arguments[0]).name, count, seed)


@contextmanager
def _copies() -> Iterator[None]:
    """Replaces index and captures by copies, so that nothing happens to those of an archive."""
    from django.conf import settings

    folder = Path(tempfile.mkdtemp())
    originals = settings.INDEX_DIR, settings.CAPTURES_DIR
    try:
        settings.INDEX_DIR = shutil.copytree(settings.INDEX_DIR, folder / "index")
        settings.CAPTURES_DIR = shutil.copytree(settings.CAPTURES_DIR, folder / "captures")
        yield
    finally:
        settings.INDEX_DIR, settings.CAPTURES_DIR = originals
        shutil.rmtree(folder)


def _run(name: str, count: int, seed: int) -> dict[str, Any]:
    questions = _make_questions(Random(seed))
    expected = list(_answers(questions))
    counts: Counter[str] = Counter()
    for number in range(count):
        flip = _choose(Random(f"{seed}:{number}"))
        flip.toggle()
        try:
            outcomes = list(_look(flip, questions, expected))
        finally:
            flip.toggle()
        counts["index" if flip.in_index else "captures"] += 1
        for outcome in outcomes:
            counts[outcome] += 1
            if outcome.startswith(("missed", "wrong", "unhandled")):
                print(f"{flip.path.name}, bit {flip.bit}, seed {seed!r}, flip {number}: {outcome}", file=sys.stderr)
    figures = {"flips": count, "questions": len(expected), **dict(sorted(counts.items()))}
    print(f"{name}: " + ", ".join(f"{value:,} {title}" for title, value in figures.items()))
    return figures


def _choose(chance: Random) -> _Flip:
    from django.conf import settings

    in_index = chance.randrange(1000) >= _CAPTURES_PER_MILLE
    folder = settings.INDEX_DIR if in_index else settings.CAPTURES_DIR
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file() and path.stat().st_size)
    sizes = [path.stat().st_size for path in files]
    path = chance.choice(files) if chance.randrange(1000) < _ANY_FILE_PER_MILLE else chance.choices(files, sizes)[0]
    return _Flip(path, chance.randrange(8 * path.stat().st_size), in_index)


def _look(flip: _Flip, questions: Sequence[Any], expected: Sequence[object]) -> Iterator[str]:
    """Yields what verifying and reading came to."""
    from archive.capture_files import check_captures, read_bytes
    from archive.search_port import no_progress
    from search.index import engine

    def is_found() -> object:
        _forget()
        return engine().check_files() if flip.in_index else check_captures(no_progress).damaged

    found = _outcome_of(is_found)
    yield "found by verify" if found == "refused" or (isinstance(found, tuple) and found[0]) else f"missed: {found}"
    if not flip.in_index:
        read = _outcome_of(lambda: read_bytes(flip.path.name))
        yield f"capture {read}" if isinstance(read, str) else "wrong bytes of a capture"
        return
    _forget()
    for answer, right in zip(_answers(questions), expected, strict=True):
        if isinstance(answer, str):
            yield f"answers {answer}" if answer == "refused" else answer
        else:
            yield "answers right" if answer == right else "wrong answer"


def _outcome_of(read: Callable[[], object]) -> str | tuple[object]:
    """Returns what was read, in a tuple; "refused" for an error with a cure; or what was not handled."""
    try:
        return (read(),)
    except (SearchError, ArchiveError) as error:
        return "refused" if any(word in str(error) for word in ("manage.py", "Restore")) else f"no cure: {error}"
    except Exception as error:
        return f"unhandled {type(error).__name__}"


def _forget() -> None:
    """Lets the next call open the index as a new process would."""
    from search.index import current

    for opened in current._engines.values():
        opened.close()
    current._engines.clear()


def _make_questions(chance: Random) -> list[Any]:
    """Returns questions of all kinds, from the archive's own words and values."""
    from archive.models import SectionVersion
    from search.results import Question

    texts = list(SectionVersion.objects.order_by("pk").values_list("text", flat=True)[:2000])
    words = [word.strip(".,;:\"'()").lower() for text in texts for word in text.split() if len(word) > 3]
    forms = (
        *("{0}", '"{0} {1}"', "{0} {1}", "{0} OR {1}", "{0} NOT {1}", "{0} w/5 {1}", "{0} w/s {1}", "headline:{0}"),
        *("{2}*", "{0}~", "atleast2({0})", "hlead({0} {1})", "", "({0} OR {1}) pre/5 {3}", "source:*", "topic:none"),
    )
    questions = []
    for number in range(QUESTIONS):
        at = chance.randrange(len(words) - 2)
        q = forms[number % len(forms)].format(words[at], words[at + 1], words[at][:3], words[at + 2])
        questions.append(
            Question(q=q, unit=chance.choice(("section", "article")), sort=chance.choice(("", "newest", "captured")))
        )
    return questions


def _answers(questions: Sequence[Any]) -> Iterator[str | tuple[object]]:
    """Yields what the archive answers: each question, and then suggestions and the state of the index."""
    from search.exports import FORMATS, ExportOptions, make_export
    from search.index import engine
    from search.results import answer_question, suggest

    def export(question: Any) -> list[bytes]:
        made = make_export(FORMATS["jsonl"], question, ExportOptions(), site_url="", now=_NOW)
        return list(made.write())

    def answer(question: Any) -> object:
        found = answer_question(question, now=_NOW, facets=_FACETS)
        rows = [(row.article.pk, [section.section.pk for section in row.sections]) for row in found.rows]
        return found.total, found.sections, found.articles, rows, found.facets, found.histogram, found.expansions

    for question in questions:
        yield _outcome_of(lambda question=question: answer(question))  # type: ignore[misc]
    last = questions[0]
    yield _outcome_of(lambda: export(last))
    yield _outcome_of(lambda: suggest(last.q[:3], now=_NOW))
    yield _outcome_of(lambda: list(engine().fingerprints()))
    yield _outcome_of(lambda: engine().info())
