"""Entries of live pages, and the leads of articles whose headline alone has the words."""

from datetime import timedelta

import pytest

from search.engines.contract import Filter, Request
from search.query.dates import DateBound
from search.query.tree import And, AtLeast, DateRange, Fuzzy, Keyword, Near, Not, Or, Phrase, Truncation, Word

from .documents import EngineMaker, bound, day, fill, ids, section


class EntriesContract(EngineMaker):
    LIVE_PAGES = (
        section(10, 1, "The march begins", headline="Plymouth riots live", heading="March", kind="live", date=day(1)),
        section(11, 1, "Police in Plymouth", headline="Plymouth riots live", kind="live", date=day(2), source="A"),
        section(12, 1, "Southport", headline="Plymouth riots live", heading="In Plymouth", kind="live", date=day(2)),
        section(13, 1, "Police elsewhere", headline="Plymouth riots live", kind="live", date=day(3)),
        section(20, 2, "Rain all day", headline="Storm live", standfirst="From Plymouth", kind="live", date=day(4)),
        section(21, 2, "Police and wind", headline="Storm live", standfirst="From Plymouth", kind="live", date=day(5)),
        section(30, 3, "A harbour", headline="Plymouth at night", kind="article", date=day(6)),
    )

    PLYMOUTH = Word("plymouth")

    @pytest.mark.parametrize(
        ("tree", "hits", "leads"),
        [
            # The words of a page's headline are not those of its entries; those of an ordinary article are.
            (PLYMOUTH, [11, 12, 30], [20]),
            (And((PLYMOUTH, Keyword("kind", "live"))), [11, 12], [20]),
            (Phrase("plymouth"), [11, 12, 30], [20]),
            (Truncation("plym*"), [11, 12, 30], [20]),
            (Fuzzy("plimouth", 1), [11, 12, 30], [20]),
            (Word("plymouth", "hlead"), [11, 12, 30], []),
            (Phrase("plymouth riots"), [], [10]),
            (Near(PLYMOUTH, Word("riots"), 3), [], [10]),
            (Near(Word("riots"), PLYMOUTH, 3, excluded=True), [], []),
            (Near(PLYMOUTH, Word("riots"), 3, excluded=True), [11, 12, 30], [20]),
            (AtLeast(2, PLYMOUTH), [11, 12], []),
            # A word of its own makes an entry a hit, and the headline completes the match.
            (And((PLYMOUTH, Word("police"))), [11, 13, 21], []),
            (And((PLYMOUTH, Word("riots"))), [11, 12], []),
            (And((PLYMOUTH, Not(Word("police")))), [12, 30], [20]),
            (Or((Word("riots"), Word("rain"))), [20], [10]),
            (Or((And((PLYMOUTH, Word("riots"))), Word("rain"))), [11, 12, 20], []),
            # What asks for the headline, or for no words, is restricted by nothing.
            (Word("plymouth", "headline"), [10, 11, 12, 13, 30], []),
            (Word("plymouth", "standfirst"), [20, 21], []),
            (And((Word("plymouth", "headline"), Word("riots", "headline"))), [10, 11, 12, 13], []),
            (And((Word("plymouth", "headline"), Word("riots"))), [], [10]),
            (And((Word("plymouth", "headline"), Word("police"))), [11, 13], []),
            (Or((PLYMOUTH, DateRange("date", "", bound(3), bound(4)))), [11, 12, 13, 30], [20]),
            (Word("plymouth", "text"), [11], []),
            (Not(Word("storm")), [10, 11, 12, 13, 30], []),
            (Keyword("kind", "live"), [10, 11, 12, 13, 20, 21], []),
            # A date narrows hits and leads, as a filter does.
            (And((PLYMOUTH, DateRange("date", "", bound(1), bound(2)))), [], []),
            (And((PLYMOUTH, DateRange("date", "", bound(4), bound(5)))), [], [20]),
            (And((PLYMOUTH, DateRange("date", "", bound(5), bound(6)))), [], []),
        ],
        ids=repr,
    )
    def test_entry_of_a_live_page_is_a_hit_by_words_of_its_own(self, engine, tree, hits, leads):
        fill(engine, *self.LIVE_PAGES)
        assert sorted(ids(engine, tree)) == hits
        assert sorted(ids(engine, tree, leads=True)) == sorted(hits + leads)
        assert engine.among(Request(tree), range(40)) == set(hits)
        assert engine.count(tree) == len(hits)
        assert engine.count(tree, leads=True) == len(hits + leads)
        separate = engine.search(Request(tree, facets=("kind",), histogram="day"))
        assert (separate.total, separate.sections, separate.leads) == (len(hits), len(hits), 0)
        assert sum(count for _, count in separate.histogram.buckets) == len(hits)
        assert sum(count for _, count in separate.facets["kind"]) == len(hits)
        grouped = engine.search(Request(tree, by_article=True, sections_per_hit=9, facets=("kind",)))
        assert sorted(number for hit in grouped.hits for number in hit.section_ids) == sorted(hits + leads)
        assert sorted(hit.section_ids[0] for hit in grouped.hits if not hit.matched) == leads
        assert sum(hit.matched for hit in grouped.hits) == grouped.sections == len(hits)
        assert (grouped.total, grouped.leads) == (grouped.articles, len(leads))
        assert len(grouped.hits) == grouped.total == sum(count for _, count in grouped.facets["kind"])

    def test_entries_of_articles_that_match_have_words_of_their_own(self, engine):
        fill(engine, *self.LIVE_PAGES)
        for tree, hits, leads in (
            (And((self.PLYMOUTH, Word("police"))), [11, 12, 13, 21], []),
            (And((self.PLYMOUTH, Word("elsewhere"))), [11, 12, 13], []),
            (And((self.PLYMOUTH, Keyword("kind", "live"))), [11, 12], [20]),
            (And((Word("plymouth", "headline"), Keyword("kind", "live"))), [10, 11, 12, 13], []),
            (And((self.PLYMOUTH, Word("storm"))), [], [20]),
        ):
            assert sorted(ids(engine, tree, unit="article")) == sorted(hits + leads), tree
            results = engine.search(Request(tree, unit="article", sections_per_hit=9))
            assert (results.sections, results.leads) == (len(hits), len(leads))
            assert sorted(hit.section_ids[0] for hit in results.hits if not hit.matched) == leads

    def test_filters_narrow_hits_and_leads(self, engine):
        fill(engine, *self.LIVE_PAGES)
        for first, past, found in ((1, 2, []), (2, 3, [11, 12]), (4, 5, [20]), (5, 6, []), (6, 7, [30])):
            span = (bound(first), bound(past))
            assert sorted(ids(engine, self.PLYMOUTH, leads=True, span=span)) == found
            dated = And((self.PLYMOUTH, DateRange("date", "", *span)))
            for by_article in (False, True):
                narrowed = engine.search(Request(self.PLYMOUTH, span=span, by_article=by_article))
                assert narrowed.total == engine.search(Request(dated, by_article=by_article)).total

    @pytest.mark.parametrize("tree", [PLYMOUTH, And((PLYMOUTH, Word("police")))], ids=repr)
    @pytest.mark.parametrize("listing", [{}, {"by_article": True}, {"unit": "article"}], ids=repr)
    @pytest.mark.parametrize("interval", ["day", "month"])
    def test_each_count_is_what_a_choice_of_it_finds(self, engine, tree, listing, interval):
        fill(engine, *self.LIVE_PAGES)
        results = engine.search(Request(tree, histogram=interval, facets=("kind", "source"), **listing))
        for start, count in results.histogram.buckets:
            past = start + timedelta(days=1) if interval == "day" else start.replace(month=6)
            chosen = Request(tree, span=(DateBound(start), DateBound(past)), **listing)
            assert engine.search(chosen).total == count
        for name, values in results.facets.items():
            for value, count in values:
                chosen = Request(tree, filters=(Filter(name, (value,)),), **listing)
                assert engine.search(chosen).total == count

    def test_headline_lifts_an_entry_that_has_the_word_too(self, engine):
        fill(
            engine,
            section(1, 1, "Plymouth", headline="Plymouth live", kind="live"),
            section(2, 1, "war", headline="Plymouth live", kind="live"),
            section(3, 2, "Plymouth", headline="Storm live", kind="live"),
        )
        assert ids(engine, self.PLYMOUTH) == [1, 3]

    def test_histogram_counts_articles_where_articles_are_listed(self, engine):
        fill(engine, *(section(number, 7, "peace", date=day(1 + number % 2)) for number in range(1, 6)))
        for request, counts in (
            (Request(Word("peace"), histogram="day"), [2, 3]),
            (Request(Word("peace"), histogram="day", by_article=True), [1, 1]),
            (Request(Word("peace"), histogram="day", unit="article"), [1, 1]),
        ):
            histogram = engine.search(request).histogram
            assert [count for _, count in histogram.buckets] == counts
