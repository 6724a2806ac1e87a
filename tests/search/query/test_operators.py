"""Operators of the query language: proximity, truncation, fuzzy terms, counting, and the syntax of other services."""

from datetime import UTC, datetime

import pytest

from search.query.parsed import QueryError
from search.query.parser import parse
from search.query.tree import (
    And,
    AtLeast,
    Everything,
    Fuzzy,
    InStatement,
    Keyword,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Truncation,
    ValueWord,
    Word,
)

NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)

# A query and its canonical text, for queries that are read without a note.
PLAIN = [
    # proximity, also as other services write it
    ("peace w/5 talks", "peace w/5 talks"),
    ("peace W/5 talks", "peace w/5 talks"),
    ("peace near/5 talks", "peace w/5 talks"),
    ("peace NEAR/5 talks", "peace w/5 talks"),
    ("peace near5 talks", "peace w/5 talks"),
    ("peace NEAR5 talks", "peace w/5 talks"),
    ("peace n/5 talks", "peace w/5 talks"),
    ("peace /5 talks", "peace w/5 talks"),
    ("peace pre/5 talks", "peace pre/5 talks"),
    ("peace PRE/5 talks", "peace pre/5 talks"),
    ("peace p/5 talks", "peace pre/5 talks"),
    ("peace onear/5 talks", "peace pre/5 talks"),
    ("peace +5 talks", "peace pre/5 talks"),
    ("peace adj5 talks", "peace pre/5 talks"),
    ("peace ADJ5 talks", "peace pre/5 talks"),
    ("peace adj/5 talks", "peace pre/5 talks"),
    ("peace w/s talks", "peace w/s talks"),
    ("peace near/s talks", "peace w/s talks"),
    ("peace /s talks", "peace w/s talks"),
    ("peace W/S talks", "peace w/s talks"),
    ("peace pre/s talks", "peace pre/s talks"),
    ("peace +s talks", "peace pre/s talks"),
    ("peace w/p talks", "peace w/p talks"),
    ("peace /p talks", "peace w/p talks"),
    ("peace SAME talks", "peace w/p talks"),
    ("peace +p talks", "peace pre/p talks"),
    ("a w/1 b", "a w/1 b"),
    ("a w/250 b", "a w/250 b"),
    ("a w/05 b", "a w/5 b"),
    # not near
    ("war NOT w/5 peace", "war NOT w/5 peace"),
    ("war NOT W/5 peace", "war NOT w/5 peace"),
    ("war not w/5 peace", "war NOT w/5 peace"),
    ("war NOT PRE/3 peace", "war NOT pre/3 peace"),
    ("war NOT w/s (peace OR truce)", "war NOT w/s (peace OR truce)"),
    ("a NOT w/5 b w/3 c", "(a NOT w/5 b) w/3 c"),
    ("atleast3(war NOT w/5 peace)", "atleast3(war NOT w/5 peace)"),
    ("headline:(a NOT w/5 b)", "headline:a NOT w/5 headline:b"),
    ("a b NOT w/5 c", "a AND b NOT w/5 c"),
    # operands of proximity
    ("(a OR b) w/5 c", "(a OR b) w/5 c"),
    ('(a OR b) w/5 "c d"', '(a OR b) w/5 "c d"'),
    ("a w/5 (b OR c OR d)", "a w/5 (b OR c OR d)"),
    ("sanction* w/5 russia~", "sanction* w/5 russia~1"),
    ("a w/5 b w/3 c", "(a w/5 b) w/3 c"),
    ("a w/5 (b w/3 c)", "a w/5 (b w/3 c)"),
    ("(a w/5 b) OR c", "a w/5 b OR c"),
    ("((a w/5 b) OR c) pre/2 d", "(a w/5 b OR c) pre/2 d"),
    ("headline:(a w/5 b)", "headline:a w/5 headline:b"),
    ("headline:a w/5 text:b", "headline:a w/5 text:b"),
    ("hlead(a w/5 b)", "hlead(a) w/5 hlead(b)"),
    ("cease-fire w/5 talks", "cease-fire w/5 talks"),
    # precedence
    ("a w/5 b c", "a w/5 b AND c"),
    ("a b w/5 c", "a AND b w/5 c"),
    ("a OR b w/5 c", "a OR b w/5 c"),
    ("a w/5 b OR c w/5 d", "a w/5 b OR c w/5 d"),
    ("a w/5 b AND c w/5 d", "a w/5 b AND c w/5 d"),
    ("NOT (a w/5 b)", "NOT (a w/5 b)"),
    ("c NOT (a w/5 b)", "c AND NOT (a w/5 b)"),
    ("-(a w/5 b) c", "NOT (a w/5 b) AND c"),
    # not proximity
    ("24/7 service", "24/7 AND service"),
    ("near the border", "near AND the AND border"),
    ("and/or", "and/or"),
    ("km/s", "km/s"),
    ('"a w/5 b"', '"a w/5 b"'),
    ("COVID+19", "COVID+19"),
    # truncation and wildcards
    ("sanction*", "sanction*"),
    ("sanction!", "sanction*"),
    ("Sanction**", "Sanction*"),
    ("sanction*, ban*.", "sanction* AND ban*"),
    ("wom?n", "wom?n"),
    ("organi?ation*", "organi?ation*"),
    ("organi?ation!", "organi?ation*"),
    ("*tion", "*tion"),
    ("m*r", "m*r"),
    ("?oat", "?oat"),
    ("pre-war*", "pre-war*"),
    ("o’brien!", "o’brien*"),
    ("19*", "19*"),
    ("headline:(boat ferr*)", "headline:boat AND headline:ferr*"),
    ("headline:ferr!", "headline:ferr*"),
    ("NOT ferr*", "NOT ferr*"),
    ("what?", "what"),
    ("who? what?", "who AND what"),
    ("санкци*", "санкци*"),
    ("नौका*", "नौका*"),
    ("नौका!", "नौका*"),
    # fuzzy terms
    ("Zelensky~", "Zelensky~1"),
    ("Zelensky~1", "Zelensky~1"),
    ("नौका~", "नौका~1"),
    ("Zelensky~2", "Zelensky~2"),
    ("O'Brien~", "O'Brien~1"),
    ("headline:Kyiv~", "headline:Kyiv~1"),
    ("Kyiv~ OR Odesa~2", "Kyiv~1 OR Odesa~2"),
    # counting
    ("atleast3(sanctions)", "atleast3(sanctions)"),
    ("ATLEAST3(sanctions)", "atleast3(sanctions)"),
    ("atl3(sanctions)", "atleast3(sanctions)"),
    ("atleast3 (sanctions)", "atleast3(sanctions)"),
    ("atleast3(a OR bc*)", "atleast3(a OR bc*)"),
    ('atleast2("peace talks")', 'atleast2("peace talks")'),
    ("atleast2(a w/5 b)", "atleast2(a w/5 b)"),
    ("headline:(atleast2(a))", "atleast2(headline:a)"),
    ("NOT atleast2(a) b", "NOT atleast2(a) AND b"),
    ("atleast3", "atleast3"),
    # headline and lead, and fields as other services write them
    ("hlead(x)", "hlead(x)"),
    ("HLEAD(x y)", "hlead(x) AND hlead(y)"),
    ("hlead(x OR y)", "hlead(x) OR hlead(y)"),
    ('hlead("peace talks")', 'hlead("peace talks")'),
    ("hlead:x", "hlead(x)"),
    ("hlead(sanction! Kyiv~)", "hlead(sanction*) AND hlead(Kyiv~1)"),
    ("headline(peace talks)", "headline:peace AND headline:talks"),
    ("hd(peace)", "headline:peace"),
    ("hd=peace", "headline:peace"),
    ("HD=(peace OR talks)", "headline:peace OR headline:talks"),
    ('hd="peace talks"', 'headline:"peace talks"'),
    ("by=Sorel", "byline:Sorel"),
    ("source(Post)", "source:Post"),
    ('publication("Lindwick Post")', 'source:"Lindwick Post"'),
    ("date(2025-06)", "date:2025-06"),
    ("date(>=2025-06)", "date:>=2025-06"),
    ("date(>= 2025-06)", "date:>=2025-06"),
    ("date(last-7-days)", "date:last-7-days"),
    ("body(x) title(y)", "text:x AND headline:y"),
    ("E=mc2", "E=mc2"),
    ("headline (x)", "headline AND x"),
    # brackets and quotation marks of Chinese and Japanese keyboards
    ("（渡轮 OR 码头）　停电", "(渡轮 OR 码头) AND 停电"),
    ("headline（渡轮）「码头 停电」", 'headline:渡轮 AND "码头 停电"'),
    ("-（渡轮）停电", "NOT 渡轮 AND 停电"),
]

