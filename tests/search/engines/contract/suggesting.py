"""Completions of words, values and headlines."""

from .documents import EngineMaker, day, fill, section


class SuggestingContract(EngineMaker):
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
