"""Which sections values of keyword fields match: names, codes, addresses."""

from datetime import UTC, datetime
from typing import Any

from search.engines.contract import Engine, Filter, Request
from search.query.parser import parse
from search.query.tree import (
    Address,
    And,
    Everything,
    Keyword,
    Missing,
    Not,
    Or,
    ValueFuzzy,
    ValueTruncation,
    ValueWord,
    Word,
)

from .documents import EngineMaker, fill, ids, section


class ValuesContract(EngineMaker):
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
