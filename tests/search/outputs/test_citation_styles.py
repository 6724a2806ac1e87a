"""search/outputs/citation_styles.py: what each style says of every shape of reference, and what it never says."""

import logging
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from search.outputs import citation_styles
from search.outputs.citation_styles import STYLES, StyledValues, write_in_style

VALUES = StyledValues(
    title="Drones over the harbour",
    authors=("Ada Example", "Ben Poe"),
    source="The Courier",
    nature="",
    url="https://courier.example/live?a=1",
    issued=(2025, 6, 2),
    time="14:30 UTC",
    accessed=(2026, 1, 30),
)


def cite(style: str, **values: object) -> str:
    return "".join(run.text for run in write_in_style(style, replace(VALUES, **values)).runs)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_fault(caplog: pytest.LogCaptureFixture) -> None:
    citation_styles._template.cache_clear()
    caplog.set_level(logging.ERROR)


@pytest.mark.parametrize("style", STYLES)
def test_every_known_value_is_printed_once_and_no_other(style: str, caplog: pytest.LogCaptureFixture) -> None:
    shapes = product(
        [(), ("Ada Example", "Ben Poe")], ["", "The Courier"], ["", "Live page"], ["", VALUES.url], [0, 3]
    )
    for authors, source, nature, url, date_parts in shapes:
        values = {"authors": authors, "source": source, "nature": nature, "url": url}
        issued = VALUES.issued[:date_parts]
        written = cite(style, **values, issued=issued, time=VALUES.time if date_parts == 3 else "")
        for value in (VALUES.title, *filter(None, (*authors, source, nature, url, *map(str, issued[:1])))):
            assert written.count(value) == 1, written
        assert not any(ord(character) >= 0xFDD0 for character in written)
        assert not any(fault in written for fault in ("..", " ,", "  ", ",,", "[]", "()", "Edition", "7919", "7927"))
        assert "None" not in written
    assert caplog.records == []


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("issued", "date"), [((2025,), ""), ((2025, 9), "Sep"), ((1931, 12), "Dec"), ((31, 1, 30), "Jan")]
)
def test_dates_are_as_precise_as_they_are_known(style: str, issued: tuple[int, ...], date: str) -> None:
    written = cite(style, issued=issued, time="", url="")
    assert str(issued[0]) in written
    assert date in written
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    assert sum(month in written for month in months) == bool(date)
    assert written.count("30") == (len(issued) == 3)


@pytest.mark.parametrize(
    ("style", "cited"),
    [
        ("chicago", "The Courier. “Drones over the harbour,” June 2, 2025, 14:30 UTC."),
        ("apa", "Drones over the harbour. (2025, June 2). The Courier."),
        ("mla", "“Drones over the harbour.” The Courier, 2 June 2025, 14:30 UTC, "),
        ("harvard", "The Courier (2025) ‘Drones over the harbour’, 2 June."),
        ("vancouver", "Drones over the harbour. The Courier [Internet]. 2025 Jun 2 [cited 2026 Jan 30]."),
    ],
)
def test_title_or_source_stands_in_for_unknown_authors(style: str, cited: str) -> None:
    assert cite(style, authors=()).startswith(cited)


@pytest.mark.parametrize(
    ("style", "start"),
    [
        ("chicago", "A. One, B. Two, C. Three, D. Four, E. Five, and F. Six. “"),
        ("apa", "A. One, B. Two, C. Three, D. Four, E. Five, & F. Six. ("),
        ("mla", "A. One et al. “"),
        ("harvard", "A. One et al. (2025)"),
        ("vancouver", "A. One, B. Two, C. Three, D. Four, E. Five, F. Six. Drones"),
    ],
)
def test_many_authors_are_cut_where_the_style_cuts_them(style: str, start: str) -> None:
    six = ("A. One", "B. Two", "C. Three", "D. Four", "E. Five", "F. Six")
    assert cite(style, authors=six).startswith(start)
    many = cite(style, authors=tuple(f"Author {number}" for number in range(500)))
    assert many.startswith("Author 0")
    assert many.count("Author") <= 30


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "title",
    [
        "Rock & roll: 50% {of} a_b $x #1 ~ ^ \\",
        '<i>Unclosed <b>markup</i> &amp; an &entity; <span class="nocase">x',
        "ALL CAPITALS and iPhone de la Cruz",
        "محادثات السلام: ماذا بعد؟",
        "谈判开始",
        "x" * 20_000,
        "\ufdd0\u4e01\ufdd1 7919 31",
    ],
)
def test_title_is_printed_as_it_is(style: str, title: str) -> None:
    assert title in cite(style, title=title)


@pytest.mark.parametrize(
    ("title", "american", "british"),
    [
        ("What next?", "“What next?” The", "‘What next?’, The"),
        ("He said “no”", "“He said ‘no.’” The", "‘He said “no”’, The"),
        ("“No”, he said", "“‘No’, he said.” The", "‘“No”, he said’, The"),
        ("The workers’", "“The workers’.” The", "‘The workers’’, The"),
        ("He is 5'7\"", "“He is 5'7\".” The", "‘He is 5'7\"’, The"),
        ("Wait…", "“Wait…” The", "‘Wait…’, The"),
    ],
)
def test_points_and_quotation_marks_at_the_end_of_titles(title: str, american: str, british: str) -> None:
    assert american in cite("chicago", title=title)
    assert american in cite("mla", title=title)
    assert british in cite("harvard", title=title)
    stop = "" if title.endswith(("?", "…")) else "."
    assert f". {title}{stop} The" in cite("vancouver", title=title)


@pytest.mark.parametrize("style", STYLES)
def test_style_that_fails_is_replaced_and_reported(
    style: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> str:
        raise IndexError

    monkeypatch.setattr(citation_styles, "_from_citeproc", fail)
    written = cite(style, nature="Live page")
    for value in ("Ada Example", "Ben Poe", VALUES.title, "Live page", "The Courier", "2 June 2025", VALUES.url):
        assert written.count(value) == 1
    assert "citeproc-py failed" in caplog.text
    citation_styles._template.cache_clear()


def test_style_is_asked_once_for_references_of_one_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    ask = citation_styles._from_citeproc

    def count(*shape: Any) -> str:
        asked.append(shape)
        return ask(*shape)

    monkeypatch.setattr(citation_styles, "_from_citeproc", count)
    for number in range(1, 29):
        assert f"June {number}, 2025" in cite("chicago", title=f"Title {number}", issued=(2025, 6, number))
    assert len(asked) == 1
