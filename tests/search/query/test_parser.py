"""The parser: from query text to tree and back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.query.dates import DateBound, parse_date_range
from search.query.lexer import QUOTE_MARKS
from search.query.parsed import QueryError
from search.query.parser import parse
from search.query.tree import (
    Address,
    And,
    AtLeast,
    DateRange,
    Everything,
    Fuzzy,
    InStatement,
    Keyword,
    Missing,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Truncation,
    ValueFuzzy,
    ValueTruncation,
    ValueWord,
    Word,
    children,
    format_query,
    is_operand,
    positive_leaves,
)
from search.text import read_address

NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)


def midnight(year: int, month: int, day: int) -> DateBound:
    return DateBound(datetime(year, month, day, tzinfo=UTC))


def reader_midnight(month: int, day: int) -> DateBound:
    at = datetime(2025, month, day, tzinfo=UTC)
    return DateBound(at, at)


def tree_of(text: str) -> Node:
    return parse(text, now=NOW).tree


# A query and its canonical text, for queries that are read without a note.
PLAIN = [
    ("", "*"),
    ("   ", "*"),
    ("*", "*"),
    ("* boat", "* AND boat"),
    ("peace", "peace"),
    ("peace talks", "peace AND talks"),
    ("peace AND talks", "peace AND talks"),
    ("peace OR talks", "peace OR talks"),
    ("peace NOT talks", "peace AND NOT talks"),
    ("peace AND NOT talks", "peace AND NOT talks"),
    ("peace -talks", "peace AND NOT talks"),
    ("peace −talks", "peace AND NOT talks"),
    ("NOT NOT peace", "peace"),
    ("NOT -peace", "peace"),
    ("NOT (NOT peace)", "peace"),
    ("a b OR c d", "(a AND b) OR (c AND d)"),
    ("a AND (b OR c)", "a AND (b OR c)"),
    ("(a OR b) OR c", "a OR b OR c"),
    ("(a b) c", "a AND b AND c"),
    ("NOT a OR b", "NOT a OR b"),
    ("NOT (a OR b)", "NOT (a OR b)"),
    ("NOT (a b) c", "NOT (a AND b) AND c"),
    ("-(a b)", "NOT (a AND b)"),
    ("((a))", "a"),
    ('"prisoner exchange"', '"prisoner exchange"'),
    ("“prisoner exchange”", '"prisoner exchange"'),
    ("„prisoner exchange“", '"prisoner exchange"'),
    ("«prisoner  exchange»", '"prisoner exchange"'),
    ('"a AND b"', '"a AND b"'),
    ('-"a b"', 'NOT "a b"'),
    ('"exchange"', '"exchange"'),
    ("Zelensky’s", "Zelensky"),
    ("cease-fire", "cease-fire"),
    ("U.S. forces,", "U.S. AND forces"),
    ("12:30", "12:30"),
    ("see https://example.org/a?b=c", "see AND https://example.org/a?b=c"),
    ("24/7", "24/7"),
    ("what?", "what"),
    ("hlead atleast3", "hlead AND atleast3"),
    ("headline:boat", "headline:boat"),
    ("TITLE:boat", "headline:boat"),
    ('body:"old boat"', 'text:"old boat"'),
    ("headline:(boat OR ferry)", "headline:boat OR headline:ferry"),
    ("headline:(boat -ferry) fog", "headline:boat AND NOT headline:ferry AND fog"),
    ("headline:-boat", "NOT headline:boat"),
    ("-headline:boat", "NOT headline:boat"),
    ("heading:(text:boat ferry)", "text:boat AND heading:ferry"),
    ("source:independent", "source:independent"),
    ('outlet:"Lindwick Post"', 'source:"Lindwick Post"'),
    ("source:(a OR b)", "source:a OR source:b"),
    ("source:OR", "source:OR"),
    ('topic:"prisoner exchange"', 'topic:"prisoner exchange"'),
    ('byline:"O’Brien"', 'byline:"O’Brien"'),
    ("kind:live lang:en-GB", "kind:live AND lang:en-GB"),
    ('year:"2025"', 'year:"2025"'),
    ("year:2025", "year:2025"),
    # addresses, of which the signs mean nothing else
    ("url:bbc.co.uk/news", "url:bbc.co.uk/news"),
    ("URL:https://www.BBC.co.uk/news/live/x-1/?x=y&utm_source=z#pt", "url:bbc.co.uk/news/live/x-1?x=y"),
    ("inurl:/news", "url:/news"),
    ("url=https://example.org/a:b", "url:example.org/a:b"),
    ("url:example.org/Paris_(Texas) fog", "url:example.org/paris_%28texas%29 AND fog"),
    ("(url:example.org/a OR site:.uk)", "url:example.org/a OR site:.uk"),
    ("url:(a.example/x OR b.example?y=z*)", "url:a.example/x OR url:b.example?y=z*"),
    ("-site:www.example.org fog*", "NOT site:example.org AND fog*"),
    ("host:xn--mnchen-3ya.example", "site:münchen.example"),
    ("domain(example.org)", "site:example.org"),
    ('url:"http://example.org/a/"', 'url:"example.org/a"'),
    ("url:example.org, fog", "url:example.org AND fog"),
    ("url:w/5 fog", "url:w/5 AND fog"),
    ("url:none", "url:none"),
    ("site:none", "url:none"),
    ("site:*", "NOT url:none"),
    ('url:"none"', 'url:"none"'),
    ("language=German", "lang:German"),
    ("lang:(english OR french)", "lang:english OR lang:french"),
    ("month:(june -july)", "month:june AND NOT month:july"),
    ("source:guard*", "source:guard*"),
    ("source:guard!", "source:guard*"),
    ("by=rol~2", "byline:rol~2"),
    ("kind:l?ve", "kind:l?ve"),
    ("NOT topic:white_h*", "NOT topic:white_h*"),
    ("month:2025-06", "month:2025-06"),
    ("date:2025-06-02", "date:2025-06-02"),
    ("published:2025-06", "date:2025-06"),
    ("date:2025-05-16..2025-06-03", "date:2025-05-16..2025-06-03"),
    ("date:>=2025-05", "date:>=2025-05"),
    ("date:..2025", "date:..2025"),
    ("date:LAST-7-days", "date:last-7-days"),
    ("updated:yesterday captured:today", "updated:yesterday AND captured:today"),
    ("date:(2024 OR 2025)", "date:2024 OR date:2025"),
    ("-date:2025", "NOT date:2025"),
    ("平和 talks", "平和 AND talks"),
    ("a % b", "a AND NOT b"),
    ("byline:&", 'byline:"&"'),
    ("source:%", 'source:"%"'),
    ('topic:="Peace talks"', 'filed:"Peace talks"'),
    ("subject:=“Peace talks” NOT Topic:=Sport", 'filed:"Peace talks" AND NOT filed:"Sport"'),
    ('topic:=("a b" OR "c")', 'filed:"a b" OR filed:"c"'),
    ("source:=courier topic:=none", 'source:"courier" AND filed:"none"'),
    ("filed:sport filed:none", "filed:sport AND filed:none"),
    ("topic:|| b", 'topic:"||" AND b'),
    ("byline:a & b", "byline:a AND b"),
    ('ארה"ב "ארה"ב דו״ח" topic:או"ם', 'ארה"ב AND "ארה"ב דו״ח" AND topic:או"ם'),
    ("a || b | c", "a OR b OR c"),
    ("a && b & c", "a AND b AND c"),
    ("#a +b AT&T", "a AND b AND AT&T"),
    ("date:none byline:None", "date:none AND byline:none"),
    ("date:(none OR 2025)", "date:none OR date:2025"),
    ('topic:"none" text:(none b) hlead(none)', 'topic:"none" AND text:(none) AND text:b AND hlead(none)'),
    ("source:* -date:* heading:*", "NOT source:none AND date:none AND NOT heading:none"),
    ("#near5 #source:x /source:x", "#near5 AND #source:x AND #source:x"),
]

# A query, its canonical text, and its notes: position and a part of the message.
NOTED = [
    ("or and Not", "or AND and AND Not", [(0, "written OR and AND and NOT")]),
    ("a OR", "a", [(2, "Ignored an OR with nothing on one side")]),
    ("OR a", "a", [(0, "Ignored an OR with nothing on one side")]),
    ("a AND", "a", [(2, "Ignored an AND with nothing on one side")]),
    ("AND a", "a", [(0, "Ignored an AND with nothing on one side")]),
    ("a AND AND b", "a AND b", [(2, "Ignored an AND with nothing on one side")]),
    ("a NOT", "a", [(2, "Ignored a NOT with nothing after it")]),
    ("a NOT OR b", "a OR b", [(2, "Ignored a NOT with nothing after it")]),
    ("(a b", "a AND b", [(0, "This bracket is not closed")]),
    ("a) b", "a AND b", [(1, "Ignored a closing bracket without an opening bracket")]),
    ('a "b c', 'a AND "b c"', [(2, "This quotation mark is not closed")]),
    ('a"b c"d', 'a AND "b c" AND d', [(1, "A quotation mark next to a letter begins or ends a phrase")]),
    ('ab"c d"', 'ab AND "c d"', [(2, "A quotation mark next to a letter begins or ends a phrase")]),
    ('"a b"cd', '"a b" AND cd', [(0, "A quotation mark next to a letter begins or ends a phrase")]),
    ('שלום"', "שלום", [(4, "This quotation mark is not closed"), (4, "Ignored a phrase without words")]),
    ('a ""', "a", [(2, "Ignored a phrase without words")]),
    ('a "…"', "a", [(2, "Ignored a phrase without words")]),
    ('"prison* camp"', '"prison* camp"', [(0, "no truncation in quotation marks")]),
    ("a § b", "a AND b", [(2, "Ignored “§”, which has no letter or digit")]),
    ("50 % a", "50 AND a", [(3, "Ignored “%”, which has no letter or digit")]),
    ("% a", "a", [(0, "Ignored “%”, which has no letter or digit")]),
    ("a !b", "a AND b", [(2, "!b was searched as b; to exclude it, write NOT b")]),
    ("a||b", "a||b", [(0, "was searched as a phrase; for any of its words, write a OR b")]),
    ("a^2.5 b", "a AND b", [(0, "Ignored ^2.5: a word cannot be given more weight")]),
    ('"a b"^3 c', '"a b" AND c', [(5, "Ignored ^3: a word cannot be given more weight")]),
    ("C++ a", "C AND a", [(0, "C++ was searched as C, since ++ is not indexed")]),
    ("F# a", "F AND a", [(0, "F# was searched as F, since # is not indexed")]),
    ("headline:none", "headline:none", [(9, 'for the word, write headline:"none"')]),
    ("a - b", "a AND b", [(2, "Ignored “-”, which has no letter or digit")]),
    ("mood:calm", "mood AND calm", [(0, "mood: is not a field")]),
    ("source:(mood:calm)", "source:mood AND source:calm", [(8, "mood: is not a field")]),
    ("near5:x", "#near5 AND x", [(0, "near5: is not a field")]),
    ("source:) a", "a", [(0, "Ignored source: with nothing after it"), (7, "Ignored a closing bracket")]),
    ('source:"" a', "a", [(7, "Ignored source: with nothing after it")]),
    ("source: post", "source AND post", [(0, "write source:value without a space")]),
]

# A query that cannot be read, the position of the error, and parts of its message and cure.
REFUSED = [
    ("a date:june", 7, "date: june is not a date", "2025-06-02"),
    ("date:2025-02-30", 5, "date: 2025-02-30 is not in the calendar", "leave the date out"),
    ("updated:2025..2024", 8, "updated: 2025..2024 ends before it begins; write 2024..2025", "leave the date out"),
    ('date:""', 5, "date: the date is missing", "leave the date out"),
    ('""', 0, 'nothing to search for in ""', "or * for everything"),
    ("  §", 2, "nothing to search for in §", "Write a word"),
    ("?", 0, "nothing to search for in ?", "Write a word"),
    ("😀 👍", 0, "nothing to search for in 😀 👍", "Write a word"),
    ("()", 0, "nothing to search for in ()", "Write a word"),
    ("NOT ()", 0, "nothing to search for in NOT ()", "Write a word"),
    ('source:""', 0, 'nothing to search for in source:""', "a value of a field"),
    ("^2", 0, "nothing to search for in ^2", "Write a word"),
    ("headline:§", 0, "nothing to search for in headline:§", "Write a word"),
    ("(" * 41 + "a", 40, "are nested more than 40 deep", "fewer brackets"),
    ("a " + "-" * 9000, 8000, "9,002 characters", "Shorten it to 8,000 characters"),
    ("NOT " * 41 + "a", 160, "are nested more than 40 deep", "fewer brackets"),
    ("a " * 1501, 3000, "the query has more than 1,500 terms", "several queries"),
    ("source:(" + "a " * 1501 + ")", 3008, "the query has more than 1,500 terms", "several queries"),
]


@pytest.mark.parametrize(("text", "canonical"), PLAIN)
def test_query_is_read_without_a_note(text: str, canonical: str) -> None:
    parsed = parse(text, now=NOW)
    assert parsed.canonical == canonical
    assert parsed.notes == ()


@pytest.mark.parametrize(("text", "canonical", "notes"), NOTED)
def test_doubtful_part_is_noted_with_its_position(text: str, canonical: str, notes: list[tuple[int, str]]) -> None:
    parsed = parse(text, now=NOW)
    assert parsed.canonical == canonical
    assert [note.position for note in parsed.notes] == [position for position, _ in notes]
    for note, (_, part) in zip(parsed.notes, notes, strict=True):
        assert part in note.message


@pytest.mark.parametrize(("text", "position", "message", "cure"), REFUSED, ids=[row[0][:24] for row in REFUSED])
def test_unreadable_query_says_where_and_what_to_write(text: str, position: int, message: str, cure: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, now=NOW)
    assert caught.value.position == position
    assert message in caught.value.message
    assert cure in str(caught.value)
    assert f"(at character {position + 1})" in str(caught.value)


def test_limits_themselves_are_allowed() -> None:
    assert tree_of("(" * 40 + "a" + ")" * 40) == Word("a")
    assert tree_of("a " * 300) == And((Word("a"),) * 300)
    assert tree_of(" " * 3999 + "a") == Word("a")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Peace talks", And((Word("Peace"), Word("talks")))),
        ("text:x", Word("x", "text")),
        ('heading:"x y"', Phrase("x y", "heading")),
        ('by:"Iva  Sorel"', Keyword("byline", "Iva Sorel")),
        ("by:Sorel", ValueWord("byline", "Sorel")),
        ("-byline:sorel", Not(ValueWord("byline", "sorel"))),
        ("source:(o’neil OR “The Post”)", Or((ValueWord("source", "o’neil"), Keyword("source", "The Post")))),
        ("topic:“none”", Keyword("topic", "none")),
        ("lang:en", ValueWord("lang", "en")),
        ('lang:"en"', Keyword("lang", "en")),
        ("source:§", Keyword("source", "§")),
        ("a OR -b", Or((Word("a"), Not(Word("b"))))),
        ("", Everything()),
        (" ", Everything()),
        ("*", Everything()),
        ("date:none", Missing("date")),
        ("heading:*", Not(Missing("heading"))),
        (
            "date:2025-06",
            DateRange("date", "2025-06", midnight(2025, 6, 1), midnight(2025, 7, 1)),
        ),
        ("date:yesterday", DateRange("date", "yesterday", reader_midnight(6, 2), reader_midnight(6, 3))),
        ("captured:>2024", DateRange("captured", ">2024", midnight(2025, 1, 1), None)),
    ],
)
def test_query_is_parsed_to_a_tree(text: str, tree: Node) -> None:
    assert tree_of(text) == tree


def test_leaves_of_proximity_and_counting_are_positive() -> None:
    leaves = list(positive_leaves(tree_of("(ab* OR b) w/5 c~ AND atleast2(d) NOT (e w/3 f)")))
    assert leaves == [Truncation("ab*"), Word("b"), Fuzzy("c", 1), Word("d")]


def test_operands_are_nodes_with_positions_in_a_text() -> None:
    assert all(is_operand(tree_of(text)) for text in ("a", '"a b"', "ab*", "a~", "a OR bc*", "(a w/5 b) OR c"))
    assert not any(is_operand(tree_of(text)) for text in ("a b", "NOT a", "a OR (b c)", "kind:live", "*", "date:2025"))


def test_positive_leaves_are_not_under_a_not() -> None:
    leaves = list(positive_leaves(tree_of('a (b OR "c d") NOT (e f) -g kind:live')))
    assert leaves == [Word("a"), Word("b"), Phrase("c d"), ValueWord("kind", "live")]


# --- properties ---

_TEXT_FIELDS = st.sampled_from([None, "headline", "heading", "standfirst", "text"])
_REGIONS = _TEXT_FIELDS | st.just("hlead")
_KEYWORDS = st.sampled_from(["source", "kind", "topic", "filed", "byline", "lang", "year", "month"])
_WORDS = st.sampled_from(
    ["boat", "Łódź", "cease-fire", "U.S.", "1,000", "ORs", "12:30", "平和", "O’Brien", "http://a.b/c", "none"]
)
_PHRASES = st.sampled_from(["boat", "a AND (b)", "source:x -y", "w/5 near", "x’s y!", "OR"])
_VALUES = st.sampled_from(
    ["live", "Lindwick Post", "a:b", "OR", "-x", "(y)", "*", "w/5", "é", "…", "last-7-days", "None"]
)
_VALUE_WORDS = st.sampled_from(["Rolland", "O’Brien", "AT&T", "OR", "w/5", "Łódź", "平和", "#none", "R.D", "al-Qaeda"])
_ADDRESSES = st.sampled_from(
    [
        "example.org",
        "https://www.m.m.example.org/amp/amp/x?b=1&a=2#c",
        "a.example/Paris_(Texas)",
        "a.example/%22x%22%20y",
        "a.example/“x”",
        "caf%C3%A9*",
        "/a:b;c=d",
        "*x*",
        ".uk",
        "-x",
    ]
)
_PATTERNS = st.sampled_from(["sanction*", "wom?n", "*tion", "pre-war*", "o’bri*n"])
_EXPRESSIONS = st.sampled_from(
    ["2025", "2025-06", "2025-05-16..2025-06-03", ">=2025", "..2024", "last-7-days", "today"]
)
_LEAVES = (
    st.builds(Word, _WORDS, _TEXT_FIELDS)
    | st.builds(Phrase, _PHRASES, _TEXT_FIELDS)
    | st.builds(Keyword, _KEYWORDS, _VALUES)
    | st.builds(ValueWord, _KEYWORDS, _VALUE_WORDS)
    | st.builds(ValueTruncation, _KEYWORDS, _PATTERNS)
    | st.builds(ValueFuzzy, _KEYWORDS, st.sampled_from(["Rolland", "O’Brien"]), st.integers(1, 2))
    | st.builds(
        lambda field, written: DateRange(field, written, *parse_date_range(written, NOW)),
        st.sampled_from(["date", "updated", "captured"]),
        _EXPRESSIONS,
    )
    | st.builds(Address, st.sampled_from(["url", "site"]), _ADDRESSES.map(read_address), st.booleans())
    | st.builds(Missing, _KEYWORDS | st.sampled_from(["date", "updated", "captured"]))
    | st.just(Everything())
)


def _combined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Trees as the parser makes them: no And directly in an And, no Or in an Or, no Not in a Not."""

    def parts(kind: type[And] | type[Or]) -> st.SearchStrategy[Node]:
        others = inner.filter(lambda part: not isinstance(part, kind))
        return st.lists(others, min_size=2, max_size=4).map(lambda chosen: kind(tuple(chosen)))

    return parts(And) | parts(Or) | inner.filter(lambda part: not isinstance(part, Not)).map(Not)


