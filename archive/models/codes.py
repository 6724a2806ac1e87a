"""Codes of countries (ISO 3166, alpha-2) and languages (BCP 47) that a curator gives: their names, and what is none.

The names are those of the Unicode CLDR.
"""

import re
from functools import cache

from babel import Locale
from django.core.exceptions import ValidationError

# Regions of the CLDR that are no countries of ISO 3166: unions, islands that it counts with others, placeholders.
# Kosovo stays, whose XK is in use, though the standard leaves it to its users.
_NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())

MAX_LANGUAGES = 20
# Language, script, region, variants; no extensions (RFC 5646, section 2.1).
_LANGUAGE = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?(?P<variants>(?:-[a-z\d]{5,8})*)",
    re.IGNORECASE,
)


@cache
def country_names() -> dict[str, str]:
    """Returns the names of the countries by their codes, in the order of the names."""
    territories = Locale("en").territories
    countries = {
        code: name
        for code, name in territories.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRIES
    }
    return dict(sorted(countries.items(), key=lambda country: country[1]))


def validate_country(code: str) -> None:
    """Raises ValidationError for a text that is no code of a country."""
    if code not in country_names():
        raise ValidationError(f"{code!r} is no code of a country; write two capitals, like GB (ISO 3166).")


def read_languages(text: str) -> str:
    """Returns the codes in a text in their usual case, with commas between, each once. Raises ValidationError."""
    codes = dict.fromkeys(_read_language(code) for code in re.split(r"[\s,;]+", text) if code)
    if len(codes) > MAX_LANGUAGES:
        raise ValidationError(f"{len(codes)} languages; at most {MAX_LANGUAGES} are kept.")
    return ", ".join(codes)


def validate_languages(text: str) -> None:
    """Raises ValidationError for a text that has anything but codes of languages."""
    read_languages(text)


def _read_language(code: str) -> str:
    match = _LANGUAGE.fullmatch(code)
    if not match or match["language"].lower() not in Locale("en").languages:
        raise ValidationError(f"{code[:40]!r} is no code of a language; write codes like en, pt-BR (BCP 47).")
    subtags = (match["language"].lower(), (match["script"] or "").title(), (match["region"] or "").upper())
    return "-".join(filter(None, subtags)) + match["variants"].lower()
