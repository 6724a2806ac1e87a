"""What changed between two captures of an article: the functions, and the page."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from archive.items import SectionItem
from archive.models import Article, Section, SectionVersion
from archive.times import parse_moment
from search.articles import comparison
from search.articles.alignment import find_moved
from search.articles.comparison import SectionChange, compare_sections
from search.articles.sections import PlacedSection
from search.text.differences import TextRun

from ..page_tools import entry, fetch, ingest_live_page, links


def placed_sections(*sections: tuple[int, str], withdrawn: Sequence[int] = ()) -> list[PlacedSection]:
    """Returns sections of a capture by their ids and texts."""
    return [
        PlacedSection(
            SectionVersion(number=1, text=text, words_sha256=SectionItem(tuple(text.split("\n"))).words_sha256),
            position,
            Section(pk=pk),
            withdrawn=pk in withdrawn,
        )
        for position, (pk, text) in enumerate(sections)
    ]


def describe(changes: Sequence[SectionChange]) -> list[tuple[int, str, str]]:
    return [
        (change.placed.section.pk if change.placed.section else 0, change.kind, change.moved) for change in changes
    ]


def test_changes_are_in_the_order_of_the_later_capture() -> None:
    before = placed_sections((1, "One."), (2, "Two."), (3, "Three."), (4, "Four."))
    after = placed_sections((5, "Five."), (1, "One."), (3, "Three, now."), (4, "Four."))
    assert describe(list(compare_sections(before, after))) == [
        (5, "new", ""),
        (1, "same", ""),
        (2, "gone", ""),
        (3, "changed", ""),
        (4, "same", ""),
    ]


def test_section_gone_from_the_top_comes_first() -> None:
    assert describe(
        list(compare_sections(placed_sections((1, "One."), (2, "Two.")), placed_sections((2, "Two."))))
    ) == [
        (1, "gone", ""),
        (2, "same", ""),
    ]


def test_section_is_withdrawn_and_restored() -> None:
    present, withdrawn = placed_sections((1, "One.")), placed_sections((1, "Removed."), withdrawn=[1])
    assert describe(list(compare_sections(present, withdrawn))) == [(1, "withdrawn", "")]
    assert describe(list(compare_sections(withdrawn, present))) == [(1, "restored", "")]


@pytest.mark.parametrize(
    ("positions", "expected"),
    [
        ([], {}),
        ([0, 1, 2], {}),
        ([3, 0, 1, 2], {0: "up"}),
        ([1, 2, 3, 0], {3: "down"}),
        ([5, 9, 20], {}),
        ([2, 0, 4, 6], {0: "up"}),
    ],
)
def test_as_few_sections_as_possible_moved(positions: list[int], expected: dict[int, str]) -> None:
    assert find_moved(positions) == expected


@given(st.permutations(range(7)))
def test_unmoved_sections_are_a_longest_run_that_kept_its_order(positions: list[int]) -> None:
    kept = [position for number, position in enumerate(positions) if number not in find_moved(positions)]
    assert kept == sorted(kept)
    # By the definition, over all runs of sections that keep their order.
    longest = max(
        sum(chosen)
        for mask in range(2**7)
        if (chosen := [bool(mask >> number & 1) for number in range(7)])
        if (run := [position for position, taken in zip(positions, chosen, strict=True) if taken]) == sorted(run)
    )
    assert len(kept) == longest


_TEXTS = st.sampled_from(("A fire.", "A large fire.", "It rains.\nIt pours.", "It rains."))
_SECTIONS = st.lists(st.tuples(st.integers(1, 8), _TEXTS), max_size=8, unique_by=lambda section: section[0]).map(
    lambda sections: placed_sections(*sections)
)


@given(_SECTIONS, _SECTIONS)
def test_changes_have_every_section_and_word_of_both_captures(
    before: list[PlacedSection], after: list[PlacedSection]
) -> None:
    changes = list(compare_sections(before, after))
    assert [change.after for change in changes if change.after] == after
    assert {id(change.before) for change in changes if change.before} == {id(section) for section in before}
    for change in changes:
        both = change.before and change.after
        if both and change.kind != "same" and change.before and change.after and change.paragraphs:
            for side, left_out in ((change.before, "added"), (change.after, "removed")):
                words = ["".join(run.text for run in runs if run.kind != left_out) for runs in change.paragraphs]
                assert "".join(words) == side.version.text.replace("\n", "")
        if change.kind == "gone":
            assert change.before not in after


def test_very_long_page_is_compared_by_paragraphs(monkeypatch: pytest.MonkeyPatch) -> None:
    before = placed_sections((1, "A small fire."), (2, "A small fire."))
    after = placed_sections((1, "A large fire."), (2, "A large fire."))
    monkeypatch.setattr(comparison, "MAX_PAGE_PAIRS", 3)
    first, second = compare_sections(before, after)
    assert TextRun("small", "removed") in first.paragraphs[0]
    assert second.paragraphs == ((TextRun("A small fire.", "removed"),), (TextRun("A large fire.", "added"),))


# --- the page ---


@pytest.fixture
def live(db: None) -> Article:
    """Two captures with every kind of change."""
    ingest_live_page(
        [
            entry("t", "Ministers met.", at="10:30", heading="Talks resume"),
            entry("b", "Ten buses crossed.\nNobody spoke.", at="09:00", heading="On the bridge"),
            entry("g", "A boat is adrift.", at="08:00", heading="Boat"),
            entry("w", "A rumour.", at="07:00", heading="Rumour"),
            *(entry(f"s{number}", f"Still {number}.") for number in range(5)),
        ],
        headline="Talks live: ministers to meet",
        byline="Ada Example",
        updated=parse_moment("2025-06-02T11:00Z"),
    )
    return ingest_live_page(
        [
            entry("n", "Rain came.", at="11:30", heading="Rain"),
            entry("b", "Twelve buses crossed.\nNobody spoke.", at="09:05", heading="On the bridge", note="Corrected."),
            entry("w", "", withdrawn=True),
            *(entry(f"s{number}", f"Still {number}.") for number in range(5)),
            entry("t", "Ministers met.", at="10:30", heading="Talks resume"),
        ],
        captured_from=1,
        headline="Talks live: ministers meet",
        updated=parse_moment("2025-06-02T12:30Z"),
    )


@pytest.fixture
def address(live: Article) -> str:
    first, second = live.captures.order_by("captured").values_list("sha256", flat=True)
    return f"{live.get_absolute_url()}?capture={second[:16]}&against={first[:16]}"


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_page_says_what_changed(address: str, client: Client) -> None:
    page = fetch(client, address)
    assert "Headline changed, 1 section new, 1 changed, 1 withdrawn, 1 gone, 1 moved, 5 unchanged." in page
    heading = plain(page.split("<h1")[1].split("</h1>")[0]).split(">", 1)[1].strip()
    assert heading == "Talks live: ministers [removed: to end] meet"
    assert "5 sections unchanged</summary>" in page
    assert "Moved down</span>, otherwise unchanged" in page
    kinds = re.findall(r'<section class="section is-(\w+)" id="s\d+">', page)
    assert kinds == ["new", "changed", "gone", "withdrawn"]
    changed = plain(page.split("is-changed")[1].split("</section>")[0])
    assert "[removed: Ten end] [added: Twelve end] buses crossed." in changed
    assert "Published [was: 2 June 2025, 09:00 UTC end] [is: 2 June 2025, 09:05 UTC end]" in changed
    assert "Note [was: nothing end] [is: Corrected. end]" in changed
    assert "Updated [was: 2 June 2025, 11:00 UTC end] [is: 2 June 2025, 12:30 UTC end]" in plain(page)
    assert "not recorded" not in page


def test_comparison_links_to_both_captures_and_to_its_reverse(address: str, live: Article, client: Client) -> None:
    found = set(links(fetch(client, address)))
    first, second = live.captures.order_by("captured").values_list("sha256", flat=True)
    at = live.get_absolute_url()
    assert {f"{at}?capture={first[:16]}", f"{at}?capture={second[:16]}", at} <= found
    assert f"{at}?capture={first[:16]}&against={second[:16]}" in found
    backwards = fetch(client, f"{at}?capture={first[:16]}&against={second[:16]}")
    assert "1 restored" in backwards


def test_latest_capture_is_compared_by_default_and_none_with_itself(
    address: str, live: Article, client: Client
) -> None:
    first, second = live.captures.order_by("captured").values_list("sha256", flat=True)
    assert "Changes</strong> from the capture of" in fetch(client, f"{live.get_absolute_url()}?against={first}")
    same = fetch(client, f"{live.get_absolute_url()}?capture={second}&against={second}")
    assert "This is the latest of" in same


def test_comparison_with_a_partial_capture_has_a_warning(live: Article, client: Client) -> None:
    ingest_live_page([entry("", "Ministers met in the rain.")], captured_from=3, partial=True)
    part = live.captures.latest("captured").sha256
    page = fetch(client, f"{live.get_absolute_url()}?against={live.captures.earliest('captured').sha256}")
    assert "One of the two captures is partial" in page
    assert "Ministers met in the rain." in fetch(client, f"{live.get_absolute_url()}?capture={part}")


def test_text_of_the_outlet_is_escaped(client: Client, db: None) -> None:
    evil: Any = "<script>alert(1)</script>"
    first = [entry("a", f"Before {evil}", heading=evil), entry("b", evil)]
    second = [entry("a", f"After {evil}", heading=f"{evil}!"), entry("c", evil, byline=evil)]
    article = ingest_live_page(first, second, headline=evil, byline=evil)
    sha256 = article.captures.earliest("captured").sha256
    for parameters in (f"against={sha256}", f"capture={sha256}"):
        page = fetch(client, f"{article.get_absolute_url()}?{parameters}")
        assert evil not in page.split("</head>")[1]
        assert "&lt;script&gt;" in page