# A query, its canonical text, and its notes: position, a part of the message, the suggested query.
NOTED = [
    ("w/5 a", "a", [(0, "Ignored w/5 with nothing on one side", "")]),
    ("a w/5", "a", [(2, "Ignored w/5 with nothing on one side", "")]),
    ("a w/5 w/3 b", "a w/3 b", [(2, "Ignored w/5 with nothing on one side", "")]),
    ("a w/5 OR b", "a OR b", [(2, "Ignored w/5 with nothing on one side", "")]),
    ("(a w/5) b", "a AND b", [(3, "Ignored w/5 with nothing on one side", "")]),
    ("a w/5 () b", "a AND b", [(2, "Ignored w/5 with nothing on one side", "")]),
    ("a AND w/5 b", "a AND b", [(2, "Ignored an AND", ""), (6, "Ignored w/5 with nothing on one side", "")]),
    ("peace or talks", "peace AND or AND talks", [(6, "written OR", "peace OR talks")]),
    ("peace and talks", "peace AND and AND talks", [(6, "written AND", "peace AND talks")]),
    ("peace not talks", "peace AND not AND talks", [(6, "written NOT", "peace NOT talks")]),
    (
        "peace and talks or truce",
        "peace AND and AND talks AND or AND truce",
        [(6, "“and” and “or” were searched as words", "peace AND talks OR truce")],
    ),
    ("a same b", "a AND same AND b", [(2, "write w/p", "a w/p b")]),
    ("atleast3() a", "a", [(0, "with nothing in its brackets", "")]),
    ("a w/5 (b", "a w/5 b", [(6, "This bracket is not closed", "")]),
    ("atleast2(a", "atleast2(a)", [(8, "This bracket is not closed", "")]),
    ("source:渡轮*", "source:渡轮", [(7, "渡轮 is found inside longer words anyway", "")]),
    (
        "https://www.example.org/A?b=c",
        'url:"example.org/a?b=c"',
        [(0, "looked up", '"https://www.example.org/A?b=c"')],
    ),
    (" example.org/a. ", 'url:"example.org/a"', [(0, "looked up", '"example.org/a"')]),
    ("url:// fog", "fog", [(4, "with nothing after it", "")]),
    ("year:2014..2016", "date:2014..2016", [(5, "was read as date:2014..2016", "")]),
    ("year:2014-2016", "date:2014..2016", [(5, "was read as date:2014..2016", "")]),
    ("month:>2025-01", "date:>2025-01", [(6, "was read as date:>2025-01", "")]),
    ("渡轮*", "渡轮", [(0, "渡轮 is found inside longer words anyway", "")]),
    ("a headline:เรือ!", "a AND headline:เรือ", [(11, "เรือ is found inside longer words anyway", "")]),
    ("subheadline(x)", "subheadline AND x", [(0, "subheadline is not a field here", "")]),
]

