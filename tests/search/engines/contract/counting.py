"""Articles, and counts of values."""

from dataclasses import replace

from search.engines.contract import Filter, Request, Sort
from search.query.tree import Everything, Keyword, Not, Word

from .documents import EngineMaker, day, fill, section


class CountingContract(EngineMaker):
    def test_articles_come_with_their_best_sections(self, engine):
        fill(
            engine,
            section(1, 7, "peace and much else"),
            section(2, 7, "peace"),
            section(3, 8, "peace peace"),
            section(4, 7),
        )
        results = engine.search(Request(Word("peace"), by_article=True, sections_per_hit=1))
        assert [(hit.article_id, hit.section_ids, hit.matched) for hit in results.hits] == [(8, (3,), 1), (7, (2,), 2)]
        assert (results.total, results.sections, results.articles) == (2, 3, 2)

    def test_facets_count_exactly_and_ignore_their_own_filter(self, engine):
        fill(
            engine,
            section(1, source="A", topic=("War", "Trade"), kind="live"),
            section(2, source="A", topic=("War",), kind="article"),
            section(3, source="B", kind="live"),
        )
        request = Request(
            Everything(),
            filters=(Filter("source", ("A",)), Filter("kind", ("live",))),
            facets=("source", "topic", "kind"),
        )
        results = engine.search(request)
        assert results.sections == 1
        assert results.facets["source"] == (("A", 1), ("B", 1))
        assert results.facets["kind"] == (("article", 1), ("live", 1))
        assert results.facets["topic"] == (("Trade", 1), ("War", 1))

    def test_facets_of_articles_count_articles(self, engine):
        fill(engine, section(1, 7, source="A"), section(2, 7, source="A"), section(3, 8, source="A"))
        assert engine.search(Request(Everything(), facets=("source",))).facets["source"] == (("A", 3),)
        for options in ({"by_article": True}, {"unit": "article"}):
            assert engine.search(Request(Everything(), facets=("source",), **options)).facets["source"] == (("A", 2),)

    def test_articles_that_share_a_value_are_folded_to_the_first_in_the_order(self, engine):
        fill(
            engine,
            section(1, 7, "peace", group="7", source="A", date=day(1)),
            section(2, 8, "peace peace", group="7", source="B", date=day(2)),
            section(3, 8, "peace", group="7", source="B", date=day(2)),
            section(4, 9, "war", group="7", source="C", date=day(3)),
            section(5, 10, "peace", source="A", date=day(4)),
            section(6, 11, "peace", group="11", source="D", date=day(5)),
        )
        request = Request(Word("peace"), by_article=True, fold="group", facets=("source",), histogram="day")
        orders: dict[Sort, list[int]] = {"oldest": [7, 10, 11], "newest": [11, 10, 8]}
        for sort, listed in orders.items():
            results = engine.search(replace(request, sort=sort))
            assert [hit.article_id for hit in results.hits] == listed
            assert sum(hit.articles for hit in results.hits) == results.articles == 4
            assert (results.total, results.sections) == (3, 5)
            assert [article.article_id for article in engine.scan_articles(replace(request, sort=sort))] == listed
            assert results.facets["source"] == (("A", 2), ("B", 1), ("D", 1))
            assert [count for _, count in results.histogram.buckets] == [1, 1, 0, 1, 1]
        # What a facet counts is what its value lists.
        only_b = engine.search(replace(request, filters=(Filter("source", ("B",)),)))
        assert (only_b.total, [hit.article_id for hit in only_b.hits]) == (1, [8])
        # A page has the rows that follow those of the page before, and sections are never folded.
        assert [hit.article_id for hit in engine.search(replace(request, sort="oldest", offset=1, limit=1)).hits] == [
            10
        ]
        assert engine.search(replace(request, by_article=False)).total == 5
        assert engine.among(replace(request, sort="newest"), [1, 2, 3, 4, 5, 6]) == {2, 3, 5, 6}
        assert engine.without([7]).search(request).total == 3

    def test_facet_limit_keeps_the_most_frequent_and_the_filtered_values(self, engine):
        fill(engine, *(section(number, source=source) for number, source in enumerate("AAABBCD", start=1)))
        request = Request(Everything(), facets=("source",), facet_limit=2, filters=(Filter("source", ("D",)),))
        results = engine.search(request)
        assert results.facets["source"] == (("A", 3), ("B", 2), ("D", 1))
        assert results.facet_sizes["source"] == 4

    def test_whole_facets_have_every_value(self, engine):
        fill(engine, *(section(number, source=source) for number, source in enumerate("AAABBCD", start=1)))
        request = Request(Everything(), facets=("source", "kind"), facet_limit=1, whole_facets=("source",))
        assert engine.search(request).facets["source"] == (("A", 3), ("B", 2), ("C", 1), ("D", 1))

    def test_deleted_sections_are_not_counted(self, engine):
        fill(engine, section(1, 7, "peace", source="A", date=day(1)), section(2, 8, "peace", source="B", date=day(2)))
        fill(engine, *(section(number, 0, "war") for number in range(10, 40)))
        with engine.write() as batch:
            batch.delete_article(7)
        results = engine.search(Request(Word("peace"), facets=("source",), histogram="day"))
        assert (results.total, results.articles) == (1, 1)
        assert results.facets["source"] == (("B", 1),)
        assert results.histogram.buckets == ((day(2), 1),)

    def test_count_is_the_total_of_a_search(self, engine):
        assert engine.count(Everything()) == 0
        fill(engine, section(1, 7, "peace", source="Globe"), section(2, 8, "war", headline="Peace"), section(3))
        with engine.write() as batch:
            batch.delete_article(7)
        for tree in (Everything(), Word("peace"), Word("peace", "text"), Not(Word("war")), Keyword("source", "globe")):
            assert engine.count(tree) == engine.search(Request(tree)).total

    def test_document_frequencies_count_any_form_in_any_field(self, engine):
        assert engine.document_frequencies(["peace"]) == (0, [0])
        fill(engine, section(1, text="Talks on peace"), section(2, text="He talked", headline="A talk"), section(3))
        assert engine.document_frequencies(["talking", "peace", "zebra"]) == (3, [2, 1, 0])
        fill(engine, section(4, text="peace"))
        assert engine.document_frequencies(["peace"]) == (4, [2])
        assert engine.document_frequencies([]) == (4, [])
