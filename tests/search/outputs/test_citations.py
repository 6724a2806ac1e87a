"""search/outputs/citations.py: what each format says; no title, name or URL can break it."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.times import OutletTime, on_outlet_clock, parse_moment
from search.outputs.citations import _TEX, _TEX_BRACES, CITATIONS
from search.outputs.references import Reference

SHA = "ab" * 32
REFERENCE = Reference(
    key="cuttings-section-12-2",
    title="Drones over the harbour",
    container="Talks live: ministers meet",
    authors=("Ada Example", "Ben Poe"),
    source="The Courier",
    published=OutletTime(datetime(2025, 6, 2, 14, 30, tzinfo=UTC), "minute"),
    url="https://courier.example/live?a=1&b=2",
    permalink="https://cuttings.example/sections/12/?version=2",
    captured=datetime(2025, 6, 3, 10, 0, tzinfo=UTC),
    sha256=SHA,
    language="en",
    version=2,
)


def in_order(text: str, *parts: str) -> bool:
    """Whether the parts are in the text, one after the other."""
    return re.search(".*".join(map(re.escape, parts)), text, re.DOTALL) is not None


STYLES = [name for name, form in CITATIONS.items() if form.mark_up]
ENTRY = "Entry in live page “Talks live: ministers meet"
URL = "https://courier.example/live?a=1&b=2"


@pytest.mark.parametrize(
    ("style", "parts"),
    [
        (
            "text",
            [
                "Ada Example and Ben Poe. “Drones over the harbour.” ",
                ENTRY,
                ".” The Courier, June 2, 2025, 14:30 UTC.",
            ],
        ),
        ("apa", ["Ada Example, & Ben Poe. (2025, June 2). Drones over the harbour [", ENTRY, "”]. The Courier. "]),
        (
            "mla",
            ["Ada Example and Ben Poe. “Drones over the harbour.” ", ENTRY, ".” The Courier, 2 June 2025, 14:30 UTC,"],
        ),
        ("harvard", ["Ada Example and Ben Poe (2025) ‘Drones over the harbour’ [", ENTRY, "”], The Courier, 2 June."]),
        ("vancouver", ["Ada Example, Ben Poe. Drones over the harbour [", ENTRY, "”]. The Courier", " 2025 Jun 2 "]),
    ],
)
def test_styles_cite_an_entry_of_a_live_page_as_such(style: str, parts: list[str]) -> None:
    cited, evidence = CITATIONS[style].write(replace(REFERENCE, live=True)).splitlines()
    assert in_order(cited, *parts, URL)
    # Where the style has no place for the time of day, the evidence has it.
    assert (cited + evidence).count("14:30 UTC") == 1
    assert in_order(
        evidence,
        "Archived in Cuttings, version 2, captured 3 June 2025, 10:00 UTC",
        f"SHA-256 {SHA}",
        "https://cuttings.example/sections/12/?version=2",
    )


@pytest.mark.parametrize("style", STYLES)
def test_page_has_the_style_with_italics(style: str) -> None:
    reference = replace(REFERENCE, title="<i>Rock</i> & <b>roll", source="News & <Views>")
    mark_up = CITATIONS[style].mark_up
    assert mark_up is not None
    html = mark_up(reference)
    assert unescape(re.sub(r"</?i>|</?span[^>]*>", "", html)) == CITATIONS[style].write(reference)
    assert "<i>News &amp; &lt;Views&gt;</i>" in html or style == "vancouver"
    assert "&lt;i&gt;Rock&lt;/i&gt; &amp; &lt;b&gt;roll" in html


def test_bibtex() -> None:
    assert CITATIONS["bibtex"].write(replace(REFERENCE, title="50% & {more}")) == (
        "@misc{cuttings-section-12-2,\n"
        "  author = {{Ada Example} and {Ben Poe}},\n"
        "  title = {{50\\% \\& \\{more\\}}},\n"
        "  booktitle = {Talks live: ministers meet},\n"
        "  howpublished = {The Courier},\n"
        "  year = {2025},\n"
        "  month = {6},\n"
        "  day = {2},\n"
        "  url = {https://courier.example/live?a=1&b=2},\n"
        "  urldate = {2025-06-03},\n"
        "  note = {Published 2 June 2025, 14:30 UTC. "
        "Archived in Cuttings, version 2, captured 3 June 2025, 10:00 UTC; "
        f"SHA-256 {SHA}; \\url{{https://cuttings.example/sections/12/?version=2}}}},\n"
        "  langid = {en},\n"
        "}\n"
    )


def test_ris() -> None:
    lines = CITATIONS["ris"].write(REFERENCE).split("\r\n")
    assert lines[0] == "TY  - NEWS"
    assert lines[-2:] == ["ER  - ", ""]
    for line in (
        "AU  - Ben Poe",
        "T2  - The Courier",
        "PY  - 2025",
        "DA  - 2025/06/02/14:30 UTC",
        "Y2  - 2025/06/03/",
    ):
        assert line in lines


def test_csl_json() -> None:
    (item,) = json.loads(CITATIONS["csl"].write(REFERENCE))
    assert item["issued"] == {"date-parts": [[2025, 6, 2]]}
    assert item["accessed"] == {"date-parts": [[2025, 6, 3]]}
    assert item["author"] == [{"literal": "Ada Example"}, {"literal": "Ben Poe"}]
    assert (item["title"], item["container-title"]) == ("Drones over the harbour", "The Courier")
    assert SHA in item["note"]


def test_wikipedia() -> None:
    assert CITATIONS["wikipedia"].write(REFERENCE) == (
        "{{cite news |author1=Ada Example |author2=Ben Poe |title=Drones over the harbour "
        "|department=Talks live: ministers meet |work=The Courier |date=2 June 2025 |language=en "
        "|url=https://courier.example/live?a=1&b=2 |access-date=3 June 2025 "
        "|archive-url=https://cuttings.example/sections/12/?version=2 |archive-date=3 June 2025 |url-status=live}}\n"
    )


@pytest.mark.parametrize(
    ("precision", "text", "bibtex", "ris", "csl", "wikipedia"),
    [
        ("year", "The Courier, 2025.", ["year"], "DA  - 2025///", [2025], "|date=2025 "),
        ("month", "The Courier, June 2025.", ["year", "month"], "DA  - 2025/06//", [2025, 6], "|date=June 2025 "),
        (
            "day",
            "The Courier, June 2, 2025.",
            ["year", "month", "day"],
            "DA  - 2025/06/02/",
            [2025, 6, 2],
            "|date=2 June",
        ),
    ],
)
def test_times_are_as_precise_as_they_are_known(
    precision: str, text: str, bibtex: list[str], ris: str, csl: list[int], wikipedia: str
) -> None:
    reference = replace(REFERENCE, published=OutletTime(datetime(2025, 6, 2, 14, 30, tzinfo=UTC), precision))
    written = {name: form.write(reference) for name, form in CITATIONS.items()}
    assert text in written["text"]
    assert re.findall(r"^  (year|month|day) =", written["bibtex"], re.MULTILINE) == bibtex
    assert ris in written["ris"].split("\r\n")
    assert json.loads(written["csl"])[0]["issued"] == {"date-parts": [csl]}
    assert wikipedia in written["wikipedia"]
    assert not any("14:30" in text for text in written.values())


@pytest.mark.parametrize(
    ("written", "text", "day", "ris"),
    [
        (
            "2025-01-01T08:15+13:00",
            "January 1, 2025, 08:15 UTC+13:00",
            [2025, 1, 1],
            "DA  - 2025/01/01/08:15 UTC+13:00",
        ),
        (
            "2024-12-31T23:40-11:00",
            "December 31, 2024, 23:40 UTC-11:00",
            [2024, 12, 31],
            "DA  - 2024/12/31/23:40 UTC-11:00",
        ),
        (
            "2024-02-29T00:10+05:45",
            "February 29, 2024, 00:10 UTC+05:45",
            [2024, 2, 29],
            "DA  - 2024/02/29/00:10 UTC+05:45",
        ),
    ],
)
def test_the_day_is_that_of_the_outlet(written: str, text: str, day: list[int], ris: str) -> None:
    reference = replace(REFERENCE, published=on_outlet_clock(parse_moment(written), ""))
    citations = {name: form.write(reference) for name, form in CITATIONS.items()}
    assert f"The Courier, {text}." in citations["text"]
    assert re.findall(r"^  (?:year|month|day) = {(\d+)}", citations["bibtex"], re.MULTILINE) == list(map(str, day))
    assert {ris, f"PY  - {day[0]}"} <= set(citations["ris"].split("\r\n"))
    assert json.loads(citations["csl"])[0]["issued"] == {"date-parts": [day]}
    month, number = text.partition(",")[0].split()
    assert f"|date={number} {month} {day[0]} |" in citations["wikipedia"]
    assert f"({day[0]}, {month} {number})" in citations["apa"]
    # Only short months are written out (MLA Handbook, 9th edition).
    assert f"The Courier, {number} {month[:3]}. {day[0]}, {text.rpartition(', ')[2]}, " in citations["mla"]
    assert in_order(citations["harvard"], f"({day[0]})", f", {number} {month}.")
    assert f"{day[0]} {month[:3]} {number} [cited 2025 Jun 3]" in citations["vancouver"]


def test_unknown_values_are_left_out_and_an_unknown_time_is_undated() -> None:
    bare = replace(REFERENCE, authors=(), container="", source="", url="", published=None, version=None)
    written = {name: form.write(bare) for name, form in CITATIONS.items()}
    assert in_order(written["text"], "Drones over the harbour", "n.d.\nArchived in Cuttings, captured")
    assert in_order(written["apa"], "Drones over the harbour", "(n.d.)")
    assert in_order(written["harvard"], "(no date)", "Drones over the harbour")
    assert all(written[style].splitlines()[0].count("Drones over the harbour") == 1 for style in STYLES)
    assert "issued" not in json.loads(written["csl"])[0]
    assert not re.search(r"= \{\}|^\w\w  - $(?<!ER  - )", written["bibtex"] + written["ris"], re.MULTILINE)
    assert "|url=https://cuttings.example/sections/12/?version=2 " in written["wikipedia"]


# --- no text breaks a format ---

hostile = st.text(alphabet="ab {}\\$&%#_~^|[]<>'\"\r\n\t\x00\u2028,;=@-é谈", max_size=30)
references = st.builds(
    replace,
    st.just(REFERENCE),
    title=hostile.map(lambda text: text + "x"),
    container=hostile,
    authors=st.lists(hostile.map(lambda text: text + "y"), max_size=3).map(tuple),
    source=hostile,
    url=hostile.map(lambda text: f"https://courier.example/{text}" if text else ""),
)


def plain(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())


@given(references)
def test_bibtex_keeps_the_title_and_balanced_braces(reference: Reference) -> None:
    written = CITATIONS["bibtex"].write(reference)
    title = next(line for line in written.splitlines() if line.startswith("  title = {{"))
    commands = {command: character for character, command in [*_TEX.items(), *_TEX_BRACES.items()]}
    pattern = "|".join(re.escape(command) for command in sorted(commands, key=len, reverse=True))
    value = title.removeprefix("  title = {{").removesuffix("}},")
    assert re.sub(pattern, lambda match: commands[match[0]], value) == plain(reference.title)
    depth = 0
    # BibTeX counts a brace after a backslash, too.
    for brace in re.findall(r"[{}]", written):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert written.count("\n@") == 0


@given(references)
def test_ris_has_one_tag_on_each_line(reference: Reference) -> None:
    lines = CITATIONS["ris"].write(reference).split("\r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n\u2028]*", line) for line in lines[:-1])
    assert f"TI  - {plain(reference.title)}" in lines
    assert [line for line in lines if line.startswith(("TY", "ER"))] == ["TY  - NEWS", "ER  - "]


@given(references)
def test_csl_is_json_with_the_title(reference: Reference) -> None:
    (item,) = json.loads(CITATIONS["csl"].write(reference))
    assert item["title"] == plain(reference.title)


@given(references)
def test_wikitext_is_one_template_with_the_title(reference: Reference) -> None:
    written = CITATIONS["wikipedia"].write(reference)
    assert written.startswith("{{cite news |")
    assert written.endswith("}}\n")
    inside = written[2:-3]
    assert not re.search(r"[{}\[\]<>\n~]|''|__", inside)
    fields = dict(part.strip().split("=", 1) for part in inside.split("|")[1:])
    assert unescape(fields["title"]) == plain(reference.title)
    assert " " not in fields["url"]
    assert fields["archive-url" if reference.url else "url"] == reference.permalink


@pytest.mark.parametrize("style", STYLES)
def test_quotation_marks_in_the_title_of_a_live_page_are_single(style: str) -> None:
    cited = CITATIONS[style].write(replace(REFERENCE, live=True, container="Storm: “red” alert"))
    assert "Entry in live page “Storm: ‘red’ alert" in cited


@pytest.mark.parametrize("form", CITATIONS)
def test_title_of_nothing_but_marks_is_no_title(form: str) -> None:
    written = CITATIONS[form].write(replace(REFERENCE, title="\u2069\u202e"))
    assert "[Untitled]" in unescape(written)


@pytest.mark.parametrize("form", CITATIONS)
def test_direction_marks_are_removed(form: str) -> None:
    reference = replace(REFERENCE, title="Fine \u202eemoh gniog", source="\u2067Courier", authors=("\u202dA. Writer",))
    written = CITATIONS[form].write(reference)
    assert "Fine emoh gniog" in written
    assert not re.search("[\u202a-\u202e\u2066-\u2069]|\\\\u20[26]", written)


# Each shape of reference takes citeproc-py a moment.
@settings(max_examples=30)
@given(references)
def test_styles_are_a_line_with_the_title_and_a_line_of_evidence(reference: Reference) -> None:
    for style in STYLES:
        cited, evidence = CITATIONS[style].write(reference).splitlines()
        # A full stop at its end is that of the sentence.
        assert plain(reference.title).removesuffix(".") in cited
        assert plain(reference.source).removesuffix(".") in cited
        assert evidence.endswith(f"{reference.permalink}.")


@pytest.mark.parametrize("form", CITATIONS)
def test_lone_surrogates_are_replaced(form: str) -> None:
    written = CITATIONS[form].write(replace(REFERENCE, title="Half \ud83d a face"))
    assert "Half \ufffd a face" in written
    written.encode()


@pytest.mark.parametrize("form", CITATIONS)
def test_formats_say_that_a_page_is_live(form: str) -> None:
    page = replace(REFERENCE, version=None, container="", live=True)
    assert "Live page" in CITATIONS[form].write(page)
    assert "Live page entry" in CITATIONS[form].write(replace(REFERENCE, container="", live=True))
    assert "ive page" not in CITATIONS[form].write(replace(REFERENCE, container=""))
