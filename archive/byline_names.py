"""The names in one stretch of a byline between its commas: what "and" joins, and what surrounds a name.

Does not know the other stretches: `bylines` does. Pure; for `bylines` and for readers that take "By" from a line.
"""

import re
from collections.abc import Iterable, Sequence

from .byline_words import (
    AND_BETWEEN_FULL_NAMES,
    AND_BETWEEN_NAMES,
    ATTACHED_AND,
    BODIES,
    BY_WORDS,
    COMPANY_FORMS,
    COMPANY_PARTNERS,
    PARTICLES,
    is_organization,
)

SUFFIX = re.compile(
    r"(?:jr|sr|ii|iii|iv|ph\.?\s?d|m\.?d|esq|mbe|obe|cbe|qc|kc|mp|mep|msp|sj|s\.j|j\.?d)\.?|inc\.?|ltd\.?|llc|llp|plc",
    re.IGNORECASE,
)
AND = re.compile(rf"\s+(?:{'|'.join(AND_BETWEEN_NAMES)}|&|\+)\s+", re.IGNORECASE)

# --- names joined by "and" ---

# Two names joined by one of these words, each name of two words or more: "Ortega y Gasset" is one name.
_WEAK_AND = rf"(?:{'|'.join(AND_BETWEEN_FULL_NAMES)})"
_AND_FULL = re.compile(rf"^(\S+ \S.*?) {_WEAK_AND} (\S+ \S.*)$")
_AND_FULL_CAPITALS = re.compile(_AND_FULL.pattern, re.IGNORECASE)
_AND_ORGANIZATION = re.compile(rf"^(\S+ \S.*) {_WEAK_AND} (\S.*)$")
_AND_ATTACHED = re.compile(rf"^(\S+ \S.*?) {ATTACHED_AND}(\S+ \S.*)$")
_LEADING_AND = re.compile(rf"^(?:{'|'.join(AND_BETWEEN_NAMES)}|&)\s+", re.IGNORECASE)
# These have no other meaning before a full name; "en" and "a" do.
_LEADING_WEAK_AND = re.compile(r"^(?:y|e|ed|i|ja|és|și|şi|ve|oraz|og|và|і)\s+(?=[^\W\d_a-z]\S*\s\S)")


def parts_of_chain(chain: str, *, in_list: bool) -> list[str]:
    """Returns the names that "and" joins, in any language; the whole chain if none of them is a person.

    `in_list` if a comma parts it from other single words: in Mohan, Ravi and Satish each is a person.
    """
    chain = _LEADING_WEAK_AND.sub("", _LEADING_AND.sub("", chain))
    parts: list[str] = []
    for part in AND.split(chain):
        rest = part
        while match := _match_weak_and(rest):
            parts.append(match[1])
            rest = match[2]
        parts.append(rest)
    parts = [part for part in parts if part.strip()]
    if len(parts) > 1 and (are_no_persons(parts) or _is_one_name(chain, parts, in_list=in_list)):
        return [chain]
    return _with_companies(chain, parts, in_list=in_list)


BODY = re.compile(rf"(?:the\s+)?{BODIES}\s", re.IGNORECASE)
_COMPANY = re.compile(rf".*\s{COMPANY_FORMS}", re.IGNORECASE)
_PARTNERS = re.compile(rf"{COMPANY_PARTNERS}(?:,?\s+{COMPANY_FORMS})?", re.IGNORECASE)


def _is_one_name(chain: str, parts: Sequence[str], *, in_list: bool) -> bool:
    """Whether "and" is part of the name: Marks & Spencer, Ministry of Health and Welfare.

    Two single words may be a firm, a duo or two persons; they stay as they are printed. Scripts without capitals do
    not show where a name begins.
    """
    if BODY.match(chain):
        return not any(is_organization(part) for part in parts[1:])
    if in_list or any(is_organization(part) or "." in part for part in parts[:-1]):
        return False
    # Health and Science Editor, Arts and Culture Desk.
    *before, last = parts
    is_single = all(" " not in part and part[0].isalpha() for part in before)
    if is_single and " " in last and (JOB.search(last) or is_organization(last)):
        return True
    return all(
        " " not in part and part[0].isupper() and "." not in part and not is_organization(part) for part in parts
    )