# A query that cannot be read, the position of the error, and parts of its message and cure.
REFUSED = [
    ("a w/0 b", 2, "w/0: the distance must be from 1 to 250 words", "w/p or AND"),
    ("source:a*", 7, "a truncated word needs at least 2 letters", "sanction*"),
    ("byline:rolland~3", 7, "the number of edits must be 1 or 2", "rolland~2"),
    ("byline:max-rolland~", 7, "works on single words", "a~ b~"),
    ("a w/251 b", 2, "the distance must be from 1 to 250 words", "w/p or AND"),
    ("a w/99999999999999999999 b", 2, "the distance must be from 1 to 250 words", "w/p or AND"),
    ("(a b) w/5 c", 6, "w/5 works on words, phrases and ORs of these, not on a AND b", "outside"),
    ("a w/5 (b c)", 2, "not on b AND c", "outside"),
    ("a w/5 NOT b", 2, "not on NOT b", "To exclude the whole, write NOT (a w/5 b)"),
    ("NOT a w/5 b", 6, "not on NOT a", "To exclude the whole, write NOT (a w/5 b)"),
    ("a w/5 -b", 2, "not on NOT b", "To exclude the whole"),
    ("a w/5 source:b", 2, "not on source:b", "outside"),
    ("a w/5 date:2025", 2, "not on date:2025", "outside"),
    ("* w/5 a", 2, "not on *", "outside"),
    ("a w/5 (b OR kind:live)", 2, "not on b OR kind:live", "outside"),
    ("a w/5 atleast2(b)", 2, "not on atleast2(b)", "outside"),
    ("NOT w/5 b", 0, "NOT cannot come directly before w/5", "NOT (a w/5 b)"),
    ("a OR NOT near/5 b", 5, "NOT cannot come directly before near/5", "NOT (a w/5 b)"),
    ("atleast2(a b)", 0, "atleast2 works on words, phrases and ORs of these, not on a AND b", "outside"),
    ("atleast2(source:b)", 0, "not on source:b", "outside"),
    ("atleast0(a)", 0, "the count must be from 1 to 1,000", "atleast3(x)"),
    ("atleast1001(a)", 0, "the count must be from 1 to 1,000", "atleast3(x)"),
    ("a*", 0, "needs at least 2 letters", "sanction* or wom?n"),
    ("*a*", 0, "needs at least 2 letters", "sanction* or wom?n"),
    ("a!", 0, "needs at least 2 letters", "sanction* or wom?n"),
    ("ab/cd*", 0, "needs at least 2 letters", "sanction* or wom?n"),
    ("渡*头", 0, "truncation inside a word does not work in scripts written without spaces", "w/3"),
    ("Zelensky~3", 0, "the number of edits must be 1 or 2", "Zelensky~ or Zelensky~2"),
    ("Zelensky~0", 0, "the number of edits must be 1 or 2", "Zelensky~ or Zelensky~2"),
    ("cease-fire~", 0, "the ~ works on single words", "a~ b~"),
    ('"a b"~5', 5, "a phrase with gaps is not supported", "first w/5 second"),
    ("a w/seg b", 2, "this unit of distance is not supported", "w/s, w/p or AND"),
    ("nocaps(aid)", 0, "searching for small letters is not supported", "for sections without the capitals"),
    ("plural(talk)", 0, "searching for singular or plural is not supported", "in quotation marks"),
    ("section(acme)", 0, "this field is not supported", "only the words"),
    ("date(around 2025)", 5, "date: around is not a date", "2025-06-02"),
    ("date(1/6/25)", 5, "date: 1/6/25 is not a date", "2025-06-02"),
    ("a w/5 " * 50 + "b", 242, "are nested more than 40 deep", "fewer brackets"),
]


