"""Bylines: the people that a line of authors names, and what else the line says.

Owns what a byline means, for readers, index, citations and pages alike. Does not own where a document keeps its
byline: readers know that (`formats.bylines`), and the record stores the line as received. Names stay as they are
printed; nothing guesses which word is the family name. Pure; every module may import it.

    By Jane Bland in Kyiv and Max Rolland, AP; additional reporting by Ann Lee
    Jane Bland, Max Rolland: authors      Ann Lee: a contributor      AP: no person
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .byline_names import (
    AND,
    BODY,
    CHINESE_LIST,
    IN_PLACE,
    JOB,
    SUFFIX,
    are_no_persons,
    clean_name,
    looks_like_name,
    parts_of_chain,
    without_by,
)
from .byline_words import (
    AND_BETWEEN_FULL_NAMES,
    AND_BETWEEN_NAMES,
    BY_WORDS,
    PARTICLES,
    PARTICLES_OR_FIRST_NAMES,
    is_organization,
    is_place,
)

# An author wrote, a contributor helped; production is who edited, translated or took the pictures. The others are
# agencies, newsrooms, and what may be a person or not.
CreditKind = Literal["author", "contributor", "production", "other"]

MAX_NAME_CHARS = 80
# Longer lines are no bylines, but text in the place of one.
MAX_BYLINE_CHARS = 2000
_MAX_NAME_WORDS = 7
_MAX_CACHED_LINES = 1 << 14


@dataclass(frozen=True)
class Credit:
    """A name in a byline, as printed, and what it is there for."""

    name: str
    kind: CreditKind = "author"


@lru_cache(_MAX_CACHED_LINES)
def read_byline(byline: str) -> tuple[Credit, ...]:
    """Returns the credits of a byline in their order, each name once. O(byline).

    A byline that names no person (`Editorial board`, `Reuters and AP`) stays as it is, except that commas part it.
    Places, job titles and addresses are left out; a title that belongs to the name (`Dr.`) stays with it.
    """
    line = " ".join(byline.split())
    if len(line) > MAX_BYLINE_CHARS:
        return ()
    found: dict[str, Credit] = {}
    for role, text in _split_roles(_without_contacts(line)):
        for credit in _credits_in(text, role):
            found.setdefault(credit.name.casefold(), credit)
    if any(credit.kind != "other" for credit in found.values()):
        return tuple(found.values())
    parts = (without_by(part) for group in _LIST_SEPARATOR.split(line) for part in _comma_parts(group))
    return tuple(Credit(part, "other") for part in dict.fromkeys(parts) if _may_be_name(part))


# Between names that are no persons only these and commas separate: `Reuters and AP`, `Courier/agencies` stay whole.
_LIST_SEPARATOR = re.compile(r"\s*[;|؛]\s*")


def _may_be_name(text: str) -> bool:
    return len(text) <= MAX_NAME_CHARS and any(map(str.isalnum, text)) and not _NO_NAME.search(text)


def names_in(byline: str) -> tuple[str, ...]:
    """Returns all names in a byline, with those of contributors and agencies."""
    return tuple(credit.name for credit in read_byline(byline))


def authors_in(byline: str) -> tuple[str, ...]:
    """Returns the names of the authors in a byline; if it has none, all names."""
    return tuple(credit.name for credit in read_byline(byline) if credit.kind == "author") or names_in(byline)


def join_names(names: Iterable[str]) -> str:
    """Returns the names as a byline, each name once, without empty names.

    There are commas between them, or semicolons if a name has a comma itself (`Bland, Jane`).
    """
    distinct = list(dict.fromkeys(name for name in names if name))
    return ("; " if any("," in name for name in distinct) else ", ").join(distinct)


# --- the parts of a line ---

# An email address or an account, before the name, after it, or instead of it; an address of the web.
_CONTACT = re.compile(
    r"[(\[<]?(?:(?<![\w.])(?:@\w+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?:https?://|www\.)[^\s)\]>]+)[)\]>]?"
)


# "Updated 5:30 pm", "Published June 2, 2025" and what follows them.
_STAMP = re.compile(
    r"[\s,]*\b(?:last\s+)?(?:published|updated|posted|modified)(?:\s+(?:on|at))?\b:?\s+(?:\w+\s+)?\d.*$", re.IGNORECASE
)
# Ada Quill is a reporter based in Lima.
_ABOUT = re.compile(r"(?<=\w)\s(?:is|was)\s(?:an?|the|our)\s.*$")
_AND_OTHERS = re.compile(r"[,\s]+(?:et al\b\.?|(?:and|&) others|u\. ?a\.|m\. ?fl\.)", re.IGNORECASE)


def _without_contacts(line: str) -> str:
    return " ".join(_AND_OTHERS.sub(" ", _ABOUT.sub("", _STAMP.sub("", _CONTACT.sub(" ", line)))).split())


_WORK = (
    r"(?:written|writing|compiled|reported|posted|submitted|words|text|story|interview|analysis|report|opinion|column|comment|"
    r"commentary|review|essay|profile|feature|investigation)"
)
_ROLE = re.compile(
    rf"""(?P<helped>(?:\b(?:and|with)\s+)?\b(?:additional|further|extra|other|contributing)\s+\w+\s+(?:by|from)\b
        | \bwith\s+(?:additional\s+)?(?:reporting|research|contributions?|material|files?|help)\s+(?:by|from|of)\b
        | \b(?:unter\s+)?mitarbeit:?\s*(?:von\b)?
        | \bcon\s+(?:la\s+)?(?:colaboraci[oó]n|informaci[oó]n)\s+de\b
        | \bavec\s+(?:la\s+collaboration|l['’]aide|la\s+contribution)\s+(?:de|d['’]))
    | (?P<produced>\b(?:edit(?:ed|ing)|(?:fact[- ])?check(?:ed|ing)|translat(?:ed|ion|ing)|produc(?:ed|tion)
          |research(?:ed)?)\s+(?:and\s+\w+\s+)?by\b
        | \b(?:photo\w*|foto\w*|pictures?|illustrations?|illustrated|graphics?|video\w*|images?|camera)
          \s*(?::|(?:by|von|par|por|de|di)\b))
    | (?P<wrote>\bas\s+told\s+to\b | \b{_WORK}\s+(?:and\s+\w+\s+)?by\b | \breporting\s+by\b)
    | (?P<also>,?\s+\b(?:with|avec|mit|con)\b\s+(?=\S)(?!\S*\s+\w+ing\b))
    """,
    re.IGNORECASE | re.VERBOSE,
)


# What the names behind each group of _ROLE are there for; those behind "with" are for the same as those before.
_ROLE_KINDS: Mapping[str, CreditKind] = {"helped": "contributor", "produced": "production", "wrote": "author"}


def _split_roles(line: str) -> Iterator[tuple[CreditKind, str]]:
    """Yields the stretches of a line, each with what its names are there for."""
    role: CreditKind = "author"
    start = 0
    for match in _ROLE.finditer(line):
        yield role, line[start : match.start()]
        role = _ROLE_KINDS.get(match.lastgroup or "", role)
        start = match.end()
    yield role, line[start:]


# What always separates; a dash does between blanks.
_GROUP_SEPARATOR = re.compile(
    r"\s*(?:[;|•·؛]|\s/\s|\s[-–—]\s|(?<=[^\W\d_])/(?=[^\W\d_])|(?<=\w)\s(?:By|BY)\s(?=[^\W\d_a-z]))\s*"
)
_COMMA = re.compile(r"\s*[,，、،]\s*")
_BRACKETS = re.compile(r"\s*[(\[（]([^()\[\]（）]*)[)\]）]\s*")


def _credits_in(text: str, role: CreditKind) -> Iterator[Credit]:
    for group in _GROUP_SEPARATOR.split(_BRACKETS.sub(_open_brackets, text)):
        before: _Before = _Before()
        group = group.lstrip(" ,.-–—:").rstrip(" ,-–—:")
        if CHINESE_LIST.fullmatch(group):
            group = "、".join(without_by(group).split())
        for chain in _comma_parts(without_by(group)):
            for part in parts_of_chain(chain, in_list=before.person and not before.full_name):
                part, helped = _without_help(part)
                name, employer, had_place = clean_name(part)
                kind = _kind_of(name, before)
                if kind in ("author", "other"):
                    yield Credit(name, "contributor" if helped else role if kind == "author" else "other")
                if employer:
                    yield Credit(employer, "other")
                before = before.then(kind, name, had_place=had_place)


@dataclass(frozen=True)
class _Before:
    """What comes before a part in its group: anything, a person, one with a full name, directly before it a place."""

    anything: bool = False
    person: bool = False
    full_name: bool = False
    place: bool = False

    def then(self, kind: str, name: str, *, had_place: bool) -> "_Before":
        is_person = kind == "author"
        return _Before(
            True,
            self.person or is_person,
            self.full_name or (is_person and " " in name),
            had_place or kind == "place",
        )


_HELPED = re.compile(r"\s+contributed(?:\s+(?:to|reporting|research)\b.*)?$", re.IGNORECASE)


def _without_help(part: str) -> tuple[str, bool]:
    """Returns a part without "contributed to this report" behind it, and whether it had that."""
    text = _HELPED.sub("", part)
    return text, text != part


_WITH = re.compile(r"^(?:with|avec|mit|con)\s+", re.IGNORECASE)


def _open_brackets(match: re.Match[str]) -> str:
    """Returns what stands for a text in brackets: an agency beside the name, or the name itself."""
    inside = _WITH.sub("", match[1].strip())
    before, after = match.string[: match.start()].strip(" .:"), match.string[match.end() :]
    if is_organization(inside) or not before:
        return f"; {inside}; "
    # In the middle of a name they belong to it: Richard (R.J.) Quill.
    is_in_name = before[-1].isalpha() and after[:1].isupper() and not AND.match(f" {after}")
    return match[0] if is_in_name else " "


def _comma_parts(group: str) -> list[str]:
    """Returns the parts between the commas of a group, in which `Bland, Jane` is one, and `King, Jr.` too."""
    parts: list[str] = []
    pieces = _COMMA.split(group)
    if BODY.match(group) and AND.search(pieces[-1]):
        return [group]
    for part in pieces:
        suffix, *following = AND.split(part, 1)
        if parts and SUFFIX.fullmatch(suffix):
            parts[-1] += f", {suffix}"
            parts += following
        elif part:
            parts.append(part)
    if inverted := _inverted_names(parts):
        return inverted
    return parts


_ANY_AND = re.compile(rf"\s+(?:{'|'.join((*AND_BETWEEN_NAMES, *AND_BETWEEN_FULL_NAMES))}|&|\+)\s+", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.[\s-]?){1,4}")


def _inverted_names(parts: Sequence[str]) -> list[str]:
    """Returns the names of a group that has the family names first: `Bland, Jane`, `Bland, Jane and Lee, Ann`.

    Empty for any other group. A family name is a single word, with particles before it; so is a first name, or two.
    """
    if len(parts) < 2:
        return []
    pieces = [piece for part in parts for piece in _ANY_AND.split(part)]
    # In a longer list, the words between two commas are the first name of one and the family name of the next, unless
    # the first names are initials: Bland, J., Lee, A.
    if len(pieces) % 2 or not (
        len(pieces) == 2 * len(parts) - 2 or all(_INITIALS.fullmatch(piece) for piece in pieces[1::2])
    ):
        return []
    families, first_names = pieces[::2], pieces[1::2]
    pairs = list(zip(families, first_names, strict=True))
    return [f"{family}, {first}" for family, first in pairs] if all(_is_inverted(*pair) for pair in pairs) else []


def _is_inverted(family: str, first: str) -> bool:
    # Ben Quill, Bo Reed are two persons; Van Dyke, Dick is one.
    is_full_name = family.split()[0] in PARTICLES_OR_FIRST_NAMES and len(family.split()) == 2 == len(first.split())
    return _is_family_name(family) and _is_first_name(first) and not is_full_name


def _is_family_name(text: str) -> bool:
    *particles, last = text.split() or [""]
    return last[:1].isupper() and all(word.casefold() in PARTICLES for word in particles) and not is_organization(text)


def _is_first_name(text: str) -> bool:
    words = text.split()
    return (
        1 <= len(words) <= 2
        and all(word[0].isupper() for word in words)
        and not (is_organization(text) or is_place(text) or JOB.search(text))
    )


_NO_NAME = re.compile(
    r"[<>{}=\\]|^\d+\s(?:min|hour|hr|day|comment|share|view)s?\b|://|^\W*$|^admin(?:istrator)?$|^webmaster$",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d{3}")


def _kind_of(name: str, before: _Before) -> Literal["author", "other", "place", ""]:
    """Returns what a cleaned part is; empty for what is left out: no name, or the job of the person before it."""
    if (
        not _may_be_name(name)
        or not any(map(str.isalpha, name))
        or _DIGITS.search(name)
        or name.casefold() in BY_WORDS
    ):
        return ""
    if before.place and not is_organization(name) and (" " not in name or is_place(name)):
        return "place"
    if JOB.search(name):
        return "" if before.person else "other"
    if is_organization(name) or are_no_persons(AND.split(name)):
        return "other"
    if before.anything and (is_place(name) or IN_PLACE.match(name)):
        return "place"
    if len(name.split()) > _MAX_NAME_WORDS or not looks_like_name(name):
        return "other"
    # Behind a full name, a single word may be a place that no list has, two of them a firm.
    is_single = all(" " not in word for word in AND.split(name))
    return "other" if before.full_name and is_single and name.isascii() else "author"