def _with_companies(chain: str, parts: Sequence[str], *, in_list: bool) -> list[str]:
    """Returns the parts of a chain, with "Smith and Sons Ltd" and "Hale and Pace LLP" as one each."""
    joined: list[str] = []
    end = 0
    for part in parts:
        start = chain.index(part, end)
        between, end = chain[end:start], start + len(part)
        if joined and _is_company(joined[-1], between, part, in_list=in_list):
            joined[-1] += between + part
        else:
            joined.append(part)
    return joined


def _is_company(before: str, between: str, part: str, *, in_list: bool) -> bool:
    """Whether "and" and the part behind it belong to the name before: Reed & Sons, Quill of Marks & Spencer."""
    if _PARTNERS.fullmatch(part):
        return True
    is_single = " " not in before or _OF_ONE_WORD.search(before) is not None
    if is_single and _COMPANY.fullmatch(part):
        return True
    return between.strip() == "&" and is_single and not in_list and " " not in part and not is_organization(part)


_OF_ONE_WORD = re.compile(r"\s(?:of|for|at)\s\S+$", re.IGNORECASE)


def _match_weak_and(text: str) -> re.Match[str] | None:
    match = (_AND_FULL_CAPITALS if text.isupper() else _AND_FULL).match(text) or _AND_ATTACHED.match(text)
    if match and looks_like_name(match[1]) and looks_like_name(match[2]):
        return match
    agencies = _AND_ORGANIZATION.match(text)
    return agencies if agencies and is_organization(agencies[2]) else None


def looks_like_name(text: str) -> bool:
    """Whether all words have a capital letter, or none; particles aside. Scripts without capitals always do."""
    words = [word for word in text.split() if not _SMALL_WORD.fullmatch(word)]
    small = sum(word[0].islower() for word in words)
    return small in (0, len(words))


# Words that are small in a name: particles, d'Artois, el-Sayed.
_SMALL_WORD = re.compile(
    rf"(?:{'|'.join(map(re.escape, sorted({*PARTICLES, *AND_BETWEEN_NAMES, *AND_BETWEEN_FULL_NAMES})))})(?:-\w+)*"
    rf"|[dl'’]['’]?\w*['’]\w+|[(\[].*"
)


def are_no_persons(parts: Iterable[str]) -> bool:
    """Whether all of these are agencies, newsrooms or jobs."""
    names = [clean_name(part)[0] for part in parts]
    return all(not name or is_organization(name) or JOB.search(name) for name in names)


# --- one part ---

# Italian "di" and other words for "by" also begin family names.
_BY_WITH_COLON = re.compile(r"^(?:[^\W\d_]+\.? ){0,2}[^\W\d_]+\s*[:：](?!//)\s*(?=\S)")
_ENGLISH_BY = re.compile(
    r"^(?:exclusive\s+)?by\b[:\s]+(?=\S)|^(?:analysis |reporting )?(?:by|from)\s+(?=(?:the )?[^\W_]+['’]s\s+[A-Z])",
    re.IGNORECASE,
)
_OTHER_BY = re.compile(
    rf"^(?:propos recueillis |a cura |skrevet |geschrieben |texte? |texto |testo )?(?:{'|'.join(BY_WORDS)})\s+(?=\S)",
    re.IGNORECASE,
)
_CJK_BY = re.compile(
    r"^(?:取材・)?(?:文|撰文|记者|記者|作者)[・/\s]\s*(?=\S)|^(?:本报)?(?:记者|通讯员)\s*(?=[\u4e00-\u9fff])"
)
_POSSESSOR = re.compile(r"^(?:[Tt]he\s+|THE\s+)?[^\W_][\w.]*['’][sS]\s+(?=[^\W\d_a-z]\S*\s+\S)")
# Blanks part the names behind the Chinese word for reporter; those in a Japanese name stay.
CHINESE_LIST = re.compile(r"(?:本报)?(?:记者|通讯员)\s*[\u4e00-\u9fff]{2,4}(?:\s+[\u4e00-\u9fff]{2,4})+")
_CJK_TITLE = re.compile(r"(?:\s기자|\s?[记記]者)$")


