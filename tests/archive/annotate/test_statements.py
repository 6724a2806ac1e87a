"""Statements: what was said, by whom, through whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.annotate import Mention, Span, Statement, find_names, find_statements
from tests.paths import ROOT

SEED = (ROOT / "seeds" / "000_41d69cf706419f58.txt").read_text(encoding="utf-8")

Row = tuple[str, str | None, str | None, str]


def words(text: str, span: Span | None) -> str | None:
    return text[span.start : span.end] if span else None


def said(text: str, statement: Statement) -> str:
    return " / ".join(text[piece.start : piece.end] for piece in statement.content)


def chain(text: str, statement: Statement) -> list[tuple[str, str | None]]:
    return [(link.kind, words(text, link.source)) for link in statement.chain]


def found(text: str, names: list[Mention] | None = None) -> list[Row]:
    """Kind, speaker, the name the speaker stands for, and what is said."""
    return [
        (statement.kind, words(text, statement.speaker), words(text, statement.speaker_name), said(text, statement))
        for statement in find_statements(text, names or [])
    ]


def only(text: str) -> Statement:
    (statement,) = find_statements(text, [])
    return statement


# --- the seed ---


@pytest.mark.parametrize("names", [[], find_names(SEED)], ids=["without names", "with names"])
def test_the_seed_has_ten_statements_with_their_speakers(names: list[Mention]) -> None:
    assert [(speaker, name) for _, speaker, name, _ in found(SEED, names)] == [
        ("Ukraine's president Volodymyr Zelensky, speaking in Lithuania", "Volodymyr Zelensky"),
        ("His chief of staff", None),
        ("officials", None),
        ("Russia's news agencies", None),
        (
            "Yevgeny Balitsky, the head of the Russian-installed administration of the Zaporizhzhia region",
            "Yevgeny Balitsky",
        ),
        ("he", "Yevgeny Balitsky"),
        ("an official at the plant", None),
        ("Zelensky's aide", None),
        ("the chief of staff to the Ukrainian president", None),
        ("Andriy Yermak, head of the Ukrainian president’s office", "Andriy Yermak"),
    ]


def test_the_seed_has_three_chains() -> None:
    chains = [chain(SEED, statement) for statement in find_statements(SEED, find_names(SEED))]
    assert [links for links in chains if links] == [
        [("citing", "RIA")],
        [("citing", "TASS news agency")],
        [("posted", "Telegram")],
    ]


# --- quotes ---

QUOTED: list[tuple[str, list[Row]]] = [
    (
        "“The bridge will open in May,” said Ana Silva, head of the port authority, on Monday.",
        [("direct", "Ana Silva, head of the port authority", "Ana Silva", "“The bridge will open in May,”")],
    ),
    (
        '"We have no plan," the mayor of Lviv, Andriy Koval, said. "We never had one."',
        [("direct", "the mayor of Lviv, Andriy Koval", "Andriy Koval", '"We have no plan," / "We never had one."')],
    ),
    (
        "''We have a plan,'' Mr. Koval said.",
        [("direct", "Mr. Koval", "Koval", "''We have a plan,''")],
    ),
    (
        "‘We have a plan,’ Koval told reporters.",
        [("direct", "Koval", "Koval", "‘We have a plan,’")],
    ),
    (
        "Koval told the council: “We have a plan.”",
        [("direct", "Koval", "Koval", "“We have a plan.”")],
    ),
    (
        "Koval shot back: “We have a plan.”",
        [("direct", "Koval", "Koval", "“We have a plan.”")],
    ),
    (
        "Koval said the plan was “a mistake” that nobody wanted.",
        [("mixed", "Koval", "Koval", "the plan was “a mistake” that nobody wanted")],
    ),
    (
        "Koval said last week that the plan was “a mistake,” adding that he had “never liked it.”",
        [
            ("mixed", "Koval", "Koval", "the plan was “a mistake"),
            ("mixed", "Koval", "Koval", "he had “never liked it.”"),
        ],
    ),
    (
        "The port would close “for a week,” Koval said.",
        [("mixed", "Koval", "Koval", "The port would close “for a week,”")],
    ),
    (
        "“Will it open?” Koval asked. “Nobody knows,” said a harbour pilot who was there.",
        [
            ("direct", "Koval", "Koval", "“Will it open?”"),
            ("direct", "a harbour pilot", None, "“Nobody knows,”"),
        ],
    ),
    (
        "Koval called the plan “a mistake,” but said the port would close on Monday.",
        [
            ("mixed", "Koval", "Koval", "the plan “a mistake,”"),
            ("indirect", "Koval", "Koval", "the port would close on Monday"),
        ],
    ),
    (
        "Koval told the council that the port was closed, adding that it had been “a mistake.”",
        [
            ("indirect", "Koval", "Koval", "the port was closed"),
            ("mixed", "Koval", "Koval", "it had been “a mistake.”"),
        ],
    ),
    (
        "Koval said he thinks the plan is “a mistake.”",
        [("mixed", "Koval", "Koval", "he thinks the plan is “a mistake.”")],
    ),
    (
        "“We have a plan for the port,” Koval thundered. “It is a good one.”",
        [("direct", "Koval", "Koval", "“We have a plan for the port,” / “It is a good one.”")],
    ),
    (
        "“We have a plan for the port,” thundered Koval.",
        [("direct", "Koval", "Koval", "“We have a plan for the port,”")],
    ),
    (
        "“We have a plan,” said Koval, speaking of the port, “and nobody will stop it.”",
        [("direct", "Koval", "Koval", "“We have a plan,” / “and nobody will stop it.”")],
    ),
    (
        "“We have a plan,” said Koval, who was elected to the council of Lviv in May last year after a long campaign"
        " against the port and its ships. “It is a good one.”",
        [("direct", "Koval", "Koval", "“We have a plan,” / “It is a good one.”")],
    ),
    (
        "The port of Lviv, Koval said, was “a mistake.”",
        [("mixed", "Koval", "Koval", "The port of Lviv / was “a mistake.”")],
    ),
    (
        "Koval “wanted the port,” Silva said.",
        [("mixed", "Silva", "Silva", "Koval “wanted the port,”")],
    ),
    (
        "Koval closed the port, saying that “a storm” was on its way.",
        [("mixed", "Koval", "Koval", "“a storm” was on its way")],
    ),
    (
        "“We have a plan,” said one member familiar with the vote, who added that “nobody will stop it.”",
        [
            ("direct", "one member familiar with the vote", None, "“We have a plan,”"),
            ("direct", "one member familiar with the vote", None, "“nobody will stop it.”"),
        ],
    ),
    (
        "Koval writes:\n“The plan has failed and nobody will say so.”",
        [("direct", "Koval", "Koval", "“The plan has failed and nobody will say so.”")],
    ),
    (
        "“We never had a plan for the port.” ― Ana Silva",
        [("direct", "Ana Silva", "Ana Silva", "“We never had a plan for the port.”")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), QUOTED, ids=[text[:40] for text, _ in QUOTED])
def test_a_quote_has_its_speaker(text: str, expected: list[Row]) -> None:
    rows = found(text)
    assert [row[:3] for row in rows] == [row[:3] for row in expected]
    assert [row[3].rstrip(",”") for row in rows] == [row[3].rstrip(",”") for row in expected]


NOBODYS = [
    "The film “The Long Way Home” opened on Monday.",
    "A company called “Blue Sky” bought the port.",
    "Is there a “plan B” for the port?",
    "It was the 1.5-hour call on Monday, with “Plan B” in mind.",
    "The report on the port was due on Monday.",
    "The mayor was told that the port would close.",
    "Nobody would say that the port had closed.",
    "The United States called on Monday.",
    "The mayor took tough questions about the port.",
    "In light of the storm, questions have arisen about the port.",
    "Asked if he thought the port was closed, Koval left.",
    "On Monday, in the morning, Koval wrote to the council.",
]


@pytest.mark.parametrize("text", NOBODYS)
def test_what_nobody_said_is_no_statement(text: str) -> None:
    assert found(text) == []


# --- no quotes ---

UNQUOTED: list[tuple[str, Row]] = [
    (
        "Koval said that the port would close on Monday.",
        ("indirect", "Koval", "Koval", "the port would close on Monday"),
    ),
    (
        "The port, Koval said, would close on Monday.",
        ("indirect", "Koval", "Koval", "The port / would close on Monday"),
    ),
    ("The port will close on Monday, officials say", ("indirect", "officials", None, "The port will close on Monday")),
    (
        "The port will close on Monday, says Koval's aide",
        ("indirect", "Koval's aide", None, "The port will close on Monday"),
    ),
    (
        "According to Ana Silva, the port will close on Monday.",
        ("indirect", "Ana Silva", "Ana Silva", "the port will close on Monday"),
    ),
    (
        "Ana Silva, a pilot from Lisbon, said the port was closed.",
        ("indirect", "Ana Silva, a pilot from Lisbon", "Ana Silva", "the port was closed"),
    ),
    ("Koval said he believes the port will close.", ("indirect", "Koval", "Koval", "he believes the port will close")),
    (
        "With officials who say the port is closed, it is over.",
        ("indirect", "officials", None, "the port is closed"),
    ),
    (
        "Ana Silva, who said the port was closed, was late.",
        ("indirect", "Ana Silva", "Ana Silva", "the port was closed"),
    ),
    ("While Koval said the port would close, it did not.", ("indirect", "Koval", "Koval", "the port would close")),
    (
        "Ana Silva -- a pilot from Lisbon -- said the port was closed.",
        ("indirect", "Ana Silva", "Ana Silva", "the port was closed"),
    ),
    (
        "Mayor Says Port Will Close Before Winter",
        ("indirect", "Mayor", None, "Port Will Close Before Winter"),
    ),
    ("Koval last week said the port was closed.", ("indirect", "Koval", "Koval", "the port was closed")),
    ("Koval on Monday also said the port was closed.", ("indirect", "Koval", "Koval", "the port was closed")),
    (
        "Koval said after the vote he would close the port.",
        ("indirect", "Koval", "Koval", "he would close the port"),
    ),
    (
        "The port will close on Monday, said Ana Silva, a pilot who was there.",
        ("indirect", "Ana Silva, a pilot", "Ana Silva", "The port will close on Monday"),
    ),
    ("After the vote, Koval said the port would close.", ("indirect", "Koval", "Koval", "the port would close")),
    ("Koval urged the council to close the port.", ("indirect", "Koval", "Koval", "the council to close the port")),
]


@pytest.mark.parametrize(("text", "expected"), UNQUOTED, ids=[text[:40] for text, _ in UNQUOTED])
def test_a_verb_of_reporting_has_its_clause(text: str, expected: Row) -> None:
    assert found(text) == [expected]


def test_a_headline_of_a_name_and_a_colon_is_a_statement_if_the_text_names_it_too() -> None:
    headline = "Koval: Port to close on Monday"
    assert found(headline + "\nThe mayor Koval spoke.")[0] == ("indirect", "Koval", "Koval", "Port to close on Monday")
    assert found(headline) == []


def test_a_transcript_has_a_statement_for_each_turn() -> None:
    text = "\n".join(["SILVA: Will the port close?", "KOVAL: It will close on Monday."] * 3)
    assert [speaker for _, speaker, _, _ in found(text)] == ["SILVA", "KOVAL"] * 3


# --- pronouns ---


def test_a_pronoun_stands_for_the_only_person_of_its_paragraph() -> None:
    text = "Mr Andriy Koval came late. “The port is closed,” he said."
    assert found(text, find_names(text))[0][1:3] == ("he", "Andriy Koval")


@pytest.mark.parametrize(
    "text",
    [
        "Mr Andriy Koval met Mr Peter Brown. “The port is closed,” he said.",
        "Mr Andriy Koval praised her. “The port is closed,” he said.",
        "Ms Ana Silva came late. “The port is closed,” he said.",
        "“Mr Andriy Koval is late,” he said.",
        "Mr Andriy Koval came late.\n“The port is closed,” he said.",
    ],
)
def test_a_pronoun_is_left_open_where_more_or_nobody_fits(text: str) -> None:
    assert found(text, find_names(text))[-1][1:3] == ("he", None)


# --- chains and hedges ---

CHAINS: list[tuple[str, list[tuple[str, str | None]]]] = [
    ("“It is closed,” Koval told Fox News on Monday.", [("told", "Fox News")]),
    ("“It is closed,” Koval told the Lviv Gazette.", [("told", "Lviv Gazette")]),
    ("“It is closed,” Koval told the council.", []),
    ("“It is closed,” Koval said in an interview with the BBC.", [("told", "BBC")]),
    ("“It is closed,” Koval said in a written statement.", [("statement", None)]),
    ("“It is closed,” Koval wrote on Telegram.", [("posted", "Telegram")]),
    ("“It is closed,” Koval tweeted.", [("posted", None)]),
    ("“It is closed,” an official said on condition of anonymity.", [("anonymous", None)]),
    ("The port is closed for good, Reuters reported, citing Koval.", [("citing", "Reuters")]),
]


@pytest.mark.parametrize(("text", "expected"), CHAINS, ids=[text for text, _ in CHAINS])
def test_a_chain_says_through_whom_a_statement_came(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert chain(text, only(text)) == expected


def test_who_is_cited_is_the_speaker() -> None:
    text = "The port is closed for good, Reuters reported, citing Ana Silva, the head of the port."
    assert words(text, only(text).speaker) == "Ana Silva, the head of the port"


def test_words_of_doubt_and_scare_quotes_are_hedges() -> None:
    text = "Koval claimed that the “rebels” had reportedly left the port."
    assert [words(text, hedge) for hedge in only(text).hedges] == ["claimed", "“rebels”", "reportedly"]


# --- any text ---


def test_a_language_without_a_table_has_no_statements() -> None:
    assert find_statements("“Der Hafen ist zu,” sagte Koval.", [], "de") == []


PIECES = st.sampled_from(
    "“ ” \" ' ‘ ’ '' , . : — ( ) <b> \n said told Koval he according_to that and citing on_Telegram İ _".replace(
        " ", "|"
    )
    .replace("_", " ")
    .split("|")
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_every_span_lies_in_the_text(text: str) -> None:
    for statement in find_statements(text, find_names(text)):
        spans = [*statement.content, *statement.hedges, *(link.words for link in statement.chain)]
        spans += [span for span in (statement.cue, statement.speaker, statement.speaker_name) if span]
        spans += [link.source for link in statement.chain if link.source]
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
        ends = [piece.end for piece in statement.content]
        assert all(end <= piece.start for end, piece in zip(ends, statement.content[1:], strict=False))
        assert 0 < statement.confidence <= 1


@pytest.mark.parametrize(
    "piece", ['"said ', "“", " 'a", "<a ", "Ana: ", "a, ", "Ana and ", "saying x ", "according to "]
)
def test_a_long_line_is_read(piece: str) -> None:
    assert len(find_statements(piece * 20_000, [])) < 20_000
