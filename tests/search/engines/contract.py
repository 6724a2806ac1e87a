"""The contract suite: what every engine must do. `test_contract.py` runs it against each engine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from archive.times import OutletTime
from search.engines.contract import BusyError, Document, Engine, Filter, Request, ScannedArticle, Sort
from search.query.dates import DateBound
from search.query.parser import parse
from search.query.tree import (
    Address,
    And,
    AtLeast,
    DateRange,
    Everything,
    Fuzzy,
    Keyword,
    Missing,
    Near,
    Not,
    Or,
    Phrase,
    Truncation,
    ValueFuzzy,
    ValueTruncation,
    ValueWord,
    Word,
)


def section(
    section_id: int, article_id: int = 0, text: str = "", *, changed: datetime | None = None, **values: Any
) -> Document:
    """Returns a document. Without an article id it is an article of its own."""
    return Document(section_id, article_id or section_id, {"text": text, **values}, f"state {section_id}", changed)


def day(number: int) -> datetime:
    return datetime(2025, 5, number, tzinfo=UTC)


def bound(number: int) -> DateBound:
    """Returns the start of a day of the calendar."""
    return DateBound(day(number))


def fill(engine: Engine, *documents: Document) -> None:
    with engine.write() as batch:
        for document in documents:
            batch.add(document)


def fail_in_batch(engine: Engine, article_id: int, document: Document) -> None:
    """Deletes an article, adds a document, and fails before the batch closes."""
    with engine.write() as batch:
        batch.delete_article(article_id)
        batch.add(document)
        raise ZeroDivisionError


def ids(engine: Engine, tree: Any, **options: Any) -> list[int]:
    return list(engine.scan(Request(tree, **options)))


class EngineContract:
    """A subclass defines how an engine is made: `make(folder)`."""

    def make(self, folder: Path) -> Engine:
        raise NotImplementedError

    @pytest.fixture
    def engine(self, tmp_path: Path) -> Engine:
        return self.make(tmp_path / "index")

    # --- writing ---

    def test_empty_index_has_no_results(self, engine):
        results = engine.search(Request(Word("peace"), facets=("source",), histogram="auto", by_article=True))
        assert (results.hits, results.total, results.sections, results.articles) == ((), 0, 0, 0)
        assert results.facets == {"source": ()}
        assert results.histogram.buckets == ()
        assert engine.info().documents == 0
        assert engine.fingerprints() == {}

    def test_batch_is_visible_to_the_next_search_and_not_before(self, engine):
        assert ids(engine, Everything()) == []
        with engine.write() as batch:
            batch.add(section(1))
            assert ids(engine, Everything()) == []
        assert ids(engine, Everything()) == [1]

    def test_another_engine_on_the_folder_sees_each_commit(self, engine, tmp_path):
        other = self.make(tmp_path / "index")
        for number in (1, 2, 3):
            fill(engine, section(number))
            assert ids(other, Everything()) == list(range(1, number + 1))

    def test_state_is_another_after_each_commit_and_without_some_articles(self, engine):
        fill(engine, section(1))
        before = engine.state()
        assert engine.state() == before
        assert engine.without([1]).state() != before
        assert engine.without([1]).state() == engine.without({1}).state() != engine.without([1, 2]).state()
        fill(engine, section(2))
        assert engine.state() != before
        after = engine.state()
        engine.rebuild([section(1)])
        assert engine.state() not in (before, after)

    def test_failed_batch_leaves_nothing(self, engine):
        fill(engine, section(1))
        with pytest.raises(ZeroDivisionError):
            fail_in_batch(engine, 1, section(2))
        assert ids(engine, Everything()) == [1]
        fill(engine, section(3))
        assert ids(engine, Everything()) == [1, 3]

    def test_deleting_an_article_removes_its_sections_and_no_others(self, engine):
        fill(engine, section(1, 7), section(2, 7), section(3, 8))
        with engine.write() as batch:
            batch.delete_article(7)
        assert ids(engine, Everything()) == [3]
        assert engine.fingerprints() == {3: "state 3"}
        assert engine.info().documents == 1

    def test_article_deleted_then_added_in_a_batch_is_in_the_index(self, engine):
        fill(engine, section(1, 7, "old"))
        with engine.write() as batch:
            batch.delete_article(7)
            batch.add(section(1, 7, "new"))
        assert ids(engine, Word("old")) == []
        assert ids(engine, Word("new")) == [1]

    def test_article_added_then_deleted_in_a_batch_is_not_in_the_index(self, engine):
        with engine.write() as batch:
            batch.add(section(1, 7))
            batch.delete_article(7)
            batch.add(section(2, 7))
        assert ids(engine, Everything()) == [2]

    def test_second_writer_gives_up_after_its_wait(self, engine, tmp_path):
        other = self.make(tmp_path / "index")
        with engine.write() as batch:
            batch.add(section(1))
            with pytest.raises(BusyError, match="Another process"), other.write(wait_seconds=0):
                pass
        fill(other, section(2))
        assert ids(engine, Everything()) == [1, 2]

    def test_old_index_serves_until_the_rebuild_is_done(self, engine):
        fill(engine, section(1, 0, "old"))

        def documents() -> Iterator[Document]:
            yield section(2, 0, "new")
            assert ids(engine, Everything()) == [1]

        assert engine.rebuild(documents()) == 1
        assert ids(engine, Everything()) == [2]

    def test_failed_rebuild_leaves_the_old_index(self, engine):
        fill(engine, section(1))

        def documents() -> Iterator[Document]:
            yield section(2)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            engine.rebuild(documents())
        assert ids(engine, Everything()) == [1]

    def test_many_small_commits_keep_every_section_once(self, engine):
        for number in range(1, 25):
            fill(engine, section(number, 0, f"peace {number}"))
        assert ids(engine, Word("peace"), sort="oldest") == list(range(1, 25))
        assert engine.info().segments < 12

    # --- matching ---

    def test_word_matches_its_forms_and_phrase_its_own(self, engine):
        fill(engine, section(1, 0, "talks of peace"), section(2, 0, "a talking point"), section(3, 0, "silence"))
        assert ids(engine, Word("talk"), sort="oldest") == [1, 2]
        assert ids(engine, Phrase("talks of")) == [1]
        assert ids(engine, Phrase("talk of")) == []
        assert ids(engine, Phrase("talking")) == [2]

    def test_hyphenated_word_is_found_whole_and_by_its_parts(self, engine):
        fill(engine, section(1, 0, "a cease-fire"), section(2, 0, "cease the fire"))
        assert ids(engine, Word("cease-fires")) == [1]
        assert ids(engine, Word("cease"), sort="oldest") == [1, 2]

    def test_phrase_with_an_abbreviation_in_capitals_finds_it_and_no_other_word_of_its_letters(self, engine):
        fill(engine, section(1, 0, "U.S. troops"), section(2, 0, "give us troops"), section(3, 0, "GIVE US TROOPS"))
        fill(engine, section(4, 0, "aid", headline="US aid"), section(5, 0, "aid for us", headline="WHO aid"))
        for tree, expected in (
            (Word("us"), [1, 2, 3, 4, 5]),
            (Word("US"), [1, 2, 3, 4, 5]),
            (Phrase("us"), [1, 2, 3, 4, 5]),
            (Phrase("US"), [1, 4]),
            (Phrase("U.S."), [1, 4]),
            (Phrase("US troops"), [1]),
            (Phrase("us troops"), [1, 2, 3]),
            (Phrase("US", "headline"), [4]),
            (Phrase("US", "hlead"), [1, 4]),
            (Near(Phrase("US"), Word("troops"), 3), [1]),
            (Near(Word("troops"), Phrase("US"), 3, excluded=True), [2, 3]),
            (AtLeast(1, Phrase("US")), [1, 4]),
            (And((Word("aid"), Not(Phrase("US")))), [5]),
            (Truncation("us*"), [1, 2, 3, 4, 5]),
            (Truncation("u*"), [1, 2, 3, 4, 5]),
        ):
            assert ids(engine, tree, sort="oldest") == expected
        assert engine.search(Request(Truncation("u*"))).expansions[0].forms == (("us", 5),)
        assert [form for form, _ in engine.suggest("u")] == ["us"]

    def test_phrase_does_not_reach_across_fields_or_sections(self, engine):
        fill(engine, section(1, 5, "talks", headline="peace"), section(2, 5, "peace"))
        assert ids(engine, Phrase("peace talks")) == []

    def test_field_narrows_a_word(self, engine):
        fill(engine, section(1, 0, "peace"), section(2, 0, "", headline="peace"), section(3, 0, "", heading="peace"))
        for field, expected in (("text", 1), ("headline", 2), ("heading", 3)):
            assert ids(engine, Word("peace", field)) == [expected]
            assert ids(engine, Phrase("peace", field)) == [expected]

    def test_operators(self, engine):
        fill(engine, section(1, 0, "peace talks"), section(2, 0, "peace"), section(3, 0, "talks"), section(4))
        peace, talks = Word("peace"), Word("talks")
        for tree, expected in (
            (And((peace, talks)), [1]),
            (Or((peace, talks)), [1, 2, 3]),
            (Not(peace), [3, 4]),
            (And((peace, Not(talks))), [2]),
            (And((Not(peace), Not(talks))), [4]),
            (Or((Not(peace), talks)), [1, 3, 4]),
            (Everything(), [1, 2, 3, 4]),
        ):
            assert ids(engine, tree, sort="oldest") == expected

    def test_missing_finds_what_has_no_value_in_a_field(self, engine):
        fill(engine, section(1, 1, "peace", source="Mail", date=datetime(2025, 6, 1, tzinfo=UTC), topic=("War",)))
        fill(engine, section(2, 2, "", headline="Peace", topic=()), section(3, 3, "war", source=""))
        assert ids(engine, Missing("source"), sort="oldest") == [2, 3]
        assert ids(engine, Missing("date"), sort="oldest") == [2, 3]
        assert ids(engine, Missing("topic"), sort="oldest") == [2, 3]
        assert ids(engine, Missing("text")) == [2]
        assert ids(engine, And((Word("war"), Not(Missing("headline"))))) == []

    def test_keyword_is_folded_and_filter_is_exact(self, engine):
        fill(engine, section(1, source="Die Zürcher"), section(2, source="die zurcher"))
        assert ids(engine, Keyword("source", "DIE ZURCHER"), sort="oldest") == [1, 2]
        assert ids(engine, Everything(), filters=(Filter("source", ("Die Zürcher",)),)) == [1]
        assert ids(engine, Everything(), filters=(Filter("source", excluded=("Die Zürcher",)),)) == [2]

    def test_word_of_a_value_is_found_in_any_of_them(self, engine):
        fill(engine, section(1, byline=("Ada Møller", "Bo Reed")), section(2, byline="MØLLER"), section(3))
        fill(engine, section(4, byline="Ann Möller-Roe"), section(5, byline="Lea Mollerup", text="Møller"))
        fill(engine, section(6, byline="Ada Moeller"))
        for word, expected in (
            ("møller", [1, 2, 4, 6]),
            ("moller", [1, 2, 4]),
            ("moeller", [1, 2, 4, 6]),
            ("möller-roe", [4]),
            ("Ada-Møller", [1]),
            ("bo", [1]),
            ("møll", []),
            ("bo-møller", []),
        ):
            assert ids(engine, ValueWord("byline", word), sort="oldest") == expected, word
        assert ids(engine, Not(ValueWord("byline", "moeller")), sort="oldest") == [3, 5]
        assert ids(engine, ValueWord("source", "Ada")) == []

    def test_whole_value_is_compared_without_separators(self, engine):
        fill(engine, section(1, topic="white_house"), section(2, topic=("Sport", "White House")))
        fill(engine, section(3, topic="Whitehouse"), section(4, topic="White House Press"))
        for written in ("white house", "WHITE_HOUSE", "White-House", "whitehouse"):
            assert ids(engine, Keyword("topic", written), sort="oldest") == [1, 2, 3], written
        assert ids(engine, ValueWord("topic", "white"), sort="oldest") == [1, 2, 4]
        assert ids(engine, Keyword("topic", "white")) == ids(engine, Keyword("topic", "-")) == []

    def test_other_name_of_a_value_finds_it_and_is_no_value(self, engine: Engine) -> None:
        under_polls: dict[str, Any] = {
            "topic": ("Elections", "Politics"),
            "topic.names": ("Ballots", "Public affairs"),
        }
        politics: dict[str, Any] = {"topic.names": ("Public affairs",)}
        fill(engine, section(1, **under_polls | {"filed": ("Elections",), "filed.names": ("Ballots",)}))
        fill(engine, section(2, topic=("Politics",), filed=("Politics",), **politics))
        fill(engine, section(3, topic=("Trade",), filed=("Trade",)))
        for node, found in (
            (Keyword("topic", "ballots"), [1]),
            (Keyword("topic", "PUBLIC AFFAIRS"), [1, 2]),
            (ValueWord("topic", "affairs"), [1, 2]),
            (ValueTruncation("topic", "ball*"), [1]),
            (Keyword("filed", "ballots"), [1]),
            (Keyword("filed", "politics"), [2]),
            (Keyword("filed", "public affairs"), []),
            (Keyword("topic", "affairs"), []),
        ):
            assert ids(engine, node, sort="oldest") == found, node
        results = engine.search(Request(Everything(), facets=("topic", "filed")))
        assert results.facets["topic"] == (("Politics", 2), ("Elections", 1), ("Trade", 1))
        assert results.facets["filed"] == (("Elections", 1), ("Politics", 1), ("Trade", 1))
        assert engine.suggest("affa", field="topic") == (("Public affairs", 2),)
        expanded = engine.search(Request(ValueTruncation("topic", "p*l*"))).expansions
        assert [(form, count) for form, count in expanded[0].forms] == [("Politics", 2), ("Public affairs", 2)]

    def test_code_is_found_by_its_names(self, engine):
        fill(engine, section(1, lang="en", kind="live"), section(2, lang="en-GB", month="2025-06"))
        fill(engine, section(3, lang="de"), section(4, lang="en-CA", month="2024-06"))
        for tree, expected in (
            (ValueWord("lang", "english"), [1, 2, 4]),
            (ValueWord("lang", "en"), [1, 2, 4]),
            (ValueWord("lang", "en-GB"), [2]),
            (ValueWord("lang", "ca"), []),
            (Keyword("lang", "en"), [1]),
            (Keyword("lang", "English"), [1]),
            (Keyword("lang", "british english"), [2]),
            (Keyword("lang", "Deutsch"), [3]),
            (Keyword("kind", "Live page"), [1]),
            (ValueWord("month", "june"), [2, 4]),
            (Keyword("month", "June 2025"), [2]),
            (Not(ValueWord("lang", "english")), [3]),
        ):
            assert ids(engine, tree, sort="oldest") == expected, tree

    def test_address_is_found_by_its_host_and_its_parts(self, engine):
        addresses = (
            "bbc.co.uk/news/live/world-123",
            "news.bbc.co.uk/sport/2?id=5&x=a",
            "notbbc.co.uk/news",
            "bbc.co.uk/newsround",
            ("web.example/bbc.co.uk/news", "other.example/a"),
            "bbc.co.uk.example/news",
            "münchen.example/café/world-1234",
            "bbc.co.uk:8080/",
            "example.org/live#block-17",
        )
        fill(engine, *(section(number, url=url) for number, url in enumerate(addresses, start=1)), section(99))
        for written, expected in (
            ("url:bbc.co.uk", [1, 2, 4, 5, 8]),
            ("url:bbc.co.uk/news", [1, 5]),
            ("url:bbc.co.uk/news*", [1, 4, 5]),
            ("url:bbc.co", [5]),
            ("url:bbc.co*", [1, 2, 4, 5, 6, 8]),
            ("url:*bbc.co.uk", [1, 2, 3, 4, 5, 8]),
            ("url:bbc", [1, 2, 4, 5, 6, 8]),
            ("url:co.uk", [1, 2, 3, 4, 5, 8]),
            ("site:bbc.co.uk", [1, 2, 4, 8]),
            ("site:www.bbc.co.uk/news/", [1]),
            ("site:*.bbc.co.uk", [1, 2, 4, 8]),
            ("site:.uk", [1, 2, 3, 4, 8]),
            ("site:uk", [1, 2, 3, 4, 6, 8]),
            ("site:bbc", [1, 2, 4, 6, 8]),
            ("site:news", [2]),
            ("site:bbc.*/news*", [1, 4, 6]),
            ("host:MÜNCHEN.example", [7]),
            ("url:world-123", [1]),
            ("url:world-123*", [1, 7]),
            ("url:world", [1, 7]),
            ("url:/sport/2", [2]),
            ("url:live*world", [1]),
            ("url:caf%C3%A9", [7]),
            ("url:?id=5", [2]),
            ("url:https://www.bbc.co.uk/news/live/world-123#top", [1]),
            ('url:"HTTP://BBC.co.uk/News/Live/World-123/?utm_source=x"', [1]),
            ('url:"bbc.co.uk/news"', []),
            ('url:"bbc.co.uk:8080"', [8]),
            ('url:"example.org/live"', [9]),
            ("url:example.org/live", [9]),
            ("url:a", [2, 5]),
            ("url:none", [99]),
            ("url:* -site:uk -url:example", []),
            ("NOT url:bbc", [3, 7, 9, 99]),
            ("url:(world OR newsround)", [1, 4, 7]),
        ):
            tree = parse(written, now=datetime(2025, 6, 3, tzinfo=UTC)).tree
            assert ids(engine, tree, sort="oldest") == expected, written

    def test_addresses_with_a_part_are_listed_with_their_numbers(self, engine):
        fill(engine, section(1, 7, url="a.example/x"), section(2, 8, url=("a.example/x", "b.example/x")))
        fill(engine, section(3, 9, url="c.example/y"))
        with engine.write() as batch:
            batch.delete_article(7)
        (expansion,) = engine.search(Request(Address("url", "x"))).expansions
        assert (expansion.written, expansion.total) == ("url:x", 2)
        assert expansion.forms == (("a.example/x", 1), ("b.example/x", 1))
        assert engine.search(Request(Address("url", "a.example/x", whole=True))).expansions == ()

    def test_pattern_is_matched_with_the_words_of_values(self, engine):
        fill(engine, section(1, byline=("Ada Møller", "Bo Reed")), section(2, byline="Al-Reedy Rolland"))
        fill(engine, section(3, source="Reed", lang="en"))
        for tree, expected in (
            (ValueTruncation("byline", "ree*"), [1, 2]),
            (ValueTruncation("byline", "r?ed"), [1]),
            (ValueTruncation("byline", "al-ree*"), [2]),
            (ValueTruncation("byline", "ada-ree*"), []),
            (ValueTruncation("byline", "møll*"), [1]),
            (ValueTruncation("lang", "engl*"), [3]),
            (ValueFuzzy("byline", "moler", 1), [1]),
            (ValueFuzzy("byline", "rolan", 1), []),
            (ValueFuzzy("byline", "rolan", 2), [2]),
            (And((ValueFuzzy("byline", "reid", 1), Not(ValueTruncation("byline", "a*")))), []),
        ):
            assert ids(engine, tree, sort="oldest") == expected, tree
        trees = (ValueTruncation("byline", "ree*"), ValueFuzzy("byline", "moler", 1))
        expansions = engine.search(Request(Or(trees))).expansions
        assert [expansion.written for expansion in expansions] == ["byline:ree*", "byline:moler~1"]
        assert [expansion.forms for expansion in expansions] == [
            (("Al-Reedy Rolland", 1), ("Bo Reed", 1)),
            (("Ada Møller", 1),),
        ]

    def test_values_with_a_word_are_listed_with_their_numbers(self, engine):
        fill(engine, section(1, 7, byline=("Ada Reed", "Bo")), section(2, 8, byline="Bo Reed"))
        fill(engine, section(3, 9, byline="Bo Reed"))
        with engine.write() as batch:
            batch.delete_article(8)
        (expansion,) = engine.search(Request(And((ValueWord("byline", "reed"), Word("peace"))))).expansions
        assert expansion.written == "byline:reed"
        assert expansion.forms == (("Ada Reed", 1), ("Bo Reed", 1))
        assert expansion.total == 2

    def test_date_range_is_half_open_and_excludes_undated_sections(self, engine):
        fill(engine, section(1, date=day(1)), section(2, date=day(2)), section(3, date=day(3)), section(4))
        assert ids(engine, DateRange("date", "", bound(1), bound(3)), sort="oldest") == [1, 2]
        assert ids(engine, DateRange("date", "", None, None), sort="oldest") == [1, 2, 3]

    # --- order, pages, counts ---

    def test_headline_weighs_more_than_text_and_a_rare_word_more_than_a_common_one(self, engine):
        fill(engine, section(1, 0, "peace"), section(2, 0, "war", headline="peace"), section(3, 0, "war talks"))
        assert ids(engine, Word("peace")) == [2, 1]
        assert ids(engine, Or((Word("war"), Word("talks"))))[0] == 3

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

    def test_article_unit_takes_sections_together(self, engine):
        fill(engine, section(1, 7, "peace"), section(2, 7, "talks"), section(3, 8, "peace"))
        both = And((Word("peace"), Word("talks")))
        assert ids(engine, both) == []
        assert ids(engine, both, unit="article", sort="oldest") == [1, 2]
        assert ids(engine, And((Word("peace"), Not(Word("talks")))), unit="article") == [3]

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

    # --- days of outlets ---

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

    # --- entries of live pages ---

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

    # --- suggestions ---

    def test_suggested_words_are_forms_ordered_by_number_of_sections(self, engine):
        fill(
            engine,
            section(1, 0, "Talks about Talks", headline="Éclair"),
            section(2, 0, "talking talks"),
            section(3, 0, "eclairs, tall"),
        )
        assert engine.suggest("tal") == (("talks", 2), ("talking", 1), ("tall", 1))
        assert engine.suggest("talks") == (("talks", 2),)
        assert engine.suggest("ecl") == (("eclair", 1), ("eclairs", 1))
        assert engine.suggest("tal", limit=1) == (("talks", 2),)
        assert engine.suggest("ec", field="headline") == (("eclair", 1), ("eclairs", 1))
        assert engine.suggest("tal", field="headline") == ()
        assert engine.suggest("tall", field="text") == (("tall", 1),)
        assert engine.suggest("x") == ()

    def test_suggested_values_have_a_word_with_the_prefix(self, engine):
        fill(
            engine,
            section(1, source="Die Zürcher", byline="Ada O'Neil"),
            section(2, source="die zurcher"),
            section(3, source="die zurcher"),
            section(4, source="The Independent", topic=("Zurich–Bern", "Trade")),
            section(5),
        )
        assert engine.suggest("zur", field="source") == (("die zurcher", 3),)
        assert engine.suggest("", field="source") == (("die zurcher", 3), ("The Independent", 1))
        assert engine.suggest("ind", field="source") == (("The Independent", 1),)
        assert engine.suggest("the ind", field="source") == (("The Independent", 1),)
        assert engine.suggest("ndependent", field="source") == ()
        assert engine.suggest("bern", field="topic") == (("Zurich–Bern", 1),)
        assert engine.suggest("neil", field="byline") == (("Ada O'Neil", 1),)

    def test_suggested_articles_have_all_words_in_their_headline(self, engine):
        fill(
            engine,
            section(1, 7, "x", headline="Prisoner exchange agreed", date=day(1)),
            section(2, 7, "x", headline="Prisoner exchange agreed", date=day(2)),
            section(3, 8, "x", headline="Exchanges of prisoners", date=day(3)),
            section(4, 9, "prisoner exchange", headline="Talks"),
        )
        assert engine.suggest_articles(["prisoners"], "exch") == ((8, 1), (7, 2))
        assert engine.suggest_articles(["prisoners"], "exchanges") == ((8, 1),)
        assert engine.suggest_articles(["prisoner", "exchange"]) == ((8, 1), (7, 2))
        assert engine.suggest_articles(["agreed"], "prisoners") == ()
        assert engine.suggest_articles([], "exc", limit=1) == ((8, 1),)
        assert engine.suggest_articles([], "t") == ((9, 1),)

    def test_deleted_sections_are_not_suggested(self, engine):
        fill(engine, *(section(number, 0, "war", source="Mail", headline="War") for number in range(10, 40)))
        fill(engine, section(1, 7, "peace", source="Globe", headline="Peace"), section(2, 8, "peace"))
        with engine.write() as batch:
            batch.delete_article(7)
        assert engine.suggest("p") == (("peace", 1),)
        assert engine.suggest("", field="source") == (("Mail", 30),)
        assert engine.suggest_articles([], "p") == ()

    # --- vocabulary ---

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

    # --- without some articles ---

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
