"""Pages of an article in one capture, of its captures, and of their citations."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from archive.models import INGEST_TIME_RULE, AddressGone, Article, ArticleVersion, Capture, IngestRun
from archive.search_port import no_progress
from search.articles.captures import CaptureSummary, capture_name, load_versions, summarize_captures
from search.articles.sections import Viewer
from search.index import sync
from search.outputs.citations import CITATIONS
from tests.conftest import NOW, BuildOnce

from ..page_tools import FIRST, entry, fetch, ingest_live_page, ingest_words, links

pytestmark = pytest.mark.django_db

TALKS = entry("t", "Ministers met.", at="10:30", heading="Talks resume", key_event=True)
BRIDGE = entry("b", "A bridge opened.", at="09:00", heading="On the bridge")
RAIN = entry("r", "It rains.", at="08:00", heading="Rain", byline="Cy Roe")
LONGER = entry("b", "A bridge opened at nine.", at="09:00", heading="On the bridge")


def make_live() -> None:
    """Three captures: an entry was removed and restored, another changed, and the order was reversed."""
    ingest_live_page([BRIDGE, RAIN], headline="Rain live", standfirst="Follow the rain.", topics=("Rain",))
    ingest_live_page([TALKS, LONGER], captured_from=1)
    ingest_live_page([RAIN, TALKS, LONGER], captured_from=2)


@pytest.fixture
def live(build_once: BuildOnce) -> Article:
    build_once(make_live, make_live)
    return Article.objects.get()


def addresses(article: Article) -> list[str]:
    """Returns the address of the article in each capture, oldest first."""
    captures = article.captures.order_by("captured")
    return [f"{article.get_absolute_url()}?capture={capture.sha256[:16]}" for capture in captures]


def described(page: str) -> Any:
    """Returns what a page says of itself in schema.org's terms."""
    return json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)[0])


def headings(page: str) -> list[str]:
    return re.findall(r'<h[23] dir="auto">(.*?)</h[23]>', page)


def test_capture_shows_its_own_text_and_order(live: Article, client: Client) -> None:
    first, second, third = (fetch(client, address) for address in addresses(live))
    assert headings(first) == ["On the bridge", "Rain"]
    assert headings(second) == ["Talks resume", "On the bridge"]
    assert headings(third) == ["Rain", "Talks resume", "On the bridge"]
    assert '<h1 dir="auto">Rain live</h1>' in first
    assert "Follow the rain." in first
    assert "A bridge opened.</p>" in first
    assert "A bridge opened at nine.</p>" in second
    assert "no longer on the page" not in second


def test_notice_names_the_capture_and_links_to_others(live: Article, client: Client) -> None:
    first, second, third = addresses(live)
    page = fetch(client, second)
    sha256 = live.captures.order_by("captured")[1].sha256
    assert f'<code class="hash">{sha256}</code>' in page
    assert "This is capture 2 of 3. The latest is" in page
    assert "read as test" in page
    assert {first, third, live.get_absolute_url(), f"/articles/{live.pk}/captures/"} <= set(links(page))
    assert f"{second}&against={first.split('=')[1]}" in links(page)
    assert "This is the latest of 3 captures." in fetch(client, third)


def test_question_is_kept_from_capture_to_capture(live: Article, client: Client) -> None:
    first, second, _ = addresses(live)
    page = fetch(client, f"{second}&q=bridge&order=oldest")
    assert page.count("<mark") == 2
    sha256 = first.split("=")[1]
    assert f"{live.get_absolute_url()}?q=bridge&order=oldest&capture={sha256}" in links(page)
    assert f"{live.get_absolute_url()}?q=bridge&capture={second.split('=')[1]}" in links(page)


def test_capture_is_named_by_any_beginning_of_its_hash_in_any_case(live: Article, client: Client) -> None:
    sha256 = live.captures.earliest("captured").sha256
    for written in (sha256, sha256[:8], f"  {sha256[:12].upper()} "):
        assert headings(fetch(client, f"{live.get_absolute_url()}?capture={written}")) == ["On the bridge", "Rain"]


