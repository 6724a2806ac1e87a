"""Live pages that show only their newest entries, and articles on several pages: from the HTML to what stands."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.ingest.recording import Outcome
from archive.items import SectionItem
from archive.models import Article, Placement, Section
from archive.times import Moment

from .documents import record_live

pytestmark = pytest.mark.django_db

URL = "https://courier.example/2025/flood-live"
START = datetime(2025, 6, 10, 18, tzinfo=UTC)

Take = Callable[..., list[Outcome]]


@pytest.fixture
def take(ingest_file: Callable[..., list[Outcome]], tmp_path: Path) -> Take:
    """Ingests a page as captured so many minutes after START."""

    def run(page: str, minutes: int = 0, name: str = "page.html", **hints: Any) -> list[Outcome]:
        path = tmp_path / name
        path.write_text(page)
        return ingest_file(path, captured=START + timedelta(minutes=minutes), **hints)

    return run


def post(number: int, *, key: str = "", words: str = "", pinned: bool = False, hour: int = 0) -> str:
    time = f"{hour or number + 5:02}:00"
    body = words or f"At the bridge of Marbeck the river stood at {number * 11} centimetres, the harbour office said."
    return (
        f'<article id="post-{key or number}" class="live-post{" pinned" if pinned else ""}">'
        f'<time datetime="2025-06-10T{time}:00Z">{time}</time><h2>Level {number}</h2><p>{body}</p></article>'
    )


def page(*posts: int | str, canonical: str = URL, head: str = "", lead: str = "") -> str:
    """A live page of these posts; a number stands for the post as it was first."""
    shown = "".join(post(entry) if isinstance(entry, int) else entry for entry in posts)
    data = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "url": canonical,
        "headline": "Flood in Marbeck",
    }
    return (
        '<!doctype html><html lang="en"><head><title>Flood in Marbeck</title>'
        f'<link rel="canonical" href="{canonical}">{head}'
        f'<script type="application/ld+json">{json.dumps(data)}</script></head>'
        f'<body><main><h1>Flood in Marbeck</h1>{lead}<div class="live-blog">{shown}</div></main></body></html>'
    )


def order() -> list[str]:
    """Returns the keys of the entries in their order; a mark shows those that are gone."""
    sections = Article.objects.get().sections.order_by("position")
    return [section.key + ("-" if section.gone_id else "") for section in sections if section.key]


def keys(numbers: Iterable[int]) -> list[str]:
    return [str(number) for number in numbers]


def test_entries_that_scrolled_off_stand_in_their_place(take: Take) -> None:
    take(page(*range(6, 0, -1)))
    take(page(*range(9, 3, -1)), 180)
    assert order() == keys(range(9, 0, -1))
    take(page(15, 14, 13), 400)
    assert order() == keys([15, 14, 13, *range(9, 0, -1)])


def test_entries_that_scrolled_off_the_top_of_an_ascending_page_stand_in_their_place(take: Take) -> None:
    take(page(*range(1, 7)))
    take(page(*range(4, 10)), 180)
    assert order() == keys(range(1, 10))


def test_an_entry_is_gone_where_its_neighbours_are_shown(take: Take) -> None:
    take(page(*range(6, 0, -1)))
    take(page(6, 4, 3), 60)
    assert order() == ["6", "5-", "4", "3", "2", "1"]
    take(page(7, 6, 5, 4), 120)
    assert order() == keys(range(7, 0, -1))


@pytest.mark.parametrize("posts", [(5, 4, 3, 2, 1), (6, 5, 4, 3, 2)], ids=["the top", "the bottom"])
def test_an_entry_that_is_missing_at_an_end_is_not_shown(take: Take, posts: tuple[int, ...]) -> None:
    take(page(*range(6, 0, -1)))
    take(page(*posts), 60)
    assert order() == keys(range(6, 0, -1))


def test_a_pinned_entry_is_no_end_of_the_page(take: Take) -> None:
    take(page(*range(6, 0, -1)))
    take(page(post(2, pinned=True), 9, 8, 7), 180)
    assert "2-" not in order()
    assert sorted(order()) == sorted(keys(range(1, 10)))


def test_the_lead_is_first_and_no_entry(take: Take) -> None:
    lead = "<p>{} in the old town of Marbeck, and the harbour office expects more rain until the weekend.</p>"
    take(page(3, 2, 1, lead=lead.format("The river is over its banks")))
    take(page(6, 5, 4, lead=lead.format("The river falls again at last")), 180)
    first, *entries = Article.objects.get().sections.order_by("position")
    assert (first.key, first.text.startswith("The river falls")) == ("", True)
    assert [entry.key for entry in entries] == keys(range(6, 0, -1))
    take(page(7, 6, 5), 300)
    assert order() == keys(range(7, 0, -1))
    assert Section.objects.get(key="").position == 0


@pytest.mark.parametrize("whole_first", [True, False])
def test_a_live_page_that_was_cut_off_adds_its_entries(whole_first: bool) -> None:
    def entries(*numbers: int) -> list[SectionItem]:
        at = [START - timedelta(hours=1, minutes=-number) for number in numbers]
        moments = [Moment(time, "minute", time.isoformat(), "as given") for time in at]
        return [
            SectionItem((f"Level {number}.",), key=str(number), published=moment)
            for number, moment in zip(numbers, moments, strict=True)
        ]

    whole = (*entries(4, 2, 1), SectionItem(("Cut", "off."), key="0"))
    cut = (*entries(6, 5, 4, 2), SectionItem(("Cut",), key="0"))
    for is_whole in (whole_first, not whole_first):
        hours = 0 if is_whole else 1
        record_live(
            *(whole if is_whole else cut), kind="live", partial=not is_whole, captured=START + timedelta(hours=hours)
        )
    assert order() == keys([6, 5, 4, 2, 1, 0])
    assert Section.objects.get(key="0").paragraphs == ["Cut", "off."]


# --- pages ---


def paged(number: int, *posts: int | str, last: int = 2, style: str = "?page={}", canonical: str = "own") -> str:
    """One of several pages of a live page, with links to its neighbours."""
    address = _address(number, style)
    links = [("prev", number - 1)] if number > 1 else []
    links += [("next", number + 1)] if number < last else []
    head = "".join(f'<link rel="{rel}" href="{_address(other, style)}">' for rel, other in links)
    return page(*posts, canonical=address if canonical == "own" else URL, head=head)


def _address(number: int, style: str) -> str:
    return URL if number == 1 else URL + style.format(number)


@pytest.mark.parametrize("style", ["?page={}", "/page/{}", "/{}", "?p={}"])
@pytest.mark.parametrize("canonical", ["own", "first"])
@pytest.mark.parametrize("first", [1, 2])
def test_pages_are_parts_of_one_capture_and_of_one_article(take: Take, style: str, canonical: str, first: int) -> None:
    pages = {
        number: paged(number, *posts, style=style, canonical=canonical)
        for number, posts in ((1, (6, 5, 4)), (2, (3, 2, 1)))
    }
    for minutes, number in enumerate((first, 3 - first)):
        take(pages[number], minutes)
    assert order() == keys(range(6, 0, -1))
    assert Article.objects.get().url == URL
    take(paged(1, 6, 5, 4, style=style, canonical=canonical), 60)
    take(paged(2, 2, 1, style=style, canonical=canonical), 61)
    assert order() == ["6", "5", "4", "3-", "2", "1"]


def test_pages_at_one_address_come_together(take: Take) -> None:
    take(page(3, 2, 1))
    take(page(6, 5, 4), 1)
    assert order() == keys(range(6, 0, -1))


@pytest.mark.parametrize("numbers", [(1, 2), (2, 1)])
def test_a_number_in_the_address_makes_a_page_of_the_live_page(take: Take, numbers: tuple[int, int]) -> None:
    for minutes, number in enumerate(numbers):
        posts = {1: (6, 5, 4), 2: (3, 2, 1)}[number]
        take(page(*posts, canonical=_address(number, "?page={}")), minutes)
    assert order() == keys(range(6, 0, -1))


def test_the_first_page_alone_takes_nothing_from_the_others(take: Take) -> None:
    for minutes, (number, posts) in enumerate(((1, (6, 5)), (2, (4, 3)), (3, (2, 1)))):
        take(paged(number, *posts, last=3), minutes)
    take(paged(1, 8, 7, last=3), 60)
    take(paged(3, 2, 1, last=3), 61)
    assert order() == keys(range(8, 0, -1))


def article_page(number: int, *paragraphs: str, last: int = 2) -> str:
    address = _address(number, "?page={}")
    link = f'<link rel="next" href="{URL}?page={number + 1}">' if number < last else ""
    link += f'<link rel="prev" href="{_address(number - 1, "?page={}")}">' if number > 1 else ""
    text = "".join(f"<h2>{text[1:]}</h2>" if text.startswith("#") else f"<p>{text}</p>" for text in paragraphs)
    return (
        '<!doctype html><html lang="en"><head><title>How the bridge fell</title>'
        f'<link rel="canonical" href="{address}"><meta property="og:type" content="article">{link}</head>'
        f"<body><article><h1>How the bridge fell</h1>{text}</article></body></html>"
    )


FIRST = (
    "The old bridge of Marbeck fell into the river in the night of the great storm, and nobody saw it.",
    "#The storm",
    "It came from the west at ten, and by eleven no lamp was burning on the quay of the old town.",
)
SECOND = (
    "In the morning children stood at the bank and counted the stones that were left above the water.",
    "#The rebuilding",
    "The council has no money for another bridge, and asks the county to pay for half of the stones.",
)


@pytest.mark.parametrize("numbers", [(1, 2), (2, 1)])
def test_an_article_on_two_pages_has_the_words_of_both(take: Take, numbers: tuple[int, int]) -> None:
    for minutes, number in enumerate(numbers):
        take(article_page(number, *(FIRST if number == 1 else SECOND)), minutes)
    sections = Article.objects.get().sections.filter(gone=None).order_by("position")
    assert [section.text for section in sections] == [FIRST[0], FIRST[2], SECOND[0], SECOND[2]]
    assert all(section.versions.count() == 1 for section in sections)
    changed = FIRST[0].replace("great storm", "long rain")
    take(article_page(1, changed, *FIRST[1:]), 60)
    sections = Article.objects.get().sections.filter(gone=None).order_by("position")
    assert [section.text for section in sections] == [changed, FIRST[2], SECOND[0], SECOND[2]]


def test_the_next_article_is_not_the_next_page(take: Take) -> None:
    other = article_page(1, *SECOND, last=1).replace(URL, URL + "-other")
    take(article_page(1, *FIRST, last=1).replace("</head>", f'<link rel="next" href="{URL}-other"></head>'))
    take(other, name="other.html")
    assert Article.objects.count() == 2


# --- other ids ---


def test_an_entry_under_another_id_is_that_entry(take: Take) -> None:
    edited = "At the bridge of Marbeck the river stood at 33 centimetres, the old harbour office said."
    take(page(*range(6, 0, -1)))
    take(page(6, 5, 4, post(3, key="99", words=edited), 2, 1), 60)
    assert order() == keys(range(6, 0, -1))
    assert Section.objects.get(key="3").text == edited
    assert Placement.objects.get(key="99").section.key == "3"  # type: ignore[union-attr]
    take(page(6, 4, post(3, key="99", words=edited), 2, 1), 120)
    assert order() == ["6", "5-", "4", "3", "2", "1"]


def test_another_entry_of_the_same_minute_is_another_entry(take: Take) -> None:
    other = "Schools in the lower town stay shut on Wednesday because their cellars are full of water."
    take(page(3, 2, 1))
    take(page(3, post(2, key="99", words=other), 1), 60)
    assert order() == ["3", "99", "2-", "1"] or order() == ["3", "2-", "99", "1"]


def test_ids_that_change_places_lose_no_words(take: Take) -> None:
    take(page(3, 2, 1))
    take(page(3, post(1, key="2", hour=7), post(2, key="1", hour=6)), 60)
    assert sorted(order()) == keys([1, 2, 3])
    texts = {version.text for section in Section.objects.all() for version in section.versions.all()}
    assert len(texts) == 3
    assert "11 centimetres" in Section.objects.get(key="2").text


def test_an_id_that_an_entry_had_for_a_while_is_free_again(take: Take) -> None:
    edited = "At the bridge of Marbeck the river stood at 22 centimetres, the old harbour office said."
    take(page(3, 2, 1))
    take(page(3, post(2, key="99", words=edited), 1), 60)
    both = page(post(4, key="99"), 3, 2, 1)
    take(both, 120)
    assert order() == ["99", "3", "2", "1"]
    take(page(post(5), post(4, key="99"), 3, 1), 180)
    assert order() == ["5", "99", "3", "2-", "1"]


# --- other formats ---


@pytest.mark.parametrize("kind", ["live", "article"])
def test_rows_of_the_archives_own_format_follow_the_same_rules(take: Take, kind: str) -> None:
    def line(*numbers: int) -> str:
        sections = [
            {"id": str(number), "text": f"Level {number}.", "published": f"2025-06-10T{number + 5:02}:00Z"}
            for number in numbers
        ]
        return json.dumps({"headline": "Flood", "id": "f1", "kind": kind, "sections": sections})

    take(line(6, 5, 4, 3), name="a.jsonl")
    take(line(8, 7, 6, 4), 60, name="a.jsonl")
    expected = {"live": ["8", "7", "6", "5-", "4", "3"], "article": ["8", "7", "6", "5-", "4", "3-"]}
    assert order() == expected[kind]


def test_entries_known_to_the_day_are_judged_by_their_place(take: Take) -> None:
    def line(*numbers: int) -> str:
        sections = [
            {"id": str(number), "text": f"Day {number}.", "published": f"2025-05-{number:02}"} for number in numbers
        ]
        return json.dumps({"headline": "Flood", "id": "f1", "kind": "live", "sections": sections})

    take(line(6, 5, 4, 3), name="a.jsonl")
    take(line(8, 7, 6), 60, name="a.jsonl")
    assert order() == keys(range(8, 2, -1))
    take(line(8, 6, 5), 120, name="a.jsonl")
    assert order() == ["8", "7-", "6", "5", "4", "3"]
