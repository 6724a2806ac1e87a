"""Workbooks, as openpyxl and pandas read them."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import cycle
from random import Random
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from archive.models import Article, PublishingStatus
from archive.times import OutletTime
from search.engines import Filter
from search.exports import FORMATS, MAX_CELL_CHARS, Export, contract, workbook_cells, xlsx
from search.exports.columns import DEFAULT_FIELDS
from search.exports.row_kinds import ExportedSection, Row
from search.exports.rows import load_sections
from search.exports.workbook_cells import Cells, escape, link_target, text_cell
from search.results import Question

from .archive_of_storms import articles, find, rows_of

SITE = "https://archive.example"

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(begin_with: Callable[..., None]) -> None:
    begin_with(articles())


def workbook_of(export: Export) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(b"".join(export.write())))


def values_of(sheet: Worksheet) -> list[dict[str, Any]]:
    """Returns the rows of a sheet, by the names in its head."""
    names, *rows = sheet.iter_rows(values_only=True)
    return [
        {
            str(name): unescape(value) if isinstance(value, str) else value
            for name, value in zip(names, row, strict=True)
        }
        for row in rows
    ]


def about(book: Workbook) -> dict[str, Any]:
    return dict(book["About"].iter_rows(values_only=True))


def as_cell(name: str, value: Any) -> Any:
    """Returns what a workbook has for a value of JSON Lines."""
    if name in ("section", "article"):
        return str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(value) or None
    if name in ("published", "published_day", "updated", "captured") and len(value or "") > len("2024-08"):
        return datetime.fromisoformat(value).replace(tzinfo=None)
    return value if isinstance(value, int) else value or None


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"unit": "article"},
        {"text": "passages"},
        {"unit": "article", "text": "passages", "first": 3},
        {"fields": ("text", "published_day", "section")},
        {"unit": "article", "fields": ("standfirst", "matches", "article")},
    ],
)
def test_rows_are_those_of_json_lines(archive: None, options: dict[str, Any]) -> None:
    export = find("xlsx", site_url=SITE, **options)
    lines = rows_of(find("jsonl", site_url=SITE, **options))
    rows = values_of(workbook_of(export).worksheets[0])
    assert rows == [{name: as_cell(name, value) for name, value in line.items()} for line in lines]
    assert len(rows) == export.total > 2


def test_difficult_texts_are_as_they_were_received(difficult: None) -> None:
    rows = values_of(workbook_of(find("xlsx", "ferry")).worksheets[0])
    lines = rows_of(find("jsonl", "ferry"))
    assert len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        for name in ("headline", "heading", "source", "byline", "note", "url"):
            assert (row[name] or "") == line[name]
        if len(line["text"]) <= MAX_CELL_CHARS:
            assert row["text"] == line["text"]


FORMULAS = ("=cmd()|' /C calc'!A0", "=1+1\nof a storm", "+1", "@SUM(A1)", "'=1", "'quoted'", "\t=1", " \u200f=1")
OTHER_TEXTS = (
    "{=1+1}",
    "nul \x00 bell \x07 carriage return \r line\r\nfeed",
    "_x000D_ _x000d_x000A_ _x_ __x0041_",
    "\ufffe \uffff \x85 \u2028 \x7f",
    "a lone \ud83d surrogate",
    "\u202eoverride 😀 <b>&amp;</b> ]]>",
    "  blanks at both ends  ",
    "#N/A",
    "1e5",
)


def set_texts(monkeypatch: pytest.MonkeyPatch, *texts: str) -> None:
    """Lets the rows of exports have these texts, in turn."""

    def load(*arguments: Any, **options: Any) -> list[ExportedSection]:
        rows = load_sections(*arguments, **options)
        for row, text in zip(rows, cycle(texts), strict=False):
            row.text = text
        return rows

    monkeypatch.setattr(contract, "load_sections", load)


def test_texts_survive_and_none_is_a_formula(archive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = (*FORMULAS, *OTHER_TEXTS)
    set_texts(monkeypatch, *texts)
    export = find("xlsx", fields=("text",))
    assert export.total > len(texts)
    sheet = workbook_of(export).worksheets[0]
    for (cell,), text in zip(sheet.iter_rows(min_row=2), cycle(texts), strict=False):
        assert cell.data_type in ("s", "inlineStr")
        assert unescape(cell.value) == text
        assert cell.quotePrefix is (text in FORMULAS)


@given(st.text(st.sampled_from("_x0Dd4\r\n\t\x00\ud800\udc00😀<&>]\"' ") | st.characters(exclude_categories=())))
def test_every_text_is_xml_that_means_the_text(text: str) -> None:
    parsed = ElementTree.fromstring(f"<t>{escape(text)}</t>")  # noqa: S314  # the text is ours
    assert unescape(parsed.text or "") == text


def at(text: str, precision: str = "minute") -> OutletTime:
    return OutletTime(datetime.fromisoformat(text), precision)


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (at("2024-08-02T10:30:00+01:00"), ("2024-08-02 10:30", 'yyyy-mm-dd hh:mm" +01:00"')),
        (at("2024-08-02T10:30:09-03:30", "second"), ("2024-08-02 10:30:09", 'yyyy-mm-dd hh:mm:ss" -03:30"')),
        (at("2024-08-02T23:59:59Z", "second"), ("2024-08-02 23:59:59", 'yyyy-mm-dd hh:mm:ss" UTC"')),
        (at("2024-08-02T10:30:00+13:00", "day"), ("2024-08-02 00:00", "yyyy-mm-dd")),
        (at("2024-08-01T00:00:00Z", "month"), ("2024-08", "General")),
        (at("2024-01-01T00:00:00Z", "year"), ("2024", "General")),
        (at("1900-03-01T00:00:00Z", "day"), ("1900-03-01 00:00", "yyyy-mm-dd")),
        (at("1900-02-28T00:00:00Z", "day"), ("1900-02-28", "General")),
        (at("1865-04-15T07:22:00-05:00"), ("1865-04-15T07:22:00-05:00", "General")),
        (at("9999-12-31T23:59:00Z"), ("9999-12-31 23:59", 'yyyy-mm-dd hh:mm" UTC"')),
        (
            datetime(2026, 11, 28, 18, 16, 31, 229000, UTC),
            ("2026-11-28 18:16:31.229000", 'yyyy-mm-dd hh:mm:ss.000" UTC"'),
        ),
        # The last moment of a day is not the first of the next.
        (
            datetime(2024, 2, 29, 23, 59, 59, 999999, UTC),
            ("2024-02-29 23:59:59.999", 'yyyy-mm-dd hh:mm:ss.000" UTC"'),
        ),
    ],
)
def test_times_are_dates_on_the_clock_of_the_outlet(value: Any, seen: tuple[str, str]) -> None:
    cells = Cells()
    cell = cells.encode(value)
    style = int(re.findall(r's="(\d+)"', cell)[0])
    pattern = cells.formats[style - 1].get("num_format", "General")
    if " t=" in cell:
        assert (re.findall(">([^<]+)<", cell)[0], pattern) == seen
    else:
        days = float(re.findall("<v>([^<]+)<", cell)[0])
        read = datetime(1899, 12, 30) + timedelta(days=days)
        assert read.isoformat(" ").startswith(seen[0])
        assert pattern == seen[1]


def test_times_on_too_many_clocks_are_text() -> None:
    cells = Cells()
    written = []
    for minutes in range(workbook_cells.MAX_TIME_FORMATS + 2):
        clock = timezone(timedelta(minutes=minutes))
        written.append(cells.encode(OutletTime(datetime(2024, 8, 2, 10, tzinfo=clock), "minute")))
    assert [" t=" in cell for cell in written] == [False] * workbook_cells.MAX_TIME_FORMATS + [True] * 2
    assert "2024-08-02T10:00:00+02:31" in written[-1]


def test_sheet_has_a_head_that_stays_in_view(archive: None) -> None:
    book = workbook_of(find("xlsx"))
    sheet = book.worksheets[0]
    assert book.sheetnames == ["Sections", "About"]
    assert [cell.value for cell in sheet[1]] == list(DEFAULT_FIELDS["section"])
    assert all(cell.font.b for cell in sheet[1])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.print_title_rows == "$1:$1"
    widths = {cell.value: sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]}
    assert all(width > len(name) for name, width in widths.items())
    assert widths["text"] > 60
    assert {sheet.row_dimensions[row].height for row in range(2, sheet.max_row + 1)} == {45}
    assert sheet["E2"].alignment.wrap_text


def test_about_says_what_was_asked(archive: None) -> None:
    filters = (Filter("source", ("Outlet 1",), ("Outlet 2",)),)
    export = find("xlsx", Question(q="storm OR\n =ferry", filters=filters, dates="2024-08"), site_url=SITE, first=2)
    said = about(workbook_of(export))
    assert said["Search"] == "storm OR\n =ferry"
    assert said["Read as"] == export.parsed_query.canonical
    assert "Outlet 1" in said["Filters"]
    assert "not Source: Outlet 2" in said["Filters"]
    assert said["Content"].startswith("2 sections, the first 2 of the result")
    assert said["Address"].startswith(f"{SITE}/?q=storm")
    assert said["Software"].startswith("Cuttings ")
    assert said["State of the index"] == export.selection.generation


@pytest.mark.parametrize("unit", ["section", "article"])
def test_next_sheet_begins_where_one_is_full(archive: None, unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = values_of(workbook_of(find("xlsx", unit=unit)).worksheets[0])
    rows_in_sheet = len(whole) // 2
    for limits in ({"MAX_SHEET_ROWS": rows_in_sheet + 1}, {"MAX_SHEET_BYTES": 1, "_BATCH_CHARS": 1}):
        for name, limit in limits.items():
            monkeypatch.setattr(xlsx, name, limit)
        book = workbook_of(find("xlsx", unit=unit))
        *sheets, last = book.worksheets
        assert last.title == "About"
        name = f"{unit.title()}s"
        assert [sheet.title for sheet in sheets] == [name, *(f"{name} {at}" for at in range(2, len(sheets) + 1))]
        assert len(sheets) in (2, 3, len(whole))
        assert [row for sheet in sheets for row in values_of(sheet)] == whole
        assert {sheet.auto_filter.ref == sheet.dimensions for sheet in sheets} == {True}


def test_sheet_that_is_just_full_is_the_last(archive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_SHEET_ROWS", find("xlsx").total + 1)
    assert workbook_of(find("xlsx")).sheetnames == ["Sections", "About"]


def links_of(book: Workbook, column: str) -> list[str | None]:
    sheet = book.worksheets[0]
    letter = next(cell.column_letter for cell in sheet[1] if cell.value == column)
    links = [sheet[f"{letter}{row}"].hyperlink for row in range(2, sheet.max_row + 1)]
    return [link.target if link else None for link in links]


def test_addresses_are_links(archive: None) -> None:
    book = workbook_of(find("xlsx", site_url=SITE))
    rows = values_of(book.worksheets[0])
    for column in ("url", "permalink"):
        assert links_of(book, column) == [row[column] for row in rows]
    assert "Links" not in about(book)


def test_permalinks_are_links_before_other_addresses(archive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = values_of(workbook_of(find("xlsx")).worksheets[0])
    for room, permalinks in ((len(rows) + 2, len(rows)), (len(rows), len(rows)), (3, 3)):
        monkeypatch.setattr(xlsx, "MAX_SHEET_LINKS", room)
        book = workbook_of(find("xlsx", site_url=SITE))
        assert sum(map(bool, links_of(book, "permalink"))) == permalinks
        assert sum(map(bool, links_of(book, "url"))) == room - permalinks
        assert [row["url"] for row in values_of(book.worksheets[0])] == [row["url"] for row in rows]
        assert about(book)["Links"] == f"{room} of {2 * len(rows)} addresses are links; the others are text."
    assert sum(map(bool, links_of(workbook_of(find("xlsx", site_url=SITE, fields=("url",))), "url"))) == 3
    # Without the address of the site, permalinks are paths, which leave all room to the others.
    assert sum(map(bool, links_of(workbook_of(find("xlsx")), "url"))) == 3


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x?a=1&b=(2)", ("https://a.example/x?a=1&b=(2)", "")),
        ("HTTP://a.example/#part", ("HTTP://a.example/", "part")),
        (
            'https://a.example/a b"c<d>\\{e}|^`[f]',
            ("https://a.example/a%20b%22c%3Cd%3E%5C%7Be%7D%7C%5E%60%5Bf%5D", ""),
        ),
        ("https://a.example/café\x07", ("https://a.example/caf%C3%A9%07", "")),
        ("https://a.example/100%25", ("https://a.example/100%25", "")),
        ("https://a.example/100%/5%zz", ("https://a.example/100%25/5%25zz", "")),
        ("https://a.example/" + "x" * 2100, ("", "")),
        ("https://a.example/#" + "x" * 2100, ("", "")),
        ("https://a.example/#\x07", ("", "")),
    ],
)
def test_link_is_an_address_that_excel_takes(url: str, link: tuple[str, str]) -> None:
    assert link_target(url) == link


def test_cell_that_is_cut_says_so(archive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ("x" * (MAX_CELL_CHARS + 1), "short", "😀" * 20_000, "a" + "😀" * 16_400, "<&>\r" * 9_000)
    set_texts(monkeypatch, *texts)
    warned: list[Any] = []

    def warn(row: Row, column: str) -> None:
        warned.append((row.sections[0].text, column))

    export = replace(find("xlsx", first=5), warn_of_long=warn)
    book = workbook_of(export)
    assert warned == [(text, "text") for text in texts if text != "short"]
    for row, text in zip(values_of(book.worksheets[0]), texts, strict=True):
        match = re.fullmatch(r"(.*) \[…cut here: ([\d,]+) more characters\]", row["text"], re.DOTALL)
        assert bool(match) is (text != "short")
        if match:
            assert text.startswith(match[1])
            assert len(match[1]) + int(match[2].replace(",", "")) == len(text)
            assert MAX_CELL_CHARS - 8 <= len(row["text"].encode("utf-16-le")) // 2 <= MAX_CELL_CHARS
    assert about(book)["Cut cells"] == "4 are longer than 32,767 characters; a mark ends each."


def test_text_that_just_fits_is_whole() -> None:
    assert "cut here" not in text_cell("x" * MAX_CELL_CHARS)
    formula = "=" + "x" * (MAX_CELL_CHARS - 1)
    assert "cut here" not in text_cell(formula)
    # The apostrophe of CSV makes it too long.
    assert [FORMATS[kind].is_long_cell(formula) for kind in ("xlsx", "csv")] == [False, True]


def test_withdrawn_and_missing_rows_have_their_numbers(archive: None) -> None:
    article = Article.objects.filter(headline="Storm watch 0: live").get()
    Article.objects.filter(pk=article.pk).update(status=PublishingStatus.CANCELED, note="Killed: wrong place.")
    rows = values_of(workbook_of(find("xlsx", picked=(f"a{article.pk}", "s999999"))).worksheets[0])
    assert {row["tombstone"] for row in rows[:-1]} == {"Withdrawn by its outlet."}
    assert {row["text"] for row in rows} == {None}
    assert (rows[-1]["section"], rows[-1]["tombstone"]) == ("999999", "Not in this result any more.")


def test_workbook_without_rows_opens(archive: None) -> None:
    book = workbook_of(find("xlsx", "zebra"))
    assert values_of(book.worksheets[0]) == []
    assert about(book)["Content"].startswith("0 sections")


def test_pandas_reads_dates_and_texts(archive: None) -> None:
    file = io.BytesIO(b"".join(find("xlsx").write()))
    frame = pandas.read_excel(file, dtype={"section": str})
    assert list(frame["section"]) == [str(line["section"]) for line in rows_of(find())]
    assert str(frame["captured"].dtype).startswith("datetime64")


def test_rows_are_sent_while_they_are_read(archive: None, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = Random(1)
    set_texts(monkeypatch, *(numbers.randbytes(15_000).hex() for _ in range(9)))
    monkeypatch.setattr(contract, "_ROWS_BETWEEN_LOOKS", 1)
    monkeypatch.setattr(contract, "PIECE_BYTES", 1)
    looks: list[int] = []

    def watch(rows: int) -> bool:
        looks.append(rows)
        return True

    export = replace(find("xlsx"), watch=watch)
    seen = {len(looks) for _ in export.write()}
    assert len(seen) > export.total // 4


def test_programs_know_the_kind_of_the_file_by_its_first_parts(archive: None) -> None:
    data = b"".join(find("xlsx").write())
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert names[0] == "_rels/.rels"
    assert {name.partition("/")[0] for name in names[1:3]} == {"xl", "docProps"}
    # What is looked for is within 6,000 bytes of the part before.
    assert data.find(names[2].encode()) < 6000
