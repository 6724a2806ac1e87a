"""search/query.py: nearness, truncation, likeness, counting, and what other services write for them."""

from datetime import UTC, datetime

import pytest

from search.query.parser import QueryError, parse
from search.query.tree import AtLeast, Fuzzy, Near, Node, Or, Phrase, Truncation, Word

NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)

# What is written -> how it is read, where nothing is left to say about it.
PLAIN = [
    # nearness, and how other services write it
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
    # what nearness takes
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
    # what binds tighter
    ("a w/5 b c", "a w/5 b AND c"),
    ("a b w/5 c", "a AND b w/5 c"),
    ("a OR b w/5 c", "a OR b w/5 c"),
    ("a w/5 b OR c w/5 d", "a w/5 b OR c w/5 d"),
    ("a w/5 b AND c w/5 d", "a w/5 b AND c w/5 d"),
    ("NOT (a w/5 b)", "NOT (a w/5 b)"),
    ("c NOT (a w/5 b)", "c AND NOT (a w/5 b)"),
    ("-(a w/5 b) c", "NOT (a w/5 b) AND c"),
    # what is no nearness
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
    # likeness
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
    # headline and lead, and fields as others write them
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
    # what keyboards of Chinese and Japanese write
    ("（渡轮 OR 码头）　停电", "(渡轮 OR 码头) AND 停电"),
    ("headline（渡轮）「码头 停电」", 'headline:渡轮 AND "码头 停电"'),
    ("-（渡轮）停电", "NOT 渡轮 AND 停电"),
    ("subheadline(x)", "subheadline AND x"),
]

# What is written, how it is read, of what the notes speak: character (from 0), a part of the message, what instead.
NOTED = [
    ("w/5 a", "a", [(0, "w/5 with nothing on one side", "")]),
    ("a w/5", "a", [(2, "w/5 with nothing on one side", "")]),
    ("w/5", "*", [(0, "w/5 with nothing on one side", "")]),
    ("a w/5 w/3 b", "a w/3 b", [(2, "w/5 with nothing on one side", "")]),
    ("a w/5 OR b", "a OR b", [(2, "w/5 with nothing on one side", "")]),
    ("(a w/5) b", "a AND b", [(3, "w/5 with nothing on one side", "")]),
    ("a w/5 () b", "a AND b", [(2, "w/5 with nothing on one side", "")]),
    ("a AND w/5 b", "a AND b", [(2, "An AND", ""), (6, "w/5 with nothing on one side", "")]),
    ("peace or talks", "peace AND or AND talks", [(6, "written OR", "peace OR talks")]),
    ("peace and talks", "peace AND and AND talks", [(6, "written AND", "peace AND talks")]),
    ("peace not talks", "peace AND not AND talks", [(6, "written NOT", "peace NOT talks")]),
    ("a same b", "a AND same AND b", [(2, "write w/p", "a w/p b")]),
    ("atleast3()", "*", [(0, "nothing in its brackets", "")]),
    ("a w/5 (b", "a w/5 b", [(6, "This bracket is not closed", "")]),
    ("atleast2(a", "atleast2(a)", [(8, "This bracket is not closed", "")]),
    ("渡轮*", "渡轮", [(0, "渡轮 is found in longer words too", "")]),
    ("a headline:เรือ!", "a AND headline:เรือ", [(11, "เรือ is found in longer words too", "")]),
    ("source:Post*", 'source:"Post*"', [(7, "takes exact values", "")]),
]