@pytest.mark.parametrize("parameters", ["capture=abcdef", "capture=" + "0" * 64, "capture=x%00yz", "against=12345678"])
def test_unknown_capture_is_a_404_with_the_current_article(live: Article, client: Client, parameters: str) -> None:
    page = fetch(client, f"{live.get_absolute_url()}?{parameters}", 404)
    assert "No capture of this page has that SHA-256" in page
    assert headings(page) == ["Rain", "Talks resume", "On the bridge"]
    assert f"/articles/{live.pk}/captures/" in links(page)
    for name in ("", ".ris"):
        cited = f"/articles/{live.pk}/cite{name}{'' if name else '/'}?{parameters}"
        assert client.get(cited).status_code == 404


def test_capture_of_another_article_is_a_404(live: Article, client: Client) -> None:
    other = ingest_live_page([BRIDGE], source="The Herald", url="")
    fetch(client, addresses(live)[0].replace(live.get_absolute_url(), other.get_absolute_url()), 404)


def test_pinned_pages_are_not_for_search_engines(live: Article, client: Client) -> None:
    first, second, _ = addresses(live)
    for address in (first, f"{second}&against={first.split('=')[1]}"):
        page = fetch(client, address)
        assert '<meta name="robots" content="noindex">' in page
        assert f'<link rel="canonical" href="{live.get_absolute_url()}">' in page
    assert '<meta name="robots"' not in fetch(client, live.get_absolute_url())


def test_pinned_page_shows_what_was_received_and_not_what_curators_set(live: Article, client: Client) -> None:
    live.headline, live.curated_fields = "Set by a curator", ["headline"]
    live.save()
    page = fetch(client, addresses(live)[0].replace("talks-live-ministers-meet", "set-by-a-curator"))
    assert '<h1 dir="auto">Rain live</h1>' in page
    assert "Curators have since changed headline" in page


def test_bytes_and_paths_are_shown_to_curators_alone(live: Article, client: Client) -> None:
    Capture.objects.create(
        sha256="ab" * 32,
        size_bytes=1,
        media_type="text/html",
        origin="/srv/desk/inbox/page.html",
        captured=FIRST.replace(hour=20),
        captured_rule="test",
        reader="html/1",
        run=live.captures.all()[0].run,
    )
    ArticleVersion.objects.create(
        article=live, capture=Capture.objects.get(sha256="ab" * 32), headline="Talks", kind="live"
    )
    address = f"{live.get_absolute_url()}?capture=abababab"
    page = fetch(client, address)
    assert "/srv/desk" not in page
    assert "page.html" in page
    assert "/bytes/" not in page
    # Its sections were not recorded.
    assert "were not recorded at ingest" in page
    assert "No sections are recorded for this capture." in page
    client.force_login(User.objects.create_superuser("curator"))
    page = fetch(client, address)
    assert "/srv/desk/inbox/page.html" in page
    assert "/bytes/" in page


def test_partial_capture_is_labelled_and_shows_its_text(live: Article, client: Client) -> None:
    summary = entry("", "Ministers met in the rain.")
    ingest_live_page([summary], captured_from=5, partial=True, headline="Talks in the rain")
    page = fetch(client, addresses(live)[-1])
    assert "This capture is partial" in page
    assert "Ministers met in the rain.</p>" in page
    assert "Permalink" not in page
    assert described(page)["liveBlogUpdate"] == [{"@type": "BlogPosting"}]
    assert "Ministers met in the rain." not in fetch(client, live.get_absolute_url())


def test_withdrawn_entry_without_text_is_explained(live: Article, client: Client) -> None:
    gone = [entry("t", "", withdrawn=True), entry("x", "", withdrawn=True)]
    ingest_live_page([*gone, RAIN, LONGER], captured_from=5)
    page = fetch(client, addresses(live)[-1])
    assert "The page listed this entry without its text" in page
    assert "The archive never received its text" in page
    assert page.count("withdrawn by the outlet") == 2


