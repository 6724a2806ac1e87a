"""Which sections words, phrases and operators match."""

from search.engines.contract import Request
from search.query.tree import And, AtLeast, Everything, Near, Not, Or, Phrase, Truncation, Word

from .documents import EngineMaker, fill, ids, section


class WordsContract(EngineMaker):
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

    def test_article_unit_takes_sections_together(self, engine):
        fill(engine, section(1, 7, "peace"), section(2, 7, "talks"), section(3, 8, "peace"))
        both = And((Word("peace"), Word("talks")))
        assert ids(engine, both) == []
        assert ids(engine, both, unit="article", sort="oldest") == [1, 2]
        assert ids(engine, And((Word("peace"), Not(Word("talks")))), unit="article") == [3]
