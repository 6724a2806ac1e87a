"""The order of hits, pages of them, their scores, and which of some sections match."""

from datetime import timedelta

import pytest

from search.engines.contract import Filter, Request
from search.query.tree import And, Everything, Or, Word

from .documents import EngineMaker, day, fill, ids, section


class OrderingContract(EngineMaker):
    def test_headline_weighs_more_than_text_and_a_rare_word_more_than_a_common_one(self, engine):
        fill(engine, section(1, 0, "peace"), section(2, 0, "war", headline="peace"), section(3, 0, "war talks"))
        assert ids(engine, Word("peace")) == [2, 1]
        assert ids(engine, Or((Word("war"), Word("talks"))))[0] == 3

    def test_ties_are_ordered_by_date_then_id_with_undated_last(self, engine):
        dates = {1: None, 2: day(1), 3: day(2), 4: day(2), 5: None}
        fill(engine, *(section(number, 0, "peace", date=moment) for number, moment in dates.items()))
        assert ids(engine, Word("peace")) == [3, 4, 2, 1, 5]
        assert ids(engine, Word("peace"), sort="newest") == [3, 4, 2, 1, 5]
        assert ids(engine, Word("peace"), sort="oldest") == [2, 3, 4, 1, 5]

    def test_sort_captured_has_the_last_change_first_and_of_equal_times_the_highest_id(self, engine):
        moments = {1: day(2), 2: None, 3: day(1), 4: day(2), 5: day(2) + timedelta(microseconds=1)}
        fill(
            engine, *(section(number, 0, "peace", changed=at, date=day(9 - number)) for number, at in moments.items())
        )
        fill(engine, section(6, 3, "peace", changed=day(3)))
        assert ids(engine, Word("peace"), sort="captured") == [6, 5, 4, 1, 3, 2]
        hits = engine.search(Request(Word("peace"), sort="captured", limit=3)).hits
        assert [hit.section_ids for hit in hits] == [(6,), (5,), (4,)]
        hits = engine.search(Request(Word("peace"), sort="captured", by_article=True, limit=2)).hits
        assert [hit.section_ids for hit in hits] == [(6, 3), (5,)]
        engine.rebuild([section(1, changed=day(1)), section(2, changed=day(2))])
        assert ids(engine, Everything(), sort="captured") == [2, 1]

    def test_among_returns_those_of_some_sections_that_match(self, engine):
        fill(engine, section(1, 7, "peace", source="A"), section(2, 7, "talks"), section(3, 8, "peace"))
        fill(engine, section(4, 9, "peace", source="A"))
        assert engine.among(Request(Word("peace")), [1, 2, 3, 99]) == {1, 3}
        assert engine.among(Request(Word("peace"), filters=(Filter("source", ("A",)),)), [1, 3, 4]) == {1, 4}
        assert engine.among(Request(And((Word("peace"), Word("talks"))), unit="article"), [1, 2, 3]) == {1, 2}
        assert engine.among(Request(Everything()), []) == set()

    def test_pages_neither_repeat_nor_drop_a_hit(self, engine):
        fill(engine, *(section(number, 0, "peace", date=day(1 + number % 3)) for number in range(1, 30)))
        for sort in ("relevance", "newest", "oldest", "captured"):
            paged = [
                hit.section_ids[0]
                for offset in range(0, 35, 7)
                for hit in engine.search(Request(Word("peace"), sort=sort, offset=offset, limit=7)).hits
            ]
            assert paged == ids(engine, Word("peace"), sort=sort)
            assert sorted(paged) == list(range(1, 30))

    def test_points_of_an_explanation_add_up_to_the_score(self, engine):
        fill(
            engine,
            *(
                section(number, 0, f"peace {'talks ' * (number % 4)}{'war ' * (number % 7)}")
                for number in range(1, 60)
            ),
            section(60, 0, "peace", headline="peace talks"),
            section(61, 0, "war"),
        )
        for sort in ("relevance", "newest"):
            request = Request(And((Word("peace"), Word("talks"))), sort=sort, limit=100)
            hits = engine.search(request).hits
            found = engine.explain(request, [hit.section_ids[0] for hit in hits] + [61, 999])
            assert sorted(found) == sorted(hit.section_ids[0] for hit in hits)
            for hit in hits:
                explanation = found[hit.section_ids[0]]
                points = [part.points for part in explanation.words + explanation.pairs + explanation.feedback]
                assert explanation.score == hit.score
                assert sum(points) == pytest.approx(hit.score, rel=1e-6)
                assert all(point > 0 for point in points)
            assert [word.written for word in found[60].words] == ["peace", "talks"]
            assert [(weight.field, weight.frequency) for weight in found[60].words[0].fields] == [
                ("headline", 1),
                ("text", 1),
            ]
            assert found[60].words[0].sections == 60