def test_section_is_shown_in_the_version_of_the_capture(live: Article, client: Client) -> None:
    shas = [address.split("=")[1] for address in addresses(live)]
    rain = live.sections.get(key="r").get_absolute_url()
    for sha256, status in zip(shas, (200, 404, 200), strict=True):
        page = fetch(client, f"{rain}?capture={sha256}", status)
    assert "was not on the page in the capture" in fetch(client, f"{rain}?capture={shas[1]}", 404)
    # An earlier capture that is ingested late can have a version first seen in a later capture.
    ingest_live_page([LONGER, RAIN], captured_from=-1)
    earliest = live.captures.earliest("captured").sha256
    page = fetch(client, f"{live.sections.get(key='b').get_absolute_url()}?capture={earliest}")
    assert "A bridge opened at nine." in page


# --- the captures of an article ---


@pytest.mark.parametrize("sign", ["\u00ad", "\u200b"])
def test_a_headline_that_looks_the_same_has_not_changed(sign: str, db: None, client: Client) -> None:
    ingest_live_page([RAIN], headline="Rain live")
    article = ingest_live_page([RAIN], captured_from=1, headline=f"Ra{sign}in live")
    versions = load_versions(article)
    assert next(iter(summarize_captures(versions, versions, viewer=Viewer(NOW)))).changes == "nothing changed"
    earlier, later = (version.capture.sha256 for version in article.versions.order_by("capture__captured"))
    page = fetch(client, f"{article.get_absolute_url()}?capture={later}&against={earlier}")
    assert "Headline changed" not in page
    assert "removed:" not in page


def test_captures_are_listed_with_what_each_changed(live: Article, client: Client) -> None:
    versions = load_versions(live)
    assert [summary.changes for summary in summarize_captures(versions, versions, viewer=Viewer(NOW))] == [
        "nothing changed",
        "headline changed, 1 section new, 1 changed, 1 not shown",
        "1 section new",
    ]
    page = fetch(client, f"/articles/{live.pk}/captures/")
    assert "headline changed, 1 section new, 1 changed, 1 not shown</a>" in page
    assert "3 sections, " in page
    assert page.count('type="radio"') == 6
    assert "3 captures</summary>" in fetch(client, live.get_absolute_url())


def test_changes_of_captures_with_many_sections_are_not_counted_for_a_list(live: Article) -> None:
    versions = load_versions(live)
    total = sum(version.placements.count() for version in versions)
    summaries = summarize_captures(versions, versions[::-1], viewer=Viewer(NOW), max_sections=total - 1)
    counted = summarize_captures(versions, versions[::-1], viewer=Viewer(NOW), max_sections=total)
    assert [summary.sections for summary in summaries] == [summary.sections for summary in counted]
    assert [summary.changes for summary in summaries] == ["changes"] * 3
    assert "changes" not in {summary.changes for summary in counted}
    assert [summary.before for summary in summaries] == [summary.before for summary in counted]


def test_summaries_compare_whole_captures_by_content(live: Article) -> None:
    ingest_live_page([entry("", "Ministers met.")], captured_from=3, partial=True)
    ingest_live_page([RAIN, TALKS, BRIDGE], captured_from=4)
    # The same sections once more, under another standfirst.
    ingest_live_page([RAIN, TALKS, BRIDGE], captured_from=5, standfirst="Follow the night.")
    versions = load_versions(live)
    partial, restored, same = summarize_captures(versions, versions[-3:], viewer=Viewer(NOW))
    assert (partial.before, partial.sections) == (None, 1)
    assert (restored.before, restored.changed) == (versions[2], 1)
    assert (same.changes, same.is_certain) == ("nothing changed", True)


def test_summary_is_uncertain_where_sections_were_reconstructed() -> None:
    known, unknown = ArticleVersion(sections_recorded=True), ArticleVersion()
    assert [CaptureSummary(known, other, 1).is_certain for other in (None, known, unknown)] == [True, True, False]


