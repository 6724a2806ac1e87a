"""Which news agency a text credits: in its byline, in the dateline it begins with, in the lines it ends with. Pure.

A credit says that the text is the agency's. A line which says that an agency contributed to a report, or that material
of it was used, is none. Abbreviations count only as agencies write them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Datelines and credits stand in the first paragraphs or the last ones, and these lines are short.
_LEAD_CHARS = 250
_LAST_PARAGRAPHS = 4
_MAX_CREDIT_CHARS = 300
_MAX_SIGNATURE_WORDS = 5


@dataclass(frozen=True)
class Agency:
    """A news agency: the name that is shown, its other names, and its signs, which are written exactly so.

    `unclear` signs are also words or places: they count between the marks of a dateline, or as a whole line.
    """

    name: str
    names: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


AGENCIES = (
    Agency("Associated Press (AP)", ("Associated Press",), ("AP",)),
    Agency("Agence France-Presse (AFP)", ("Agence France-Presse", "Agence France Presse"), ("AFP",)),
    Agency("Reuters", ("Reuters", "Thomson Reuters")),
    Agency("PA Media (PA)", ("PA Media", "Press Association"), unclear=("PA",)),
    Agency("dpa", ("Deutsche Presse-Agentur",), ("dpa", "DPA", "dpa-AFX")),
    Agency("EFE", ("Agencia EFE",), ("EFE",)),
    Agency("ANSA", ("Agenzia ANSA",), ("ANSA",)),
    Agency("Xinhua", ("Xinhua", "Xinhua News Agency")),
    Agency("TASS", ("Itar-Tass", "ITAR-TASS"), ("TASS", "ТАСС")),
    Agency("Interfax", ("Interfax", "Интерфакс")),
    Agency("Interfax-Ukraine", ("Interfax-Ukraine", "Интерфакс-Украина")),
    Agency("Ukrinform", ("Ukrinform", "Укрінформ")),
    Agency("RIA Novosti", ("RIA Novosti", "РИА Новости")),
    Agency("United Press International (UPI)", ("United Press International",), ("UPI",)),
    Agency("Australian Associated Press (AAP)", ("Australian Associated Press",), ("AAP",)),
    Agency("Canadian Press (CP)", ("The Canadian Press", "Canadian Press"), unclear=("CP",)),
    Agency("Kyodo", ("Kyodo News", "Kyodo")),
    Agency("Jiji Press", ("Jiji Press",), unclear=("Jiji", "JIJI")),
    Agency("Yonhap", ("Yonhap News Agency", "Yonhap")),
    Agency("Press Trust of India (PTI)", ("Press Trust of India",), ("PTI",)),
    Agency("Anadolu Agency (AA)", ("Anadolu Agency", "Anadolu Ajansı"), unclear=("AA",)),
    Agency("NTB", ("Norsk Telegrambyrå",), ("NTB",)),
    Agency("TT", ("TT Nyhetsbyrån",), unclear=("TT",)),
    Agency("Ritzau", ("Ritzau",)),
    Agency("STT", ("Suomen Tietotoimisto",), ("STT",)),
    Agency("APA", ("Austria Presse Agentur",), ("APA",)),
    Agency("Keystone-SDA (ATS)", ("Keystone-SDA", "Keystone-ATS"), ("sda", "ATS")),
    Agency("ANP", (), ("ANP",)),
    Agency("Belga", ("Belga",)),
    Agency("PAP", ("Polska Agencja Prasowa",), ("PAP",)),
    Agency("Lusa", ("Agência Lusa",), ("Lusa", "LUSA")),
)

_CONTRIBUTED = re.compile(
    r"contribut|additional reporting|with (?:files|material|reporting|information)|material from|"
    r"based (?:in part )?on|sources?:|read more|photo|picture|image|reported by|according to|mit material",
    re.IGNORECASE,
)
# Reuters names who reported and edited at the end of its texts.
_REUTERS_SIGN_OFF = re.compile(r"^\((?:Additional )?(?:Reporting|Writing|Editing) by [^()]+\)$")
_RIGHTS = re.compile(r"©|\(c\)|copyright|all rights reserved|may not be published", re.IGNORECASE)
_PARTS = re.compile(r"\s*(?:[,/;|•·+&]|\s[-–—]\s|\band\b|\bund\b|\by\b|\be\b|\bet\b|\bvia\b|\bfor\b)\s*")
# Between brackets or slashes, as in datelines: (AP), [AFP], /TASS/, (dpa/AFP).
_MARKED = re.compile(r"[(\[]([^()\[\]]{2,40})[)\]]|(?:^|[\s.,])/([^/\s]{2,20})/")
_TRIMMED = " .,:;-–—()[]/*\"“”'"


def _signs() -> tuple[dict[str, str], dict[str, str]]:
    clear: dict[str, str] = {}
    for agency in AGENCIES:
        clear |= dict.fromkeys((name.casefold() for name in agency.names), agency.name)
        clear |= dict.fromkeys((f"the {name.casefold()}" for name in agency.names), agency.name)
    exact = {sign: agency.name for agency in AGENCIES for sign in (*agency.signs, *agency.unclear)}
    return clear, exact


_BY_NAME, _BY_SIGN = _signs()
_UNCLEAR = {sign for agency in AGENCIES for sign in agency.unclear}
_NAMED = re.compile(
    r"\b(" + "|".join(re.escape(name) for name in sorted(_BY_NAME, key=len, reverse=True)) + r")\b", re.IGNORECASE
)


def agency_of_source(name: str, *, is_agency: bool) -> str:
    """Returns the agency that a source is; empty for an outlet."""
    return _exactly(name) or (name if is_agency else "")


def credited_agencies(byline: str, paragraphs: Sequence[str]) -> tuple[str, ...]:
    """Returns the agencies that a text is credited to, each once: by its byline, else by how it begins or ends."""
    found = _in_byline(byline) or _in_lead("\n".join(paragraphs[:2])[:_LEAD_CHARS])
    for paragraph in () if found else reversed(paragraphs[-_LAST_PARAGRAPHS:]):
        found = _in_last_line(paragraph)
        if found:
            break
    return tuple(dict.fromkeys(found))


def _exactly(text: str) -> str:
    trimmed = text.strip(_TRIMMED)
    return _BY_NAME.get(trimmed.casefold(), "") or _BY_SIGN.get(trimmed, "")


def _in_byline(byline: str) -> list[str]:
    if _CONTRIBUTED.search(byline):
        return []
    whole = _exactly(re.sub(r"^(?:by|von|par|por|di)\s+", "", byline.strip(), flags=re.IGNORECASE))
    if whole:
        return [whole]
    parts = [part.strip(_TRIMMED) for part in _PARTS.split(byline)]
    found = [_BY_SIGN[part] for part in parts if part in _BY_SIGN and part not in _UNCLEAR]
    found += [_BY_SIGN[sign] for mark in _MARKED.findall(byline) for sign in mark if sign in _BY_SIGN]
    return found + [_BY_NAME[name.casefold()] for name in _NAMED.findall(byline)]


def _in_lead(lead: str) -> list[str]:
    found = []
    for mark in _MARKED.findall(lead):
        parts = [_exactly(part) for part in _PARTS.split(next(filter(None, mark)))]
        if parts and all(parts):
            found += parts
    return found


def _in_last_line(paragraph: str) -> list[str]:
    line = paragraph.strip()
    if not line or len(line) > _MAX_CREDIT_CHARS or (_CONTRIBUTED.search(line) and not _REUTERS_SIGN_OFF.match(line)):
        return []
    if _REUTERS_SIGN_OFF.match(line):
        return ["Reuters"]
    if _RIGHTS.search(line):
        signs = [_BY_SIGN[word] for word in re.findall(r"\w+", line) if word in _BY_SIGN and word not in _UNCLEAR]
        return [_BY_NAME[name.casefold()] for name in _NAMED.findall(line)] or signs
    if len(line.split()) <= _MAX_SIGNATURE_WORDS:
        parts = [_exactly(part) for part in _PARTS.split(line.strip(_TRIMMED))]
        return parts if all(parts) else []
    marks = [mark for found in _MARKED.findall(line[-_MAX_SIGNATURE_WORDS * 8 :]) for mark in found if mark]
    return [
        agency for mark in marks[-1:] if line.rstrip(" .").endswith((")", "]", "/")) and (agency := _exactly(mark))
    ]
