"""Merging: a segment that was merged from parts has the arrays of one that was built of the same documents at once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest

from search.engines import Document, SaidText
from search.engines.whoosh import merging_postings, writer
from search.engines.whoosh.building import SegmentBuilder
from search.engines.whoosh.engine import WhooshEngine
from search.engines.whoosh.files import Array, Arrays, Spools, write_arrays
from search.engines.whoosh.merging import merge, to_sources
from search.engines.whoosh.segment import Segment
from search.engines.whoosh.terms import decode
from search.text import SPELLING_MARK, FormTable, spelling_width

WORDS = ("peace", "talks", "talking", "cease-fire", "Zürich", "Zuerich", "NATO", "US", "12 000", "fire", "the", "of")
DAY = datetime(2025, 5, 30, tzinfo=UTC)


def make_documents(count: int, seed: int, *, long: Sequence[int] = ()) -> list[Document]:
    """Returns documents of two sections an article, with rare words; some `long` ones."""
    chance = Random(seed)
    return [_make_document(number, chance, is_long=number in long) for number in range(1, count + 1)]


def _make_document(number: int, chance: Random, *, is_long: bool) -> Document:
    words = [*chance.choices(WORDS, k=chance.choice((0, 3, 20))), f"word{chance.randrange(90)}"]
    chance.shuffle(words)
    if is_long:
        # Frequencies of more than a byte; and so many stems that others are more than 13 bits apart.
        words += ["harbour"] * 300 + [f"number{number}" for number in range(8_500)]
    text = ". ".join(" ".join(words[at : at + 6]) for at in range(0, len(words), 6)).replace(". peace", ".\nPeace")
    said = (SaidText((("text", 0, 20),), ("Bo", f"Ada {number % 3}"), ("The Globe",), number, number % 2, (4, 5)),)
    values = {
        "headline": " ".join(chance.choices(WORDS, k=4)),
        "standfirst": chance.choice(("", "Fire in the harbour")),
        "text": text,
        "source": chance.choice(("The Globe", "Mail")),
        "topic": tuple(chance.sample(("War", "Peace", "Trade"), chance.randrange(3))),
        "person": tuple(chance.sample(("Bo", "Ada", "Cy"), chance.randrange(3))),
        "speaker": ("Bo", f"Ada {number % 3}"),
        "via": ("The Globe",),
        "url": (f"a.example/{number // 2}",),
        "date": chance.choice((None, DAY + timedelta(hours=number))),
        "event": chance.choice(((), ((date(2025, 5, 1), date(2025, 5, 4)),))),
    }
    return Document(number, number // 2, values, f"state {number}", DAY, said if words else ())


def write_segment(path: Path, documents: Sequence[Document], table: FormTable) -> Segment:
    builder = SegmentBuilder(table)
    for document in documents:
        builder.add(document)
    return Segment(path, checksum=write_arrays(path, *builder.build()))


def arrays_of(segment: Segment) -> Arrays:
    return {name: segment.file[name] for name in segment.file._head.entries}


@pytest.mark.parametrize(
    ("entries", "long"), [(1, ()), (20_000, (18,)), (merging_postings.RANGE_ENTRIES, ())], ids=["one", "some", "all"]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_merged_segment_has_the_arrays_of_one_that_was_built_at_once(
    seed: int, entries: int, long: Sequence[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging_postings, "RANGE_ENTRIES", entries)
    monkeypatch.setattr(merging_postings, "_BLOCK_DOCUMENTS", 5)
    documents = make_documents(40, seed, long=long)
    chance = Random(seed)
    table = FormTable()
    # Parts of whole articles, since an article in two parts has a card in each.
    parts = [documents[:1], documents[1:15], documents[15:35], documents[35:]]
    deleted = {number for number in range(1, 41) if chance.random() < 0.3 and number not in (1, *long)}
    sources = []
    for number, part in enumerate(parts):
        live = np.array([number == 3 or document.section_id not in deleted for document in part])
        sources.append((write_segment(tmp_path / f"part-{number}", part, table), live))
    shares: list[float] = []
    checksum, facts = merge(to_sources(sources), tmp_path / "merged", shares.append)
    kept = [document for document in documents if document.section_id >= 36 or document.section_id not in deleted]
    built = write_segment(tmp_path / "built", kept, FormTable())
    merged = Segment(tmp_path / "merged", checksum=checksum)
    expected, found = arrays_of(built), arrays_of(merged)
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].tolist() == array.tolist(), name
    assert merged.file.facts == built.file.facts == facts
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_widths_of_spellings_are_those_of_their_forms(tmp_path: Path) -> None:
    texts = ("cease-fire of F-16s in the US", "air-to-air, Rock ’n’ roll", "l'Ukraine", "12 000", "peace")
    documents = [Document(number, number, {"text": text}) for number, text in enumerate(texts)]
    segment = write_segment(tmp_path / "spelled", documents, FormTable())
    spelled = [decode(form) for form in segment.forms.all() if decode(form).startswith(SPELLING_MARK)]
    assert segment.spelling_widths.tolist() == [spelling_width(form) for form in spelled]
    assert max(segment.spelling_widths) > 1
    plain = write_segment(tmp_path / "plain", documents[-1:], FormTable())
    assert plain.spelling_widths.tolist() == []


def test_spooled_array_is_what_was_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.engines.whoosh.files._SPOOL_BYTES", 100)
    pieces: list[Array] = [np.arange(size, dtype=np.uint16) for size in (0, 3, 70, 0, 40, 8)]
    with Spools(tmp_path) as spools:
        for piece in pieces:
            spools.add("long", piece)
            spools.add("short", piece[:2])
        assert spools.length("long") == 121
        assert spools.array("long").tolist() == np.concatenate(pieces).tolist()
        assert spools.array("short").tolist() == [0, 1, 0, 1, 0, 1, 0, 1]
        with pytest.raises(TypeError, match="uint8 is added"):
            spools.add("short", np.zeros(1, dtype=np.uint8))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of some three sections, of which some ten fill a segment."""
    monkeypatch.setattr("search.engines.whoosh.building.MAX_TOKENS", 60)
    monkeypatch.setattr(writer, "MAX_DOCUMENTS", 10)


