"""English names of months, languages and countries, from the Unicode CLDR. Pure.

Short, but needed by results, citations and templates alike. The names of Python's `calendar` and `strftime` will not
do: they follow the locale of the process.
"""

import re
from collections.abc import Mapping

from babel import Locale
from babel.dates import get_month_names

# By number, from 1. Read once: a page of results uses them a hundred times.
MONTH_NAMES: Mapping[int, str] = dict(get_month_names("wide", locale="en"))
SHORT_MONTH_NAMES: Mapping[int, str] = dict(get_month_names("abbreviated", locale="en"))
_LANGUAGES: Mapping[str, str] = dict(Locale("en").languages)
_TERRITORIES: Mapping[str, str] = dict(Locale("en").territories)


# The shape of a language code (BCP 47), its first part a language of two or three letters.
_LANGUAGE_CODE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def is_language_code(code: str) -> bool:
    """Whether a text can be a language code, so that an attribute `lang` may have it."""
    return bool(_LANGUAGE_CODE.fullmatch(code))


def language_name(code: str) -> str:
    """Returns the name of a language or its variant by its BCP 47 code; the code itself if it is not known."""
    language, *subtags = code.replace("_", "-").split("-")
    # CLDR writes scripts like Hans, regions like GB.
    parts = [language.lower(), *(subtag.title() if len(subtag) == 4 else subtag.upper() for subtag in subtags)]
    for length in range(len(parts), 0, -1):
        if name := _LANGUAGES.get("_".join(parts[:length])):
            return name
    return code


def country_name(code: str) -> str:
    """Returns the name of a country by its code of two letters (ISO 3166); the code itself if it is not known."""
    return _TERRITORIES.get(code, code)
