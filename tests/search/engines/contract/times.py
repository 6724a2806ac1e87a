"""Days, hours and vague dates: ranges, spans, and counts over time."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from archive.times import OutletTime
from search.engines.contract import Request, ScannedArticle
from search.query.dates import DateBound
from search.query.tree import And, DateRange, Everything, Missing, Word

from .documents import EngineMaker, bound, day, fill, ids, section


class TimesContract(EngineMaker):
    def test_date_range_is_half_open_and_excludes_undated_sections(self, engine):
        fill(engine, section(1, date=day(1)), section(2, date=day(2)), section(3, date=day(3)), section(4))
        assert ids(engine, DateRange("date", "", bound(1), bound(3)), sort="oldest") == [1, 2]
        assert ids(engine, DateRange("date", "", None, None), sort="oldest") == [1, 2, 3]

    def test_section_speaks_of_a_range_if_one_of_its_days_is_in_it(self, engine):
        def days(first: int, last: int) -> tuple[date, date]:
            return date(2025, 5, first), date(2025, 5, last)

        fill(
            engine,
            section(1, event=(days(2, 2),)),
            section(2, event=(days(1, 31), days(20, 20))),
            section(3),
            section(4, event=(days(9, 9), days(3, 4))),
        )
        for start, end, expected in (
            (bound(2), bound(3), [1, 2]),
            (bound(3), bound(4), [2, 4]),
            (bound(5), bound(9), [2]),
            (bound(9), None, [2, 4]),
            (None, bound(2), [2]),
            (None, None, [1, 2, 4]),
        ):
            tree = DateRange("event", "x", start, end)
            assert ids(engine, tree, sort="newest") == expected, tree
        assert ids(engine, Missing("event")) == [3]

    def test_histogram_has_empty_buckets_and_counts_undated(self, engine):
        fill(engine, section(1, date=day(1)), section(2, date=day(1)), section(3, date=day(4)), section(4))
        histogram = engine.search(Request(Everything(), histogram="day")).histogram
        assert histogram.interval == "day"
        assert histogram.buckets == ((day(1), 2), (day(2), 0), (day(3), 0), (day(4), 1))
        assert histogram.undated == 1

    def test_span_narrows_everything_and_excludes_undated_sections(self, engine):
        fill(
            engine,
            section(1, 1, "peace", date=day(1), source="a"),
            section(2, 1, "talks", date=day(2), source="a"),
            section(3, 3, "peace talks", source="b"),
        )
        request = Request(Everything(), span=(bound(2), None), facets=("source",), histogram="day")
        results = engine.search(request)
        assert [hit.section_ids for hit in results.hits] == [(2,)]
        assert results.facets["source"] == (("a", 1),)
        assert results.histogram.buckets == ((day(2), 1),)
        assert ids(engine, Everything(), span=(None, bound(2))) == [1]
        both = And((Word("peace"), Word("talks")))
        assert ids(engine, both, unit="article", span=(bound(1), bound(3))) == [2, 1]
        # The words are searched in the whole article; the span narrows what is found, as a choice in a facet does.
        assert ids(engine, both, unit="article", span=(bound(1), bound(2))) == [1]

    def test_undated_sections_can_be_kept_alone(self, engine):
        fill(
            engine,
            section(1, 1, "peace", date=day(1), source="a"),
            section(2, 1, "talks", source="a"),
            section(3, 3, "peace talks", source="b"),
        )
        request = Request(Everything(), undated=True, sort="oldest", facets=("source",), histogram="day")
        results = engine.search(request)
        assert [hit.section_ids for hit in results.hits] == [(2,), (3,)]
        assert results.facets["source"] == (("a", 1), ("b", 1))
        assert (results.histogram.buckets, results.histogram.undated) == ((), 2)
        # The first article has both words; its undated section is listed alone.
        both = And((Word("peace"), Word("talks")))
        assert ids(engine, both, unit="article", undated=True, sort="oldest") == [2, 3]
        assert list(engine.scan(request)) == [2, 3]
        assert list(engine.scan_articles(request)) == [ScannedArticle(1, [2], 1), ScannedArticle(3, [3], 1)]

    def test_automatic_histogram_suits_the_range(self, engine):
        fill(engine, section(1, date=day(1).replace(hour=9)), section(2, date=day(2)))
        assert engine.search(Request(Everything(), histogram="auto")).histogram.interval == "hour"
        fill(engine, section(3, date=datetime(2025, 7, 1, tzinfo=UTC)))
        assert engine.search(Request(Everything(), histogram="auto")).histogram.interval == "day"
        fill(engine, section(4, date=datetime(1914, 8, 4, tzinfo=UTC)))
        assert engine.search(Request(Everything(), histogram="auto")).histogram.interval == "year"

    @pytest.mark.parametrize("requested", ["auto", "hour"])
    def test_times_that_are_all_midnight_are_counted_by_day(self, engine, requested):
        auckland = timezone(timedelta(hours=12))
        fill(engine, section(1, date=day(1)), section(2, date=datetime(2025, 5, 3, tzinfo=auckland)))
        histogram = engine.search(Request(Everything(), histogram=requested)).histogram
        assert histogram.interval == "day"
        assert histogram.buckets == ((day(1), 1), (day(2), 0), (day(3), 1))

    @pytest.mark.parametrize(
        ("written", "first", "past"),
        [
            ("2025-05-02T08:15+13:00", 2, 3),
            ("2025-05-02T23:40-11:00", 2, 3),
            ("2025-05-02T00:10+05:45", 2, 3),
            ("2025-05-02T00:10+00:00", 2, 3),
        ],
    )
    def test_days_are_on_the_clock_of_the_outlet_and_hours_are_instants(self, engine, written, first, past):
        at = datetime.fromisoformat(written)
        fill(engine, section(1, date=at))
        assert ids(engine, DateRange("date", "", bound(first), bound(past))) == [1]
        assert ids(engine, DateRange("date", "", bound(past), None)) == []
        assert ids(engine, DateRange("date", "", None, bound(first))) == []
        hour = at.astimezone(UTC).replace(minute=0)
        exact = DateBound(hour, hour), DateBound(hour + timedelta(hours=1), hour + timedelta(hours=1))
        assert ids(engine, DateRange("date", "", *exact)) == [1]
        histogram = engine.search(Request(Everything(), histogram="day")).histogram
        assert histogram.buckets == ((day(first), 1),)
        histogram = engine.search(Request(Everything(), histogram="hour")).histogram
        assert histogram.buckets == ((hour, 1),)

    def test_vague_date_is_only_in_a_span_that_holds_all_of_it(self, engine):
        may = datetime(2025, 5, 1, tzinfo=UTC)
        fill(
            engine,
            section(1, date=OutletTime(may.replace(day=2), "day")),
            section(2, date=OutletTime(may, "month")),
            section(3, date=OutletTime(may.replace(month=1), "year")),
        )
        june, january = DateBound(may.replace(month=6)), DateBound(may.replace(month=1))
        next_year = DateBound(january.clock.replace(year=2026))
        assert ids(engine, DateRange("date", "", bound(1), bound(2))) == []
        assert ids(engine, DateRange("date", "", bound(2), bound(3))) == [1]
        assert ids(engine, DateRange("date", "", bound(1), june), sort="oldest") == [2, 1]
        assert ids(engine, DateRange("date", "", january, next_year), sort="oldest") == [3, 2, 1]
        assert ids(engine, DateRange("date", "", bound(1), None), sort="oldest") == [2, 1]
        assert ids(engine, DateRange("date", "", None, june), sort="oldest") == [2, 1]
        assert ids(engine, Missing("date")) == []

    def test_vague_dates_are_compared_with_the_calendar_of_the_reader(self, engine):
        fill(engine, section(1, date=OutletTime(day(2), "day")), section(2, date=day(2).replace(hour=2)))
        # The reader's clocks are five hours behind UTC.
        today = tuple(DateBound(day(number), day(number) + timedelta(hours=5)) for number in (2, 3))
        assert ids(engine, DateRange("date", "", *today)) == [1]

    def test_histogram_counts_apart_what_is_too_vague_for_its_interval(self, engine):
        fill(
            engine,
            *(section(number, date=day(number)) for number in (1, 2, 4)),
            section(5, 5, date=OutletTime(day(1), "month")),
            section(6, 5, date=OutletTime(day(1).replace(month=1), "year")),
        )
        histogram = engine.search(Request(Everything(), histogram="day")).histogram
        assert (sum(count for _, count in histogram.buckets), histogram.vague) == (3, 2)
        by_article = engine.search(Request(Everything(), unit="article", histogram="day")).histogram
        assert by_article.vague == 1
        by_year = engine.search(Request(Everything(), histogram="year")).histogram
        assert (by_year.buckets, by_year.vague) == (((datetime(2025, 1, 1, tzinfo=UTC), 5),), 0)

    def test_histogram_is_no_finer_than_most_dates(self, engine):
        may = OutletTime(day(1), "month")
        fill(engine, section(1, date=may), section(2, date=may), section(3, date=day(4).replace(hour=7)))
        histogram = engine.search(Request(Everything(), histogram="auto")).histogram
        assert (histogram.interval, histogram.buckets, histogram.vague) == ("month", ((day(1), 3),), 0)
