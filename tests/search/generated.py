"""Random queries for tests: grammatical ones, mutated ones, and pieces in any order.

`make_query` returns one; equal random states give equal queries. Expensive terms are included on purpose: the most
common words, truncations that match a large part of all forms, proximity inside proximity.
"""

from random import Random

from search.fields import FIELD_BY_NAME_OR_ALIAS
from search.query.parser import MAX_QUERY_CHARS

# From the most common words of English news to a word that occurs nowhere.
_WORDS = (
    *"the to of and a in that s said is for on he was it with as".split(),
    *"president people government immigration trump police talks peace sanctions exchange".split(),
    *"Zelensky cease-fire well-being U.S. don’t O'Brien Zürich İstanbul Москва 北京 เรือข้ามฟาก القوات नौकाओं".split(),
    *("Fähr\u00adhafen", "3.5", "1,000", "2016", "xyzzyx", "antidisestablishmentarianism", "a" * 60),
    *("ﬁ", "ß", "e\u0301", 'צה"ל', "Köln", "15 000", "F-16s", "$5.3bn", "12’000", "O’Neill", "none"),
)
_TRUNCATIONS = (
    *"immigra* t* *e*t* *ion th? tr?mp ?he p*t s*! wom?n *an* *a*e*i* co* re*".split(),
    *"pre-* *-* ** a*b*c*d*e*f* *e*e*e*e*e*x 19* *’* М* 北* เ*อ नौ* \u00ad*".split(),
)
_FUZZY = "Zelensky~ president~2 the~2 and~ immigration~2 Москва~2 a~2 cease-fire~ zürich~2 เรือ~ नौका~2".split()
_PIECES = (
    *'AND OR NOT ( ) (( )) - " “ ” « : * ? ! ~ ~2 ~9 # /'.split(),
    *"+ ' headline: source: date: mood: topic: by= text( w/5 w/0 /p near/5 ==".split(),
    *"near3 pre/s w/250 SAME atleast3( atleast0( hlead( x:y .. 2025 >=".split(),
    *("NOT w/5", "…", "+3", "same", "or", "plural(", "w/seg", "\x00", "\n", "\t", "\u200b", "\ud800", "\U0001f600"),
    *("’s", "*:*", "%", "\\"),
)
_DATES = "2016 2016-11 2016-11-08 2014..2016-06 >=2015 last-7-days yesterday 2016-13 9999 x".split()
_VALUES = (
    "CNN",
    '"Fox News"',
    "(cnn OR npr)",
    '"immigration"',
    "(",
    '""',
    "*",
    "en",
    "live",
    "article",
    "-cnn",
    "none",
    "o’neill",
)
_DISTANCES = "w/5 w/1 w/50 w/250 pre/3 pre/250 w/s w/p pre/s pre/p near/10 w/0".split()


def make_query(chance: Random) -> str:
    """Returns a query; a few are one character longer than allowed."""
    kind = chance.random()
    if kind < 0.15:
        query = "".join(
            chance.choice(_PIECES + _WORDS) + chance.choice(("", " ")) for _ in range(chance.randint(1, 14))
        )
    else:
        query = _expression(chance, chance.randint(0, 4))
        if kind < 0.5:
            for _ in range(chance.randint(1, 4)):
                query = _mutate(chance, query)
    if chance.random() < 0.02:
        query = f"{query} {chance.choice(('', 'OR', 'w/9', 'NOT'))} " * chance.randint(2, 60)
    return query[: MAX_QUERY_CHARS + chance.randint(-20, 1)]


def _expression(chance: Random, depth: int) -> str:
    kind = chance.random()
    if depth <= 0 or kind < 0.25:
        return _term(chance)
    if kind < 0.45:
        return " ".join(_expression(chance, depth - 1) for _ in range(chance.randint(2, 4)))
    if kind < 0.6:
        return " OR ".join(_expression(chance, depth - 1) for _ in range(chance.randint(2, 6)))
    if kind < 0.68:
        return f"{_expression(chance, depth - 1)} {chance.choice(('NOT', 'AND NOT', '-'))} ({_term(chance)})"
    if kind < 0.9:
        return _proximity(chance, depth)
    if kind < 0.95:
        return f"atleast{chance.choice((1, 2, 3, 10, 1000, 1001))}({_operand(chance, depth - 1)})"
    return f"{chance.choice(('hlead', 'headline', 'text', 'heading'))}({_expression(chance, depth - 1)})"


def _proximity(chance: Random, depth: int) -> str:
    return f"{_operand(chance, depth - 1)} {chance.choice(_DISTANCES)} {_operand(chance, depth - 1)}"


def _operand(chance: Random, depth: int) -> str:
    """Returns text that is usually an operand of proximity."""
    kind = chance.random()
    if depth > 0 and kind < 0.35:
        return f"({_proximity(chance, depth)})"
    if kind < 0.5:
        return "(" + " OR ".join(_term(chance) for _ in range(chance.randint(2, 5))) + ")"
    return _term(chance)


def _term(chance: Random) -> str:
    kind = chance.random()
    if kind < 0.45:
        term = chance.choice(_WORDS)
    elif kind < 0.6:
        term = '"' + " ".join(chance.choice(_WORDS) for _ in range(chance.randint(1, 5))) + '"'
    elif kind < 0.75:
        term = chance.choice(_TRUNCATIONS)
    elif kind < 0.82:
        term = chance.choice(_FUZZY)
    elif kind < 0.88:
        return f"{chance.choice(list(FIELD_BY_NAME_OR_ALIAS))}{chance.choice(':=')}{chance.choice(_WORDS)}"
    elif kind < 0.94:
        return f"{chance.choice(('date', 'updated', 'captured'))}:{chance.choice(_DATES)}"
    else:
        return f"{chance.choice(('source', 'topic', 'byline', 'kind', 'lang'))}:{chance.choice(_VALUES)}"
    return chance.choice(("headline:", "text:", "hlead:", "heading:")) + term if chance.random() < 0.1 else term


def _mutate(chance: Random, query: str) -> str:
    """Returns the query with a piece inserted, deleted, repeated, replaced or moved."""
    start = chance.randint(0, len(query))
    end = min(start + chance.randint(0, 8), len(query))
    match chance.randint(0, 4):
        case 0:
            return query[:start] + chance.choice(_PIECES) + query[start:]
        case 1:
            return query[:start] + query[end:]
        case 2:
            return query[:end] + query[start:]
        case 3:
            return query[:start] + chance.choice((*_PIECES, *_WORDS, *_TRUNCATIONS)) + query[end:]
        case _:
            return query[end:] + query[start:end] + query[:start]
