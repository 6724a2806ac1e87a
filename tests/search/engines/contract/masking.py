"""An index without some articles, or with other values of some."""

from dataclasses import replace
from typing import Any

import pytest

from search.engines.contract import Engine, Request
from search.query.tree import And, Everything, Fuzzy, Keyword, Missing, Not, Or, Phrase, Truncation, ValueWord, Word

from .documents import EngineMaker, day, fill, section


class MaskingContract(EngineMaker):
    def fill_two(self, tmp_path) -> tuple[Engine, Engine]:
        """Returns an engine with articles 1 to 12, and one that had them all and has lost those divisible by 3."""
        documents = [
            section(
                100 * article + place,
                article,
                f"peace talks {'marker' if article % 3 == 0 else 'harbour'} number{article} word{place}",
                headline=f"{'Marker' if article % 3 == 0 else 'Harbour'} story {article}",
                source="Hidden Wire" if article % 3 == 0 else "Courier",
                topic=(f"topic {article % 3}",),
                date=day(article),
            )
            for article in range(1, 13)
            for place in range(article % 4 + 1)
        ]
        whole, rest = self.make(tmp_path / "whole"), self.make(tmp_path / "rest")
        for first in range(0, len(documents), 10):
            # Several batches make several segments.
            fill(whole, *documents[first : first + 10])
            fill(rest, *documents[first : first + 10])
        with rest.write() as batch:
            for article in (3, 6, 9, 12):
                batch.delete_article(article)
        return whole, rest

    @pytest.mark.parametrize("unit", ["section", "article"])
    @pytest.mark.parametrize(
        "tree",
        [
            Everything(),
            Word("marker"),
            Word("peace"),
            Or((Word("marker"), Word("harbour"))),
            And((Word("talks"), Not(Word("number4")))),
            Not(Word("marker")),
            Phrase("peace talks"),
            Truncation("mark*"),
            Truncation("number*"),
            Fuzzy("harbor", 2),
            Fuzzy("markers", 2),
            ValueWord("source", "wire"),
            Keyword("topic", "topic 0"),
            Missing("byline"),
        ],
        ids=repr,
    )
    def test_masked_articles_are_as_if_deleted(self, tmp_path, tree, unit):
        whole, rest = self.fill_two(tmp_path)
        masked = whole.without([3, 6, 9, 12])
        for by_article in (False, True):
            request = Request(tree, unit, by_article, facets=("source", "topic"), histogram="auto", limit=50)
            found, expected = masked.search(request), rest.search(request)
            assert found == expected
            sections = [section_id for hit in found.hits for section_id in hit.section_ids]
            assert masked.explain(request, sections) == rest.explain(request, sections)
            assert list(masked.scan(request)) == list(rest.scan(request))
            assert list(masked.scan_articles(request)) == list(rest.scan_articles(request))
            everything = whole.scan(Request(Everything()))
            assert masked.among(request, list(everything)) == set(rest.scan(request))
        assert masked.count(tree) == rest.count(tree)

    def test_words_of_masked_articles_are_not_suggested(self, tmp_path):
        whole, rest = self.fill_two(tmp_path)
        masked = whole.without([3, 6, 9, 12])
        assert whole.suggest("mark") == (("marker", 10),)
        for reader in (masked, rest):
            assert reader.suggest("mark") == ()
            assert reader.suggest("mark", field="headline") == ()
            assert reader.suggest("hid", field="source") == ()
            assert reader.suggest("topic", field="topic") == rest.suggest("topic", field="topic")
            assert reader.suggest_articles([], "mark") == ()
            assert reader.suggest_articles(["story"]) == rest.suggest_articles(["story"])
            assert reader.similar_forms("markers", edits=2) == ()
            assert reader.similar_forms("harbou", edits=1) == rest.similar_forms("harbou", edits=1)
        assert masked.document_frequencies(["marker", "number3"]) == (rest.info().documents, [0, 0])

    @pytest.mark.parametrize("hidden", [[], [3, 6]], ids=repr)
    def test_other_values_of_articles_are_as_if_indexed(self, tmp_path, hidden):
        values: dict[int, Any] = {
            1: {"source": "Zebra Post", "topic": ()},
            4: {"source": "Hidden Wire", "topic": ("new", "topic 2")},
        }
        whole, other = self.make(tmp_path / "whole"), self.make(tmp_path / "other")
        for place in (0, 1):
            numbers = range(1, 9)
            known: list[tuple[int, dict[str, Any]]] = [
                (number, {"source": "Courier", "topic": (f"topic {number % 3}",)}) for number in numbers
            ]
            fill(whole, *(section(10 * number + place, number, **fields) for number, fields in known))
            known = [(number, fields | values.get(number, {})) for number, fields in known if number not in hidden]
            fill(other, *(section(10 * number + place, number, **fields) for number, fields in known))
        masked = whole.without(hidden, values=values)
        assert masked.state() != whole.without(hidden).state()
        trees = (Everything(), Keyword("source", "courier"), ValueWord("source", "post"), Keyword("topic", "new"))
        for tree in (*trees, Keyword("topic", "topic 1"), Missing("topic")):
            for options in ({}, {"by_article": True}, {"by_article": True, "fold": "source"}):
                request = Request(tree, facets=("source", "topic"), limit=50, **options)
                found, expected = masked.search(request), other.search(request)
                assert replace(found, hits=()) == replace(expected, hits=())
                assert {hit.article_id for hit in found.hits} == {hit.article_id for hit in expected.hits}
        for prefix in ("zeb", "cour", "hid", "topic", "new"):
            for name in ("source", "topic"):
                assert masked.suggest(prefix, field=name) == other.suggest(prefix, field=name)
        assert whole.count(Keyword("source", "zebra post")) == 0

    def test_a_mask_is_of_one_call(self, tmp_path):
        whole, _ = self.fill_two(tmp_path)
        assert whole.without([3]).count(Word("number3")) == 0
        assert whole.without([6]).count(Word("number3")) == whole.count(Word("number3")) > 0
        assert whole.without([]).count(Everything()) == whole.info().documents
        assert whole.without([999]).count(Everything()) == whole.info().documents
        masked = whole.without([3])
        fill(whole, section(1, 3, "number3"), section(2, 99, "number3"))
        assert list(masked.scan(Request(Word("number3")))) == [2]