def test_many_captures_are_paged(live: Article, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.pages.articles.MAX_CAPTURES_PER_PAGE", 2)
    page = fetch(client, f"/articles/{live.pk}/captures/")
    assert "Page 1 of 2" in page
    assert page.count('type="radio"') == 4
    older = fetch(client, f"/articles/{live.pk}/captures/?page=2")
    assert "Page 2 of 2" in older


# --- citations ---


@pytest.mark.parametrize("name", CITATIONS)
def test_every_citation_format_names_the_capture(live: Article, client: Client, name: str) -> None:
    capture = live.captures.earliest("captured")
    cited = client.get(f"/articles/{live.pk}/cite.{name}?capture={capture.sha256[:8]}").content.decode()
    assert f"{live.get_absolute_url()}?capture={capture.sha256[:16]}" in cited
    assert "Rain live" in cited
    assert "2 June 2025" in cited or "2025-06-02" in cited
    if name != "wikipedia":  # The template has no place for them.
        assert "captured 2 June 2025, 12:00 UTC" in cited
        assert capture.sha256 in cited


def test_page_of_citations_cites_the_capture_and_links_to_it(live: Article, client: Client) -> None:
    address = addresses(live)[0]
    sha256 = address.split("=")[1]
    page = fetch(client, f"/articles/{live.pk}/cite/?capture={sha256}")
    assert address in links(page)
    assert f"/articles/{live.pk}/cite.ris?capture={sha256}" in links(page)
    (item,) = json.loads(client.get(f"/articles/{live.pk}/cite.csl?capture={sha256}").content)
    assert headings(fetch(client, item["archive_location"])) == ["On the bridge", "Rain"]


def test_url_of_a_capture_survives_a_new_headline(live: Article, client: Client) -> None:
    address = addresses(live)[0]
    live.headline = "Other words"
    live.save()
    response = client.get(address)
    assert response.status_code == 301
    # Should the headline come back, a redirect that the browser kept would lead here from there, and back again.
    assert response["Cache-Control"] == "no-cache"
    assert headings(fetch(client, response["Location"])) == ["On the bridge", "Rain"]


# --- bytes that were received again, and addresses without a page ---


def test_bytes_seen_again_are_listed_with_their_version(client: Client) -> None:
    for day in (1, 2, 5):
        article = ingest_words("alpha", f"2025-06-0{day}")
    (version,) = load_versions(article)
    assert [time.day for time in version.capture.received] == [1, 2, 5]
    assert "seen again 2 times, last" in fetch(client, article.get_absolute_url())
    page = fetch(client, f"{article.get_absolute_url()}?capture={version.capture.sha256}")
    assert re.search(r"same bytes were received 3 times: .*1 June.*2 June.*5 June", page)
    assert "seen again 2 times" in fetch(client, f"/articles/{article.pk}/captures/")


@pytest.mark.parametrize("rule", ["test", INGEST_TIME_RULE], ids=["own time", "time of ingest"])
def test_earlier_time_of_the_same_bytes_is_that_of_the_capture(client: Client, rule: str) -> None:
    ingest_words("alpha", "2025-06-03", rule=rule)
    article = ingest_words("alpha", "2025-06-01")
    sync.drain(no_progress)
    section = article.sections.get()
    for address in (article.get_absolute_url(), section.get_absolute_url(), f"/articles/{article.pk}/captures/"):
        assert "1 June 2025" in fetch(client, address)
    assert "2025-06-01T00:00:00Z" in fetch(client, "/export.jsonl?q=alpha")
    assert "voted for" in fetch(client, "/?q=captured:2025-06-01")
    assert "voted for" not in fetch(client, "/?q=captured:2025-06-03")


def test_bytes_that_came_back_after_others_have_an_address_of_their_own(client: Client) -> None:
    for word, day in (("alpha", 1), ("beta", 2), ("alpha", 3)):
        article = ingest_words(word, f"2025-06-0{day}")
    first, second, third = load_versions(article)
    names = [capture_name(version.capture) for version in (first, second, third)]
    assert names[0] == first.capture.sha256[:16]
    assert names[2] == f"{names[0]}-20250603T000000Z"
    for name, date in zip(names, ("1 June", "2 June", "3 June"), strict=True):
        page = fetch(client, f"{article.get_absolute_url()}?capture={name}")
        assert re.search(rf"As captured [^.]*{date}", page), name
    # The hash alone still names these bytes, and the page says when they were received.
    page = fetch(client, f"{article.get_absolute_url()}?capture={first.capture.sha256}")
    assert re.search(r"same bytes were received 2 times: .*1 June.*3 June", page)
    assert "1 section changed" in fetch(client, f"{article.get_absolute_url()}?capture={names[2]}&against={names[1]}")
    assert "No capture of this page" in fetch(
        client, f"{article.get_absolute_url()}?capture={names[0]}-20240603T000000Z", 404
    )


@pytest.mark.parametrize(("day", "is_gone"), [(3, True), (1, False)], ids=["after", "before"])
def test_page_says_that_it_is_gone_at_its_address_unless_it_came_later(
    live: Article, client: Client, day: int, is_gone: bool
) -> None:
    last = max(version.capture.captured for version in load_versions(live))
    AddressGone.objects.create(
        address_key=live.url_key,
        address=live.url,
        status=410,
        captured=last + timedelta(days=day - 2),
        run=IngestRun.objects.earliest("pk"),
    )
    assert ("Gone at its address on" in fetch(client, live.get_absolute_url())) is is_gone
    assert "HTTP status 410" in fetch(client, f"/articles/{live.pk}/captures/")


def test_entry_that_a_window_does_not_show_is_not_called_gone(live: Article, client: Client) -> None:
    first, second, _ = (capture.sha256[:16] for capture in live.captures.order_by("captured"))
    page = fetch(client, f"{live.get_absolute_url()}?capture={second}&against={first}")
    assert "1 not shown" in page
    assert "section is-gone" not in page


# --- the whole of it ---


def test_every_link_works(live: Article, client: Client) -> None:
    first, second, _ = addresses(live)
    pages = (second, f"{second}&against={first.split('=')[1]}", f"/articles/{live.pk}/captures/")
    for address in pages:
        for href in links(fetch(client, address)):
            if href.startswith("/") and not href.startswith("/admin"):
                assert client.get(href).status_code == 200, href


@pytest.mark.parametrize(
    ("kind", "max_queries"), [("current", 11), ("capture", 7), ("comparison", 10), ("captures", 6), ("citations", 3)]
)
def test_queries_do_not_grow_with_sections_and_captures(client: Client, kind: str, max_queries: int) -> None:
    counts = set()
    for size in (5, 40):
        article = ingest_live_page(*histories(size), source=f"Courier {size}", url=f"https://courier.example/{size}")
        first, *_, last = (address.split("=")[1] for address in addresses(article))
        address = {
            "current": article.get_absolute_url(),
            "capture": f"{article.get_absolute_url()}?capture={last}",
            "comparison": f"{article.get_absolute_url()}?capture={last}&against={first}",
            "captures": f"/articles/{article.pk}/captures/",
            "citations": f"/articles/{article.pk}/cite/?capture={first}",
        }[kind]
        with CaptureQueriesContext(connection) as queries:
            fetch(client, address)
        counts.add(len(queries))
    assert max(counts) <= max_queries, [query["sql"] for query in queries]
    assert len(counts) == 1


def histories(size: int) -> list[list[Any]]:
    """Returns three captures of `size` sections: each removes one, adds one and changes every other one."""
    return [
        [entry(f"e{number}", f"Words {number}, {hour * (number % 2)}.") for number in range(hour, hour + size)]
        for hour in range(3)
    ]