# What cannot be read: at which character (from 0), and parts of the message and of the cure.
REFUSED = [
    ("a w/0 b", 2, "w/0: a distance is a number from 1 to 250", "w/p or AND"),
    ("a w/251 b", 2, "a distance is a number from 1 to 250", "w/p or AND"),
    ("a w/99999999999999999999 b", 2, "a distance is a number from 1 to 250", "w/p or AND"),
    ("(a b) w/5 c", 6, "w/5 takes words, phrases and ORs of these, and not a AND b", "outside"),
    ("a w/5 (b c)", 2, "and not b AND c", "outside"),
    ("a w/5 NOT b", 2, "and not NOT b", "brackets: NOT (a w/5 b)"),
    ("NOT a w/5 b", 6, "and not NOT a", "brackets: NOT (a w/5 b)"),
    ("a w/5 -b", 2, "and not NOT b", "brackets"),
    ("a w/5 source:b", 2, "and not source:b", "outside"),
    ("a w/5 date:2025", 2, "and not date:2025", "outside"),
    ("* w/5 a", 2, "and not *", "outside"),
    ("a w/5 (b OR kind:live)", 2, "and not b OR kind:live", "outside"),
    ("a w/5 atleast2(b)", 2, "and not atleast2(b)", "outside"),
    ("a NOT w/5 b", 2, "NOT w/5: nearness cannot be denied alone", "NOT (a w/5 b)"),
    ("a NOT near/5 b", 2, "nearness cannot be denied alone", "NOT (a w/5 b)"),
    ("atleast2(a b)", 0, "atleast2 takes words, phrases and ORs of these, and not a AND b", "outside"),
    ("atleast2(source:b)", 0, "and not source:b", "outside"),
    ("atleast0(a)", 0, "a count is a number from 1 to 1000", "atleast3(x)"),
    ("atleast1001(a)", 0, "a count is a number from 1 to 1000", "atleast3(x)"),
    ("a*", 0, "has 2 letters or more", "sanction* or wom?n"),
    ("*a*", 0, "has 2 letters or more", "sanction* or wom?n"),
    ("a!", 0, "has 2 letters or more", "sanction* or wom?n"),
    ("ab/cd*", 0, "has 2 letters or more", "sanction* or wom?n"),
    ("渡*头", 0, "no truncation inside a word of a script without blanks", "w/3"),
    ("Zelensky~3", 0, "the edits are 1 or 2", "Zelensky~ or Zelensky~2"),
    ("Zelensky~0", 0, "the edits are 1 or 2", "Zelensky~ or Zelensky~2"),
    ("cease-fire~", 0, "likeness is for one word", "a~ b~"),
    ('"a b"~5', 5, "a phrase with gaps is not supported", "first w/5 second"),
    ("a w/seg b", 2, "that unit of nearness is not supported", "w/s, w/p or AND"),
    ("caps(aid)", 0, "a search by capitals is not supported", "the words alone"),
    ("nocaps(aid)", 0, "a search by capitals is not supported", "the words alone"),
    ("plural(talk)", 0, "a search by number is not supported", "in quotes"),
    ("company(acme)", 0, "that field is not supported", "the words alone"),
    ("date(after 2025)", 5, "date: after is no date", "2025-06-02"),
    ("date(1/6/2025)", 5, "date: 1/6/2025 is no date", "2025-06-02"),
    ("a w/5 " * 50 + "b", 242, "nest more than 40 deep", "fewer brackets"),
]


@pytest.mark.parametrize(("text", "canonical"), PLAIN)
def test_operator_is_read_without_a_note(text: str, canonical: str) -> None:
    reading = parse(text, now=NOW)
    assert reading.canonical == canonical
    assert reading.notes == ()
    assert parse(canonical, now=NOW).tree == reading.tree


@pytest.mark.parametrize(("text", "canonical", "notes"), NOTED)
def test_what_may_not_have_been_meant_is_noted(text: str, canonical: str, notes: list[tuple[int, str, str]]) -> None:
    reading = parse(text, now=NOW)
    assert reading.canonical == canonical
    assert [note.position for note in reading.notes] == [position for position, _, _ in notes]
    for note, (_, part, instead) in zip(reading.notes, notes, strict=True):
        assert part in note.message
        assert note.suggested_query == instead


@pytest.mark.parametrize(("text", "position", "message", "cure"), REFUSED, ids=[row[0][:24] for row in REFUSED])
def test_what_cannot_be_read_says_where_and_what_to_write(text: str, position: int, message: str, cure: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, now=NOW)
    assert caught.value.position == position
    assert message in caught.value.message
    assert cure in caught.value.cure or cure in caught.value.message


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a w/5 b", Near(Word("a"), Word("b"), 5)),
        ("a pre/s b", Near(Word("a"), Word("b"), "s", ordered=True)),
        ('(a OR "b c") w/p de*', Near(Or((Word("a"), Phrase("b c"))), Truncation("de*"), "p")),
        ("a w/5 b pre/3 c", Near(Near(Word("a"), Word("b"), 5), Word("c"), 3, ordered=True)),
        ("Kyiv~2", Fuzzy("Kyiv", 2)),
        ("hlead(x)", Word("x", "hlead")),
        ("atleast3(x OR y)", AtLeast(3, Or((Word("x"), Word("y"))))),
    ],
)
def test_operator_is_read_as_a_tree(text: str, tree: Node) -> None:
    assert parse(text, now=NOW).tree == tree