_TERMS = (
    st.builds(Word, _WORDS, _REGIONS)
    | st.builds(Phrase, _PHRASES, _REGIONS)
    | st.builds(Truncation, _PATTERNS, _REGIONS)
    | st.builds(Fuzzy, st.sampled_from(["Zelensky", "O’Brien"]), st.integers(1, 2), _REGIONS)
)
_DISTANCES = st.integers(1, 250) | st.sampled_from(["s", "p"])


def _operands(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    ored = st.lists(inner.filter(lambda part: not isinstance(part, Or)), min_size=2, max_size=3)
    return st.builds(Near, inner, inner, _DISTANCES, st.booleans(), st.booleans()) | ored.map(
        lambda parts: Or(tuple(parts))
    )


_OPERANDS: st.SearchStrategy[Node] = st.recursive(_TERMS, _operands, max_leaves=5)
_COUNTED = st.builds(AtLeast, st.integers(1, 1000), _OPERANDS)
_WITHIN: st.SearchStrategy[Node] = st.recursive(_LEAVES | _OPERANDS | _COUNTED, _combined, max_leaves=4)
_SAID = st.builds(InStatement, _WITHIN)
_TREES: st.SearchStrategy[Node] = st.recursive(_LEAVES | _OPERANDS | _COUNTED | _SAID, _combined, max_leaves=12)


@given(_TREES)
def test_canonical_text_parses_to_the_same_tree_without_a_note(tree: Node) -> None:
    parsed = parse(format_query(tree), now=NOW)
    assert parsed.tree == tree
    assert parsed.notes == ()


_PIECES = (
    *("AND", "OR", "NOT", "(", ")", "-", "−", '"', "“", "”", ":", "*", "?", "!", "~", "~2", "#", "/", "+", "'", "’"),
    *("a w/5 b", " pre/s ", " SAME ", "headline(", "hd=", "NOT w/5", "near3", "adj", "+3", "same"),
    *(
        "headline:",
        "source:",
        "date:",
        "mood:",
        "near5:",
        "w/5",
        "/p",
        "near/5",
        "atleast3(",
        "hlead(",
        "x:y",
        "..",
        "said(",
    ),
    *("2025", "2025-06", ">=", "last-7-days", "boat", "a's's", "U.S.", "1,000", "or", "…", "平", "\x00", "\n"),
)
_PARTS = st.sampled_from(_PIECES) | st.just(" ") | st.text(st.characters(), max_size=4)
_TEXTS = st.lists(_PARTS, max_size=14).map("".join)


@given(_TEXTS)
@example("U.S.near/5 AND")
@example("x AND# hlead(y")
@example("x AND# headline:y OR# (a b)")
def test_any_text_is_parsed_or_refused_at_a_position_in_it(text: str) -> None:
    try:
        parsed = parse(text, now=NOW)
    except QueryError as error:
        assert 0 <= error.position < len(text)
        assert error.message
        assert error.cure
        return
    assert all(0 <= note.position < len(text) for note in parsed.notes)
    assert parse(parsed.canonical, now=NOW).tree == parsed.tree


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in children(node):
        yield from nodes(part)


@given(_TEXTS)
def test_only_an_asterisk_finds_everything(text: str) -> None:
    try:
        tree = tree_of(text)
    except QueryError:
        return
    if Everything() in nodes(tree):
        assert not text.strip() or "*" in text


# Behind an open quotation mark, AND is a word.
_SIGNS = st.text(
    st.characters(categories=["P", "S", "Z", "Cc", "Cf"], exclude_characters=f"*{QUOTE_MARKS}"), min_size=1, max_size=4
)
_WORDLESS = st.sampled_from(
    ["AND", "OR", "NOT", "(", ")", "()", '""', "headline:§", "headline:&", 'source:""', "w/5", "😀", "||", "%"]
)


@given(st.lists(_SIGNS | _WORDLESS, min_size=1, max_size=8).map(" ".join))
def test_query_without_a_word_is_refused(text: str) -> None:
    if text.strip():
        with pytest.raises(QueryError):
            tree_of(text)


@given(st.text(alphabet='()"NOT -a:', max_size=120), st.integers(1, 40))
def test_repeating_a_text_raises_no_other_error(text: str, times: int) -> None:
    try:
        tree = tree_of(text * times)
    except QueryError:
        return
    assert tree_of(format_query(tree)) == tree
