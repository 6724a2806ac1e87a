"""archive/formats/stated_times.py: the times in the fields of documents, whoever wrote them."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.stated_times import read_time
from archive.times import NO_ZONE, Moment, TimeError

from .reading import read_article


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    "text",
    [
        # Names of weekdays and months in other languages, whole or abbreviated.
        "dom, 29 giu 2025 17:00:00 +0200",
        "So, 29 Jun 2025 17:00:00 +0200",
        "Dim, 29 juin 2025 17:00:00 +0200",
        "Su, 29 Kesä 2025 17:00:00 +0200",
        "niedz., 29 cze 2025 17:00:00 +0200",
        "вс, 29 июн 2025 17:00:00 +0200",
        "Κυρ, 29 Ιουν 2025 17:00:00 +0200",
        "29 de junio de 2025, 17:00:00 +02:00",
        "29 Haziran 2025 Pazar, 17:00:00 +0200",
        # Standards, and what is nearly one.
        "Sun,29 Jun 2025 17:00:00 +0200",
        "Sunday, 29-Jun-25 15:00:00 GMT",
        "Sun, 29 Jun 25 15:00:00 UT",
        "Sun Jun 29 15:00:00 UTC 2025",
        "Sun Jun 29 2025 17:00:00 GMT+0200 (Central European Summer Time)",
        "2025-06-29T17:00:00+02:00[Europe/Oslo]",
        "2025-06-29T17:00:00[Europe/Oslo]",
        "2025-06-29 17:00:00 Europe/Oslo",
        "20250629T150000Z",
        "2025-W26-7T17:00:00+02:00",
        "2025W267T15:00:00Z",
        "2025-180T17:00:00+02:00",
        "2025/6/29 17:00:00 +02",
        "2025-06-29T17.00.00+0200",
        # Names of zones.
        "Sun, 29 Jun 2025 17:00:00 CEST",
        "Sun, 29 Jun 2025 17:00:00 MESZ",
        "29.06.2025 18:00:00 EEST",
        "Sun, 29 Jun 2025 11:00:00 EDT",
        "June 29, 2025, 11:00:00 a.m. ET",
        "June 29, 2025 8:00:00 pm PKT",
        "Mon, 30 Jun 2025 03:00:00 NZST",
        "Sun, 29 Jun 2025 17:00:00 GMT+2",
        "29/Jun/2025:17:00:00 +0200",
        # Counts since 1970.
        "1751209200",
        "1751209200000",
        "1751209200.75",
        "1751209200000000",
        1_751_209_200,
        1_751_209_200.5,
    ],
)
def test_every_way_to_write_a_time_names_the_instant(text: str | float) -> None:
    moment = read_time(text)
    assert (moment.at, moment.precision) == (datetime(2025, 6, 29, 15, tzinfo=UTC), "second")
    assert moment.rule != NO_ZONE


@pytest.mark.parametrize(
    "text",
    [
        "29.06.2025 17:00",
        "29.6.2025 klo 17.00",
        "29/06/2025 17:00",
        "6/29/2025 5:00 PM",
        "29-06-2025 17:00",
        "2025/6/29 17:00",
        "2025-06-29T17.00",
        "202506291700",
        "29 giugno 2025, ore 17:00",
        "dimanche 29 juin 2025 à 17h00",
        "søn. 29. juni 2025 kl. 17.00",
        "29 Juni 2025 - 17 Uhr",
        "29 juin 2025 17h",
        "29 Jun 2025 5:00p",
        "2025. június 29. 17:00",
        "mar 29 jun 2025 17:00",
        "2025年6月29日 17時00分",
        "2025年6月29日 午後5時00分",
        "2025년 6월 29일 오후 5:00",
        "٢٠٢٥/٦/٢٩ ١٧:٠٠",
        "２０２５年６月２９日　１７：００",
        "29 يونيو 2025 17:00",
        "June 29, 2025 5:00 pm",
        "June 29, 2025 at 5 p.m.",
        # These names mean several zones.
        "Sunday 29 June 2025 17.00 BST",
        "29 June 2025 17:00 IST",
    ],
)
def test_a_time_without_a_zone_keeps_its_clock(text: str) -> None:
    moment = read_time(text)
    assert moment.at == datetime(2025, 6, 29, 17, tzinfo=UTC)
    assert (moment.precision, moment.given, moment.rule, moment.offset) == ("minute", text, NO_ZONE, None)


@pytest.mark.parametrize(
    ("text", "at", "offset"),
    [
        # The end of a day is the beginning of the next; a leap second belongs to the day that it ends.
        ("Sun, 29 Jun 2025 24:00:00 GMT", "2025-06-30T00:00:00", 0),
        ("2024-12-31T24:00:00+13:00", "2024-12-31T11:00:00", 780),
        ("Tue, 30 Jun 2015 23:59:60 GMT", "2015-06-30T23:59:59", 0),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59", 0),
        ("June 29, 2025, 12 noon EDT", "2025-06-29T16:00:00", -240),
        ("June 29, 2025, 12:30 am EDT", "2025-06-29T04:30:00", -240),
        ("29 Feb 2024 00:10:00 +0545", "2024-02-28T18:25:00", 345),
        ("29 Jun 70 17:00:00 GMT", "1970-06-29T17:00:00", 0),
    ],
)
def test_odd_clocks_are_read_with_their_offset(text: str, at: str, offset: int) -> None:
    moment = read_time(text)
    assert (moment.at, moment.offset) == (datetime.fromisoformat(at).replace(tzinfo=UTC), offset)


@pytest.mark.parametrize(
    ("text", "at", "precision", "rule"),
    [
        ("Mon, 02 Jun 2025 14:30:05 GMT", utc(2025, 6, 2, 14, 30, 5), "second", "as given"),
        ("Mon, 2 Jun 2025 14:30 -0500", utc(2025, 6, 2, 19, 30), "minute", "as given"),
        ("2 Jun 2025 14:30:05 EDT", utc(2025, 6, 2, 18, 30, 5), "second", "as given"),
        ("Monday, 02-Jun-25 14:30:05 GMT", utc(2025, 6, 2, 14, 30, 5), "second", "as given"),
        ("Mon, 02 Jun 2025 14:30:05 BST", utc(2025, 6, 2, 14, 30, 5), "second", NO_ZONE),
        ("Mon, 02 Jun 2025 14:30:05", utc(2025, 6, 2, 14, 30, 5), "second", NO_ZONE),
        ("June 2, 2025", utc(2025, 6, 2), "day", "as given"),
        ("Mon 2nd June 2025", utc(2025, 6, 2), "day", "as given"),
        ("June 2, 2025, 07:47 PM EST", utc(2025, 6, 3, 0, 47), "minute", "as given"),
        ("Jun. 2, 2025 at 12:05 a.m. EDT", utc(2025, 6, 2, 4, 5), "minute", "as given"),
        ("2 June 2025, 12:05pm", utc(2025, 6, 2, 12, 5), "minute", NO_ZONE),
        ("Monday, June 2, 2025 - 14:30", utc(2025, 6, 2, 14, 30), "minute", NO_ZONE),
        ("2 June 2025 14:30 BST", utc(2025, 6, 2, 14, 30), "minute", NO_ZONE),
        ("Mon Jun 02 2025 14:30:05 GMT+0100 (Some Time)", utc(2025, 6, 2, 13, 30, 5), "second", "as given"),
    ],
)
def test_texts_of_mail_and_in_english_have_their_precision(text: str, at: datetime, precision: str, rule: str) -> None:
    assert replace(read_time(text), offset=None) == Moment(at=at, precision=precision, given=text, rule=rule)


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("13/04/2025", "2025-04-13", "day"),
        ("04/13/2025", "2025-04-13", "day"),
        ("04-04-2025", "2025-04-04", "day"),
        ("03.04.2025", "2025-04-03", "day"),
        ("2025/03/04", "2025-03-04", "day"),
        ("2025年6月29日", "2025-06-29", "day"),
        ("Published: 29 June 2025", "2025-06-29", "day"),
        ("29 June 2025, midnight", "2025-06-29", "day"),
        ("June 2025", "2025-06-01", "month"),
        ("giugno 2025", "2025-06-01", "month"),
        ("2025", "2025-01-01", "year"),
    ],
)
def test_a_date_is_as_precise_as_it_is_written(text: str, day: str, precision: str) -> None:
    moment = read_time(text)
    assert (moment.at, moment.precision) == (datetime.fromisoformat(day).replace(tzinfo=UTC), precision)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("03/04/2025", "either of two days"),
        ("3-4-2025 10:00", "either of two days"),
        ("29/06/25", "is no date"),
        ("2025-02-30", "is no possible date"),
        ("31.02.2025 10:00", "is no possible date"),
        ("29 Jun 2025 13:45 PM", "an hour of 13"),
        ("Sun, 29 Jun 2025 25:00:00 GMT", "is no possible date"),
        ("Sun, 29 Jun 2025 17:60:00 GMT", "is no possible date"),
        ("Sun, 29 Jun 2025 17:00:60 GMT", "is no possible date"),
        ("29 June 2025 +25:00", "is no date"),
        ("Mon, 32 Jun 2025 14:30:00 GMT", "is no possible date"),
        ("2 Jun 1600 14:30 GMT", "before the first newspaper"),
        ("29–30 June 2025", "is no date"),
        ("29 June 2025 10:00 to 11:00", "is no date"),
        ("29 June", "is no date"),
        ("17:00", "is no date"),
        ("29 Goats 2025", "is no date"),
        ("2025-06-29T17:00:00[Mars/Base]", "is no date"),
        ("0001-01-01T00:00:00", "before the first newspaper"),
        ("", "is no date"),
        (True, "is no date"),
        (None, "is no date"),
    ],
)
def test_what_is_no_time_or_may_be_two_is_refused(text: object, reason: str) -> None:
    with pytest.raises(TimeError, match=reason):
        read_time(text)


_PARTS = "29 6 2025 Jun giugno 17:00 :60 24 am +02 GMT Z [Europe/Oslo] / . - , T 年 時 ٢ 午後 noon".split()


@given(st.lists(st.sampled_from(_PARTS), max_size=8).map(" ".join) | st.text(max_size=60))
def test_any_text_is_a_moment_or_a_time_error(text: str) -> None:
    try:
        moment = read_time(text)
    except TimeError:
        return
    assert isinstance(moment, Moment)
    assert moment.given
    assert not moment.at.utcoffset()


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0)))
def test_the_same_time_in_several_forms_is_the_same_instant(at: datetime) -> None:
    forms = (
        f"{at:%a, %d %b %Y %H:%M:%S} GMT",
        f"{at:%d.%m.%Y %H:%M:%S} UTC",
        f"{at:%Y/%m/%d %H:%M:%S} +0000",
        f"{at:%B %d, %Y %I:%M:%S %p} UTC",
        f"{at:%a %b %d %H:%M:%S} UTC {at:%Y}",
        f"{at:%Y年%m月%d日 %H時%M分%S秒} UTC",
    )
    assert {read_time(form).at for form in forms} == {at.replace(tzinfo=UTC)}


# --- in documents ---


FEED = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title><item><title>Tram</title>'
    "<link>https://a.example/1</link>{dates}<description>A tram has stopped on the bridge.</description></item>"
    "</channel></rss>"
)
PAGE = (
    "<html><head><title>Tram</title>{meta}</head><body><article><h1>A tram stops</h1>{shown}"
    + "<p>A tram has stopped on the bridge, and nobody knows for how long it will stay there, the city said.</p>" * 6
    + "</article></body></html>"
)


@pytest.mark.parametrize("text", ["dom, 29 giu 2025 17:00:00 +0200", "1751209200", "29.06.2025 17:00 CEST"])
@pytest.mark.parametrize("form", ["feed", "page", "jsonl", "json feed"])
def test_every_format_reads_every_time(text: str, form: str) -> None:
    raw, name = {
        "feed": (FEED.format(dates=f"<pubDate>{text}</pubDate>"), "a.xml"),
        "page": (
            PAGE.format(meta=f'<meta property="article:published_time" content="{text}">', shown=""),
            "a.html",
        ),
        "jsonl": (json.dumps({"headline": "Tram", "text": "A tram.", "published": text}), "a.jsonl"),
        "json feed": (
            json.dumps(
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "title": "T",
                    "items": [{"id": "1", "title": "Tram", "content_text": "A tram.", "date_published": text}],
                }
            ),
            "a.json",
        ),
    }[form]
    article = read_article(raw.encode(), name)
    assert article.published
    assert article.published.at == datetime(2025, 6, 29, 15, tzinfo=UTC)
    assert not article.problems


def test_json_may_have_a_number() -> None:
    article = read_article(b'{"headline": "Tram", "text": "A tram.", "published": 1751209200}', "a.jsonl")
    assert article.published
    assert article.published.at == datetime(2025, 6, 29, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("1751209200", "seconds"),
        ("1751209200.75", "seconds"),
        ("1751209200000", "milliseconds"),
        ("1751209200000000", "microseconds"),
    ],
)
def test_a_count_stays_as_it_is_written_and_its_rule_names_the_unit(text: str, unit: str) -> None:
    moment = read_time(text)
    assert (moment.given, moment.rule) == (text, f"{unit} since 1970, as given")


@pytest.mark.parametrize(
    ("text", "day"), [("2025-W01-1", (2024, 12, 30)), ("2020-W53-7", (2021, 1, 3)), ("2024-366", (2024, 12, 31))]
)
def test_days_of_the_week_and_of_the_year_are_days(text: str, day: tuple[int, int, int]) -> None:
    assert (read_time(text).at, read_time(text).precision) == (utc(*day), "day")


@pytest.mark.parametrize("text", ["2025-366", "2025-000", "2025-W54-1", "2025-W26-8", "2025-W26"])
def test_days_that_the_year_does_not_have_are_refused(text: str) -> None:
    with pytest.raises(TimeError):
        read_time(text)


@pytest.mark.parametrize("refused", ["03/04/2025", "2025-02-30", "soon"])
def test_a_refused_date_does_not_end_the_search_in_a_feed(refused: str) -> None:
    dates = f"<pubDate>{refused}</pubDate><dc:date>2025-06-29T15:00:00Z</dc:date>"
    article = read_article(FEED.format(dates=dates).encode(), "a.xml")
    assert article.published
    assert article.published.given == "2025-06-29T15:00:00Z"
    assert any(repr(refused) in problem for problem in article.problems)


@pytest.mark.parametrize("refused", ["03/04/2025", "2025-02-30", "soon"])
@pytest.mark.parametrize(
    ("meta", "shown"),
    [
        ('<meta name="pubdate" content="2025-06-29T15:00:00Z">', ""),
        (
            '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-06-29T15:00:00Z"}'
            "</script>",
            "",
        ),
        ("", '<time datetime="2025-06-29T15:00:00Z">today</time>'),
        ("", "<p>29 June 2025, 15:00</p>"),
    ],
)
def test_a_refused_date_does_not_end_the_search_in_a_page(refused: str, meta: str, shown: str) -> None:
    stated = f'<meta property="article:published_time" content="{refused}">'
    article = read_article(PAGE.format(meta=stated + meta, shown=shown).encode(), "a.html")
    assert article.published
    assert article.published.at == datetime(2025, 6, 29, 15, tzinfo=UTC)
    if "ld+json" not in meta:  # linked data comes first
        assert any(repr(refused) in problem for problem in article.problems)


def test_a_date_that_may_be_two_is_not_guessed_from_elsewhere() -> None:
    stated = '<meta property="article:published_time" content="03/04/2025">'
    article = read_article(PAGE.format(meta=stated, shown="").encode(), "a.html")
    assert article.published is None
    assert any("either of two days" in problem for problem in article.problems)
