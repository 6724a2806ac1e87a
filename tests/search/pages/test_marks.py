"""Names and statements are marked on the pages of articles and sections, for readers who want that."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from archive.curation import Terms
from archive.models import (
    Article,
    DayMention,
    Mention,
    Name,
    Section,
    Statement,
    Verdict,
)
from archive.operations import withdraw
from search.pages.marks import MARKS_COOKIE
from tests.annotated import annotate
from tests.conftest import SEED, BuildOnce

pytestmark = pytest.mark.django_db


@pytest.fixture
def seed(build_once: BuildOnce, ingest_file: Callable[..., Any]) -> Article:
    """The seed with its names and statements."""

    def build() -> None:
        ingest_file(SEED)
        annotate()

    build_once("annotated seed", build)
    return Article.objects.get()


def page_of(client: Client, article: Article, parameters: str = "?marks=on") -> str:
    return client.get(article.get_absolute_url() + parameters).content.decode()


def words_of(html: str) -> str:
    return re.sub(r"<sup.*?</sup>|<span class=\"step\".*?</span>|<[^>]*>", "", html)


def test_marks_are_off_and_cost_nothing(
    client: Client, seed: Article, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20) as off:
        page = page_of(client, seed, "")
    assert 'class="name' not in page
    assert 'class="said' not in page
    assert "marks.css" not in page
    with django_assert_num_queries(len(off) + 4):
        page_of(client, seed)


def test_days_are_marked_with_what_they_were_resolved_to_and_their_rule(client: Client, seed: Article) -> None:
    page = page_of(client, seed)
    marked = re.findall(r'<a class="day" href="/\?q=([^"]*)" title="([^"]*)">([^<]*)</a>', page)
    assert len(marked) == DayMention.objects.filter(version__current_of__isnull=False).count() > 0
    assert all("by rule: " in about and words for _, about, words in marked)
    for query, about, _ in marked:
        days = [date.fromisoformat(found) for found in re.findall(r"\d{4}-\d\d-\d\d", query)]
        assert str(days[0].year) in about
        if len(days) == 1:
            assert about.startswith(f"{days[0]:%A} {days[0].day} {days[0]:%B}")
    assert 'class="day"' not in page_of(client, seed, "?marks=off")


def test_query_for_a_day_marks_the_days_that_match(client: Client, seed: Article) -> None:
    day = DayMention.objects.filter(version__current_of__isnull=False).earliest("earliest")
    sections = DayMention.objects.filter(
        version__current_of__isnull=False, earliest__lte=day.earliest, latest__gte=day.earliest
    )
    page = page_of(client, seed, f"?q=event:{day.earliest}")
    assert len(re.findall("<mark", page)) == sections.count()
    assert "<mark" in client.get(f"/?q=event:{day.earliest}").content.decode()
    assert "<mark" not in page_of(client, seed, "?q=event:1901")
    assert "<mark" not in page_of(client, seed, f"?q=NOT+event:{day.earliest}")


def test_names_and_statements_are_marked_with_their_type_and_rule(client: Client, seed: Article) -> None:
    page = page_of(client, seed)
    balitsky = Name.objects.get(label="Yevgeny Balitsky")
    assert f'<a class="name person" href="/names/{balitsky.pk}/" title="Yevgeny Balitsky (person), by rule: ' in page
    quote = Statement.objects.get(
        version__text__contains="no electricity throughout",
        content__0__0__gt=0,
        hedges=[],
        speaker__name=balitsky,
        chain=None,
    )
    assert re.search(rf'<span class="statement direct" id="q{quote.pk}">&quot;There is no electricity', page)
    assert f'<li id="w{quote.pk}"' in page
    assert "RIA</bdi></a> ← <a" in page


def test_marks_change_no_word(client: Client, seed: Article) -> None:
    for parameters in ("", "&q=electricity+OR+russia", "&q=%22RIA+reported%22"):
        marked = re.search('<article class="page".*?</article>', page_of(client, seed, f"?marks=on{parameters}"), re.S)
        plain = re.search('<article class="page".*?</article>', page_of(client, seed, f"?marks=off{parameters}"), re.S)
        assert marked
        assert plain
        sections = [re.findall('<section id="s.*?</section>', found[0], re.S) for found in (marked, plain)]
        assert [words_of(section) for section in sections[0]] == [words_of(section) for section in sections[1]]


def test_matches_keep_their_numbers_within_marks(client: Client, seed: Article) -> None:
    page = page_of(client, seed, "?marks=on&q=%22Balitsky%2C+the+head%22+OR+russia")
    numbers = [int(number) for number in re.findall(r'<mark id="m(\d+)">', page)]
    assert numbers == list(range(1, len(numbers) + 1))
    # A match that reaches beyond a name is one mark, with the name in it.
    assert re.search(r'<mark id="m\d+"><a class="name[^>]*>[^<]*Balitsky</a>, the head</mark>', page)


def test_the_choice_is_kept_for_the_next_page(client: Client, seed: Article) -> None:
    section = Section.objects.exclude(current__heading="").first()
    assert section
    assert "Vary" in client.get(seed.get_absolute_url()).headers
    assert client.get(seed.get_absolute_url() + "?marks=on").cookies[MARKS_COOKIE].value == "on"
    assert 'class="name' in page_of(client, seed, "")
    page = client.get(section.get_absolute_url()).content.decode()
    assert 'class="name' in page
    assert 'id="speakers"' in page
    assert re.search('<h1 dir="auto">.*?class="name', page)
    # A capture and a version have theirs, too; a part of another page none.
    assert 'class="name' in client.get(f"{section.get_absolute_url()}?version=1").content.decode()
    part = client.get(section.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert 'class="name' not in part
    assert 'class="name' not in page_of(client, seed, "?marks=off")
    assert 'class="name' not in page_of(client, seed, "")


def test_what_curators_rejected_is_marked_nowhere(client: Client, seed: Article) -> None:
    Name.objects.filter(label="Yevgeny Balitsky").update(verdict=Verdict.REJECTED)
    Statement.objects.filter(chain__source__text="TASS").update(verdict=Verdict.REJECTED)
    page = page_of(client, seed)
    # The words of the text stay, and are a speaker without a name.
    assert 'title="Yevgeny Balitsky' not in page
    assert "<bdi>Yevgeny Balitsky" in page
    assert "citing an official" in page
    assert page.count('<sup class="statement-note">') == Statement.objects.exclude(verdict=Verdict.REJECTED).count()


def test_a_withdrawn_section_has_no_marks_and_no_speakers(client: Client, seed: Article) -> None:
    section = Section.objects.get(current__heading__startswith="Russia-held")
    withdraw([section], Terms("request"), user_name="editor")
    page = page_of(client, seed)
    assert "Balitsky" not in page
    assert 'class="name' in page


def test_names_are_escaped(client: Client, seed: Article) -> None:
    Name.objects.filter(label="Yevgeny Balitsky").update(label='"><script>alert(1)</script>')
    page = page_of(client, seed)
    assert "<script>alert" not in page
    assert "&quot;&gt;&lt;script&gt;alert(1)" in page


def test_a_page_takes_no_more_queries_for_more_names(
    client: Client, seed: Article, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(12) as few:
        page_of(client, seed)
    Mention.objects.all().delete()
    with django_assert_num_queries(len(few)):
        page_of(client, seed)