def without_by(text: str) -> str:
    """Returns a text without its "By", in any language, and without "the Courier's" behind it."""
    for pattern in (_BY_WITH_COLON, _ENGLISH_BY, _CJK_BY):
        text = pattern.sub("", text)
    if match := _OTHER_BY.match(text):
        rest = text[match.end() :]
        # "Von Hagen" is a name, "von Ada Hagen" is not: there are two words behind it, none of them a particle.
        if (len(rest.split()) > 1 and rest.split()[0].casefold() not in PARTICLES) or is_organization(rest):
            text = rest
    return _POSSESSOR.sub("", text)


_PLACE_WORDS = r"in|reporting from|reporting in|from|at|aus|à|em|en|desde|depuis|från|fra|near|outside"
_PLACE = re.compile(rf"^(\S+ \S.*?)\s+(?:{_PLACE_WORDS})\s+(?:the\s+)?(?=[^\W\d_])(?![a-z]).*$")
IN_PLACE = re.compile(rf"(?:{_PLACE_WORDS})\s+(?:the\s+)?(?=[^\W\d_])(?![a-z])")
_PLACE_CAPITALS = re.compile(rf"^(\S+ \S.*?)\s+(?:{_PLACE_WORDS})\s+[^\W\d_].*$", re.IGNORECASE)
_EMPLOYER = re.compile(r"^(\S+ \S.*?),?\s+(of|for|special to|exclusively for)\s+(\S.*)$", re.IGNORECASE)
# As the wires print it: BO REED Associated Press.
_OF = re.compile(r"(?:of|for|at)\s", re.IGNORECASE)
_CAPITALS_THEN_EMPLOYER = re.compile(r"^([^\W\d_a-z][^\sa-z]*(?:\s[^\W\d_a-z][^\sa-z]*)+)\s+(\S*[a-z].*)$")
JOB = re.compile(
    r"\b(?:editor|executive|correspondent|reporter|writer|producer|columnist|contributor|journalist|chief|critic|analyst|"
    r"photographer|presenter|author|host|anchor|fellow|professor|director|intern|stringer|blogger|"
    r"korrespondent(?:in|en)?|reporterin|redakteur(?:in)?|journaliste|correspondante?|corresponsal|redactora?|"
    r"periodista|corrispondente|giornalista|inviat[oa]|redacteur|verslaggever|journalistin|envoyée?\s+spéciale?|"
    r"enviad[oa]\s+especial|корреспондент|редактор|журналист)s?\b",
    re.IGNORECASE,
)
_JOB_BEFORE_NAME = re.compile(rf"^.*{JOB.pattern}\s+(?=[^\W\d_]\S*\s+[^\W\d_])", re.IGNORECASE)
_QUOTES = "\"“”„«»'‘’"


def clean_name(part: str) -> tuple[str, str, bool]:
    """Returns a part without what surrounds a name, its agency if it names one, and whether it named a place."""
    text = without_by(_CJK_TITLE.sub("", part.strip(" -–—:|()[]<>")))
    employer = ""
    if (match := _EMPLOYER.match(text)) and not (is_organization(match[1]) or JOB.search(match[1])):
        if is_organization(match[3]):
            text, employer = match[1], match[3]
        elif match[2].casefold() != "of":  # Lord Quill of Marbeck
            text = match[1]
    elif (match := _CAPITALS_THEN_EMPLOYER.match(text)) and is_organization(match[2]):
        text, employer = match[1], match[2]
    placed = _without_place(text)
    had_place = placed != text
    text = placed
    if job := _JOB_BEFORE_NAME.match(text):
        name = text[job.end() :]
        text = text if JOB.search(name) or is_organization(name) or _OF.match(name) else name
    text = text.strip(" -–—:|,")
    if len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES:
        text = text[1:-1].strip()
    if text.endswith(".") and not _ends_with_abbreviation(text):
        text = text[:-1]
    return text, employer, had_place


def _without_place(text: str) -> str:
    # In capitals "in" may be part of a name, as in KIM IN SUNG.
    match = (_PLACE_CAPITALS if text.isupper() else _PLACE).match(text)
    return match[1] if match else text


def _ends_with_abbreviation(text: str) -> bool:
    last = text.split()[-1]
    return bool(SUFFIX.fullmatch(last) or _PARTNERS.fullmatch(last)) or len(last.strip(".")) <= 1 or "." in last[:-1]
