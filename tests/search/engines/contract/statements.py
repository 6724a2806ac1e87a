"""What is said in sections, by whom and through whom: `said()`."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from search.engines.contract import Document, Engine, Filter, Request
from search.engines.statements import SaidText
from search.query.parser import parse
from search.query.tree import Node

from .documents import EngineMaker, bound, day, fill, ids


def read(written: str) -> Node:
    """Returns the tree of a query."""
    return parse(written, now=datetime(2025, 6, 3, tzinfo=UTC)).tree


def quote(section_id: int, marked: str, *names: tuple[str, str], article_id: int = 0, **values: Any) -> Document:
    """Returns a section with a statement for each of `names`, a speaker and a source ("" where there is none).

    In the marked text, the words of the first statement are in [brackets], those of the second in {braces}; either
    may have several pieces.
    """
    text = ""
    pieces: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    starts = [0, 0]
    for sign in marked:
        if sign in "[{":
            starts["[{".index(sign)] = len(text)
        elif sign in "]}":
            number = "]}".index(sign)
            pieces[number].append((starts[number], len(text)))
        else:
            text += sign
    said = tuple(
        SaidText(
            tuple(("text", start, end) for start, end in places),
            (speaker,) if speaker else (),
            (source,) if source else (),
        )
        for places, (speaker, source) in zip(pieces, names, strict=False)
    )
    named = {
        "speaker": tuple(dict.fromkeys(name for statement in said for name in statement.speaker)),
        "via": tuple(dict.fromkeys(name for statement in said for name in statement.via)),
    }
    return Document(section_id, article_id or section_id, {"text": text, **named, **values}, statements=said)


NOBODY = ("", "")
ADA = ("Ada Reed", "")
BO = ("Bo", "")


class StatementsContract(EngineMaker):
    def check(self, engine: Engine, *cases: tuple[str, list[int]], **options: Any) -> None:
        for written, expected in cases:
            assert ids(engine, read(written), sort="oldest", **options) == expected, written

    def test_words_are_found_in_statements_alone(self, engine: Engine) -> None:
        fill(
            engine,
            quote(1, "He [wants peace], and there is no war.", ADA),
            quote(2, "Peace came. [The wars are over.]", NOBODY),
            quote(3, "Nobody spoke of peace or war."),
            quote(4, "A note of peace", headline="She wants peace"),
        )
        self.check(
            engine,
            ("said(peace)", [1]),
            ("said(war)", [2]),
            ("said(wars)", [2]),
            ('said("war")', []),
            ('said("wants peace")', [1]),
            ('said("He wants")', []),
            ("said(pea*)", [1]),
            ("said(peaca~1)", [1]),
            ("said(peace OR war)", [1, 2]),
            ("said(peace) war", [1]),
            ("NOT said(peace)", [2, 3, 4]),
            ("said(*)", [1, 2]),
            ("said(text:peace)", [1]),
            ("said(headline:peace)", []),
            ("said(nothing)", []),
        )

    def test_words_are_in_one_statement(self, engine: Engine) -> None:
        fill(
            engine,
            quote(1, "[Peace], said Ada. {Talks}, said Bo.", ADA, BO),
            quote(2, "[Peace and talks], said Ada. {War}, said Bo.", ADA, BO),
            quote(3, "[Peace], said Ada, [and talks].", ADA),
        )
        self.check(
            engine,
            ("said(peace talks)", [2, 3]),
            ("said(peace) said(talks)", [1, 2, 3]),
            ("said(peace NOT talks)", [1]),
            ("said(NOT peace)", [1, 2]),
            ("said(peace) NOT said(talks)", []),
            ("said((peace OR war) NOT talks)", [1, 2]),
        )

    def test_distances_and_numbers_are_those_of_a_statement(self, engine: Engine) -> None:
        fill(
            engine,
            quote(1, "[Peace], {talks} now", ADA, BO),
            quote(2, "[peace and talks and peace] and peace", ADA),
            quote(3, "[peace], he said, [talks] and peace", ADA),
            quote(4, "[peace {talks] war peace}", ADA, BO),
        )
        self.check(
            engine,
            ("said(peace w/2 talks)", [2, 4]),
            ("said(peace w/3 talks)", [2, 3, 4]),
            ("said(talks pre/2 peace)", [2, 4]),
            ("said(talks pre/3 peace)", [2, 4]),
            ("said(peace NOT w/9 talks)", [1]),
            ("said(atleast2(peace))", [2]),
            ("said(atleast1(peace OR talks))", [1, 2, 3, 4]),
            ("said(atleast3(peace OR talks))", [2]),
            ('said("talks war")', [4]),
            ('said("peace talks war")', []),
        )

    def test_word_stands_in_a_piece_if_it_begins_there(self, engine: Engine) -> None:
        pieces = {1: (0, 1), 2: (1, 5), 3: (0, 0), 4: (5, 6), 5: (6, 900), 6: (0, 12)}
        fill(
            engine,
            *(
                Document(number, number, {"text": "peace talks"}, statements=(SaidText((("text", *piece),)),))
                for number, piece in pieces.items()
            ),
        )
        self.check(
            engine,
            ("said(peace)", [1, 6]),
            ("said(talks)", [5, 6]),
            ('said("peace talks")', [6]),
            ("said(peace talks)", [6]),
        )

    def test_pieces_are_in_fields(self, engine: Engine) -> None:
        values = {"headline": "Peace talks", "heading": "Peace now", "text": "War"}
        of_heading = SaidText((("heading", 0, 5), ("text", 0, 3)))
        of_headline = SaidText((("headline", 6, 11),))
        fill(
            engine,
            Document(1, 1, values, statements=(of_heading,)),
            Document(2, 2, values, statements=(of_headline,)),
        )
        self.check(
            engine,
            ("said(peace)", [1]),
            ("said(heading:peace)", [1]),
            ("said(headline:peace)", []),
            ("said(text:war heading:peace)", [1]),
            ("said(peace w/9 war)", []),
            ("said(talks)", [2]),
            ("said(now)", []),
        )

    def test_names_are_those_of_the_statement(self, engine: Engine) -> None:
        fill(
            engine,
            quote(1, "[Peace], {war}", ("Ada Reed", "Reuters"), BO),
            quote(2, "[Peace], {war}", BO, ("Ada Reed", "TASS")),
            quote(3, "[Peace], {war}", NOBODY, ("", "TASS")),
        )
        self.check(
            engine,
            ("said(peace speaker:reed)", [1]),
            ('said(peace speaker:"ada reed")', [1]),
            ('said(war speaker:"ADA REED")', [2]),
            ("said(peace speaker:re*)", [1]),
            ("said(peace speaker:reid~1)", [1]),
            ("said(war via:tass)", [2, 3]),
            ("said(peace via:tass)", []),
            ("said(speaker:reed via:tass)", [2]),
            ("said(speaker:none)", [3]),
            ("said(peace via:none)", [2, 3]),
            ("said(peace NOT speaker:reed)", [2, 3]),
            ("said(speaker:none via:none)", [3]),
            ("speaker:reed", [1, 2]),
        )

    def test_other_values_are_those_of_the_section(self, engine: Engine) -> None:
        fill(
            engine,
            quote(1, "[Peace]", ADA, source="Mail", place=("Kyiv",), date=day(1)),
            quote(2, "[Peace]", ADA, source="Globe", date=day(2)),
        )
        self.check(
            engine,
            ("said(peace source:mail)", [1]),
            ("said(peace place:none)", [2]),
            ("said(peace NOT source:mail)", [2]),
            ("said(peace date:2025-05-02)", [2]),
        )

    def test_statements_overlap(self, engine: Engine) -> None:
        fill(engine, quote(1, "[peace {talks] war}", ADA, BO), quote(2, "[{peace} talks]", ADA, BO))
        self.check(
            engine,
            ("said(talks speaker:reed)", [1, 2]),
            ("said(talks speaker:bo)", [1]),
            ("said(peace war)", []),
            ("said(peace speaker:bo)", [2]),
            ("said(peace talks speaker:bo)", []),
        )

    def test_each_count_is_what_a_choice_of_it_finds(self, engine: Engine) -> None:
        fill(
            engine,
            *(
                quote(number, "[Peace], {war}", ADA if number % 2 else BO, NOBODY, article_id=number // 3 + 1)
                for number in range(1, 12)
            ),
        )
        for written in ("said(peace)", "said(war)", "said(peace speaker:bo)", "NOT said(war speaker:bo)"):
            tree = read(written)
            for by_article in (False, True):
                results = engine.search(Request(tree, by_article=by_article, facets=("speaker",)))
                for value, count in results.facets["speaker"]:
                    narrowed = Request(tree, by_article=by_article, filters=(Filter("speaker", (value,)),))
                    assert engine.search(narrowed).total == count
            assert engine.count(tree) == len(ids(engine, tree))

    def test_statements_outlast_commits_and_go_with_their_articles(self, engine: Engine) -> None:
        for number in range(1, 13):
            speaker = ("Ada Reed" if number % 3 else "Bo", f"Wire {number % 4}")
            fill(engine, quote(number, f"[word{number} peace], {{war}}", speaker, BO))
        with engine.write() as batch:
            for number in (6, 7, 8):
                batch.delete_article(number)
        kept = [number for number in range(1, 13) if number not in (6, 7, 8)]
        self.check(
            engine,
            ("said(peace)", kept),
            ("said(peace speaker:bo)", [number for number in kept if number % 3 == 0]),
            ("said(via:2)", [number for number in kept if number % 4 == 2]),
            ("said(word9)", [9]),
            ("said(word7)", []),
            ("said(war speaker:reed)", []),
        )

    def test_masked_articles_say_nothing(self, engine: Engine) -> None:
        fill(engine, quote(1, "[Peace]", ADA), quote(2, "[Peace]", BO), quote(3, "[War]", ADA))
        masked = engine.without([1])
        assert list(masked.scan(Request(read("said(peace)")))) == [2]
        assert list(masked.scan(Request(read("said(speaker:reed)")))) == [3]
        assert masked.count(read("NOT said(war)")) == 1

    # --- lists ---

    def fill_numbered(self, engine: Engine) -> None:
        """Writes sections 1 to 4, the newest last, with statements 11, 12; 21; 31, 32 of speakers 5, 6, and nobody."""

        def said(number: int, by: int, label: str, *naming: int) -> SaidText:
            return SaidText((("text", 0, 5),), (label,) if label else (), (), number, by, naming)

        statements = {
            1: (said(11, 5, "Washington", 6), said(12, 6, "Washington")),
            2: (said(21, 0, "", 7, 6),),
            3: (said(31, 6, "Washington", 7), said(32, 8, "Ada Reed")),
            4: (),
        }
        for number, of_section in statements.items():
            values: dict[str, Any] = {"text": "peace", "date": day(number), "speaker": ("Washington", "Ada Reed")}
            fill(engine, Document(number, number + 90, values, statements=of_section))

    def test_statements_of_a_result_are_listed_in_its_order(self, engine: Engine) -> None:
        self.fill_numbered(engine)
        newest = Request(read("peace"), sort="newest")
        listed = engine.list_statements(newest)
        assert listed.found == ((3, 31), (3, 32), (2, 21), (1, 11), (1, 12))
        assert (listed.total, listed.sections, listed.groups, listed.speakers) == (5, 3, (), 0)
        oldest = engine.list_statements(replace(newest, sort="oldest", offset=1, limit=2))
        assert (oldest.found, oldest.total, oldest.sections) == (((1, 12), (2, 21)), 5, 3)
        span = replace(newest, span=(bound(2), bound(3)))
        assert engine.list_statements(span).found == ((2, 21),)
        nothing = engine.list_statements(Request(read("absent")))
        assert (nothing.total, nothing.sections, nothing.found) == (0, 0, ())
        assert engine.list_statements(replace(newest, offset=5)).found == ()

    def test_statements_by_a_speaker_and_those_that_name_somebody(self, engine: Engine) -> None:
        self.fill_numbered(engine)
        newest = Request(read("peace"), sort="newest")
        cases: tuple[tuple[dict[str, Any], tuple[tuple[int, int], ...]], ...] = (
            ({"by": 6}, ((3, 31), (1, 12))),
            ({"by": 5}, ((1, 11),)),
            ({"by": 99}, ()),
            ({"naming": 6}, ((2, 21), (1, 11))),
            ({"naming": 7}, ((3, 31), (2, 21))),
            ({"by": 6, "naming": 7}, ((3, 31),)),
        )
        for options, found in cases:
            listed = engine.list_statements(newest, **options)
            assert listed.found == found, options
            assert (listed.total, listed.sections) == (len(found), len({section for section, _ in found}))

    def test_statements_by_speaker_have_those_with_most_first_and_nobody_last(self, engine: Engine) -> None:
        self.fill_numbered(engine)
        newest = Request(read("peace"), sort="newest")
        listed = engine.list_statements(newest, by_speaker=True)
        assert [(group.by, group.label, group.total, group.found) for group in listed.groups] == [
            (6, "Washington", 2, ((3, 31), (1, 12))),
            (8, "Ada Reed", 1, ((3, 32),)),
            (5, "Washington", 1, ((1, 11),)),
            (0, "", 1, ((2, 21),)),
        ]
        assert (listed.total, listed.sections, listed.speakers) == (5, 3, 4)
        page = engine.list_statements(replace(newest, offset=1, limit=2), by_speaker=True)
        assert [(group.by, group.total, group.found) for group in page.groups] == [
            (6, 2, ((1, 12),)),
            (8, 1, ((3, 32),)),
        ]
        assert (page.found, page.total, page.speakers) == (((1, 12), (3, 32)), 5, 4)

    def fill_said(self, engine: Engine) -> None:
        """Writes sections 1 to 3, with statements 11, 12; 21, 22; 31: of peace by Ada and Bo, and of war."""

        def said(number: int, start: int, by: int, speaker: str = "", via: str = "") -> SaidText:
            names = (speaker,) if speaker else (), (via,) if via else ()
            return SaidText((("text", start, start + 5),), *names, number, by)

        statements = {
            1: (said(11, 0, 1, "Ada Reed"), said(12, 6, 2, "Bo", "TASS")),
            2: (said(21, 0, 2, "Bo", "Reuters"), said(22, 0, 0)),
            3: (said(31, 6, 1, "Ada Reed", "TASS"),),
        }
        for number, of_section in statements.items():
            values: dict[str, Any] = {
                "text": "peace talks",
                "date": day(number),
                "speaker": tuple(name for statement in of_section for name in statement.speaker),
                "via": tuple(name for statement in of_section for name in statement.via),
            }
            fill(engine, Document(number, number + 90, values, statements=of_section))

    def check_listed(self, engine: Engine, request: Request, numbers: list[int]) -> None:
        """The list has these statements, is counted so, and has the same by speaker and by pages of two."""
        listed = engine.list_statements(request)
        assert [found.number for found in listed.found] == numbers
        assert (listed.total, listed.sections) == (len(numbers), len({number // 10 for number in numbers}))
        grouped = engine.list_statements(request, by_speaker=True)
        assert sorted(found.number for group in grouped.groups for found in group.found) == sorted(numbers)
        assert (grouped.total, sum(group.total for group in grouped.groups)) == (listed.total, listed.total)
        assert grouped.speakers == len(grouped.groups)
        for by_speaker, whole in ((False, listed), (True, grouped)):
            paged = [
                found
                for offset in range(0, len(numbers) + 1, 2)
                for found in engine.list_statements(
                    replace(request, offset=offset, limit=2), by_speaker=by_speaker
                ).found
            ]
            assert tuple(paged) == whole.found

    @pytest.mark.parametrize(
        ("written", "numbers"),
        [
            ("peace", [11, 12, 21, 22, 31]),
            ("said(peace)", [11, 21, 22]),
            ("said(talks)", [12, 31]),
            ("said(peace NOT talks)", [11, 21, 22]),
            ("said(peace talks)", []),
            ("peace NOT said(war)", [11, 12, 21, 22, 31]),
            ("said(talks) said(peace)", [11, 12]),
            ("said(talks) OR peace", [12, 31]),
            ("said(peace) by:bo", [21]),
            ("said(peace) speaker:bo", [21]),
            ("said(peace source:none)", [11, 21, 22]),
            ("speaker:bo", [12, 21]),
            ("speaker:(bo OR reed)", [11, 12, 21, 31]),
            ("speaker:bo via:tass", [12]),
            ("speaker:reed via:tass", [31]),
            ('speaker:"bo" speaker:"ada reed"', [11, 12]),
            ("speaker:*", [11, 12, 21, 31]),
            ("said(peace) via:none", []),
            ("said(peace via:none)", [11, 22]),
            ("said(talks) OR speaker:bo", [12, 21, 31]),
            ("peace OR speaker:bo", [11, 12, 21, 22, 31]),
        ],
    )
    def test_statements_that_a_query_asks_for_are_listed_alone(
        self, engine: Engine, written: str, numbers: list[int]
    ) -> None:
        self.fill_said(engine)
        self.check_listed(engine, Request(read(written), sort="oldest"), numbers)

    def test_statements_of_chosen_speakers_and_sources_are_listed_alone(self, engine: Engine) -> None:
        self.fill_said(engine)
        bo, tass = Filter("speaker", ("Bo",)), Filter("via", ("TASS", "AFP"))
        for written, filters, numbers in (
            ("peace", (bo,), [12, 21]),
            ("peace", (tass,), [12, 31]),
            ("peace", (bo, tass), [12]),
            ("said(peace)", (bo,), [21]),
            ("peace", (Filter("speaker", (), ("Bo",)),), [31]),
        ):
            self.check_listed(engine, Request(read(written), sort="oldest", filters=filters), numbers)

    def test_choices_of_statements_add_up(self, engine: Engine) -> None:
        self.fill_said(engine)
        request = Request(read("said(peace)"), sort="oldest")
        assert engine.list_statements(request, by=2).found == ((2, 21),)
        masked = engine.without([92]).list_statements(request)
        assert (masked.found, masked.total, masked.sections) == (((1, 11),), 1, 1)
        whole = replace(request, unit="article", tree=read("said(peace) talks"))
        assert [found.number for found in engine.list_statements(whole).found] == [11, 21, 22]

    def test_lists_have_no_statements_of_deleted_and_masked_articles(self, engine: Engine) -> None:
        self.fill_numbered(engine)
        newest = Request(read("peace"), sort="newest")
        masked = engine.without([93]).list_statements(newest, by_speaker=True)
        with engine.write() as batch:
            batch.delete_article(93)
        assert masked == engine.list_statements(newest, by_speaker=True)
        assert (masked.total, masked.sections, masked.speakers) == (3, 2, 3)

    @pytest.mark.parametrize("written", ["said(peace) said(war)", "said(peace) NOT said(talks)"])
    def test_article_says_what_its_sections_say(self, engine: Engine, written: str) -> None:
        fill(
            engine,
            quote(1, "[Peace]", ADA, article_id=7),
            quote(2, "[War]", BO, article_id=7),
            quote(3, "[Peace]", ADA, article_id=8),
            quote(4, "[Talks]", ADA, article_id=8),
        )
        found = ids(engine, read(written), unit="article", sort="oldest")
        assert found == ([1, 2] if "war" in written else [1])

    def test_statement_of_an_entry_is_words_of_its_own(self, engine: Engine) -> None:
        page: dict[str, Any] = {"headline": "Peace talks live", "kind": "live", "article_id": 7}
        fill(engine, quote(1, "[Storm]", ADA, **page), quote(2, "[Peace]", ADA, **page), quote(3, "Rain", **page))
        self.check(engine, ("said(peace)", [2]), ("peace", [2]), ("said(storm) peace", [1]))