@pytest.mark.usefixtures("small_segments")
def test_rebuild_fills_segments_part_by_part_and_says_how_far_it_is(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    documents = [document for document in make_documents(48, 5) if document.section_id % 7]
    reported: list[int] = []
    files: list[int] = []

    def count_files(done: int) -> None:
        reported.append(done)
        files.append(sum(path.stat().st_size > 0 for path in tmp_path.rglob("*.arrays")))

    assert engine.rebuild(documents, progress=count_files) == len(documents)
    assert engine.info().segments == -(-len(documents) // 10)
    assert [section for _, section, _ in engine.fingerprints()] == [document.section_id for document in documents]
    assert reported == sorted(reported)
    assert reported[-1] == len(documents)
    # Reported while segments are merged, too: more often than documents were read.
    assert len(reported) > len(documents) + 5
    # Parts are deleted once they are merged: no more of them than fill a segment, beside those that are full.
    assert max(files) <= 10 + len(documents) // 10 + 1


@pytest.mark.usefixtures("small_segments")
def test_rebuild_that_fails_leaves_no_file(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    engine.rebuild(make_documents(3, 1))
    before = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())

    def fail(done: int) -> None:
        if done > 15:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        engine.rebuild(make_documents(30, 6), progress=fail)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == before


@pytest.mark.usefixtures("small_segments")
def test_large_batch_is_written_in_parts(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path)
    documents = make_documents(30, 7)
    with engine.write() as batch:
        for document in documents[:20]:
            batch.add(document)
        batch.delete_article(documents[3].article_id)
        for document in documents[20:]:
            batch.add(document)
    gone = {document.section_id for document in documents if document.article_id == documents[3].article_id}
    assert [section for _, section, _ in engine.fingerprints()] == [
        document.section_id for document in documents if document.section_id not in gone
    ]