@pytest.mark.parametrize(("text", "canonical"), PLAIN)
def test_operator_is_read_without_a_note(text: str, canonical: str) -> None:
    parsed = parse(text, now=NOW)
    assert parsed.canonical == canonical
    assert parsed.notes == ()
    assert parse(canonical, now=NOW).tree == parsed.tree


@pytest.mark.parametrize(("text", "canonical", "notes"), NOTED)
def test_doubtful_part_is_noted_with_its_position(
    text: str, canonical: str, notes: list[tuple[int, str, str]]
) -> None:
    parsed = parse(text, now=NOW)
    assert parsed.canonical == canonical
    assert [note.position for note in parsed.notes] == [position for position, _, _ in notes]
    for note, (_, part, suggested) in zip(parsed.notes, notes, strict=True):
        assert part in note.message
        assert note.suggested_query == suggested


@pytest.mark.parametrize(("text", "position", "message", "cure"), REFUSED, ids=[row[0][:24] for row in REFUSED])
def test_unreadable_query_says_where_and_what_to_write(text: str, position: int, message: str, cure: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, now=NOW)
    assert caught.value.position == position
    assert message in caught.value.message
    assert cure in caught.value.cure or cure in caught.value.message


ADA = ValueWord("speaker", "ada")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a w/5 b", Near(Word("a"), Word("b"), 5)),
        ("a NOT w/5 b", Near(Word("a"), Word("b"), 5, excluded=True)),
        ("a pre/s b", Near(Word("a"), Word("b"), "s", ordered=True)),
        ('(a OR "b c") w/p de*', Near(Or((Word("a"), Phrase("b c"))), Truncation("de*"), "p")),
        ("a w/5 b pre/3 c", Near(Near(Word("a"), Word("b"), 5), Word("c"), 3, ordered=True)),
        ("Kyiv~2", Fuzzy("Kyiv", 2)),
        ("hlead(x)", Word("x", "hlead")),
        ("atleast3(x OR y)", AtLeast(3, Or((Word("x"), Word("y"))))),
        ("said(x OR y)", InStatement(Or((Word("x"), Word("y"))))),
        ("SAID(x y)", InStatement(And((Word("x"), Word("y"))))),
        ("said(x) by:ada z", And((InStatement(And((Word("x"), ValueWord("speaker", "ada")))), Word("z")))),
        ('said("x y") by:(ada OR bo)', InStatement(And((Phrase("x y"), Or((ADA, ValueWord("speaker", "bo"))))))),
        ("said(*) BY:=Ada", InStatement(And((Everything(), Keyword("speaker", "Ada"))))),
        ("said() by:ada", InStatement(ADA)),
        ("said(x said(y) by:ada)", InStatement(And((Word("x"), Word("y"), ADA)))),
        ("NOT said(x)", Not(InStatement(Word("x")))),
        ("by:ada said(x)", And((ValueWord("byline", "ada"), InStatement(Word("x"))))),
        ("he said (x)", And((Word("he"), Word("said"), Word("x")))),
        ("said", Word("said")),
    ],
)
def test_operator_is_parsed_to_a_tree(text: str, tree: Node) -> None:
    assert parse(text, now=NOW).tree == tree
