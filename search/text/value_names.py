"""Other names of the codes that are values of fields: languages, countries, kinds of articles and sources, months.

Pure; entered through `search.text`. Names of languages and countries are those of the Unicode CLDR.
"""

from collections.abc import Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from .names import MONTH_NAMES, SHORT_MONTH_NAMES, country_name, language_name

# What people call the kinds of `archive.models.Article.Kind`: the first is its label there.
KIND_NAMES: Mapping[str, tuple[str, ...]] = {
    "article": ("Article", "Story"),
    "live": ("Live page", "Live blog", "Liveblog"),
}
# The kinds of `archive.models.Source.Kind`, as above.
SOURCE_KIND_NAMES: Mapping[str, tuple[str, ...]] = {
    "outlet": ("Outlet", "Publisher"),
    "agency": ("Agency", "News agency", "Wire"),
    "channel": ("Official channel",),
}
# The languages in which a language or a country is looked up by its name, beside itself. Each takes 1.3 MB and 3 ms.
_NAMING_LANGUAGES = ("en", "ar", "de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "zh")
# Names in use that the CLDR does not have.
_FURTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "es": ("Castellano", "Castilian"),
    "fa": ("Farsi",),
    "fil": ("Tagalog",),
    "zh": ("Mandarin",),
}
_FURTHER_COUNTRY_NAMES: Mapping[str, tuple[str, ...]] = {
    "AE": ("UAE",),
    "CD": ("DRC", "DR Congo"),
    "CZ": ("Czech Republic",),
    "GB": ("UK", "Britain", "Great Britain"),
    "KP": ("DPRK",),
    "TR": ("Turkey",),
    "US": ("USA", "United States of America", "America"),
    "VA": ("Holy See",),
}
_COUNTRY_CODES = frozenset(str(code).lower() for code in Locale("en").territories if len(str(code)) == 2)
_LANGUAGE_CODES = frozenset((*Locale("en").languages, *get_global("language_aliases")))
_MAX_CACHED_VALUES = 4096


def other_names(field: str, value: str) -> tuple[str, ...]:
    """Returns the names by which the value of a field is known, beside the value itself; none for most fields."""
    match field:
        case "lang":
            return _names_of_language(value)
        case "country":
            return _names_of_country(value)
        case "kind":
            return KIND_NAMES.get(value, ())
        case "source-kind":
            return SOURCE_KIND_NAMES.get(value, ())
        case "month":
            return _names_of_month(value)
        case _:
            return ()


def word_sources(field: str, value: str) -> tuple[str, ...]:
    """Returns the texts of which each word finds the value of a field, except for its `excluded_words`.

    Of the code of a language they leave out the script and the region: `ca` is Catalan, not en-CA.
    """
    if field == "lang":
        return (*_names_of_language(value), *language_codes(value))
    return (value, *other_names(field, value))


def excluded_words(field: str, value: str) -> frozenset[str]:
    """Returns the words that do not find the value of a field, although they are in its names.

    For a language or a country, the codes of others: `de` is German, not "portugués de Brasil", and Germany, not
    "Estados Unidos de América".
    """
    match field:
        case "lang":
            return _LANGUAGE_CODES.difference(language_codes(value))
        case "country":
            own = {value.lower(), *(name.lower() for name in _FURTHER_COUNTRY_NAMES.get(value, ()))}
            return _COUNTRY_CODES - own
        case _:
            return frozenset()


def language_codes(code: str) -> tuple[str, ...]:
    """Returns the codes of the language of a BCP 47 code, without script and region: en and eng for en-GB."""
    language = code.replace("_", "-").partition("-")[0].lower()
    aliases: Mapping[str, str] = get_global("language_aliases")
    preferred = aliases.get(language, language).partition("_")[0]
    return tuple(dict.fromkeys((preferred, *(alias for alias, target in aliases.items() if target == preferred))))


@lru_cache(_MAX_CACHED_VALUES)
def _names_of_language(code: str) -> tuple[str, ...]:
    """Returns the names of a language, or of its variant, in English, in itself and in others."""
    language = language_codes(code)[0]
    subtags = code.replace("_", "-").split("-")[1:]
    # The CLDR writes scripts like Hans, regions like GB.
    subtags = [subtag.title() if len(subtag) == 4 else subtag.upper() for subtag in subtags]
    names = [language_name("-".join((language, *subtags)))]
    for locale in dict.fromkeys((*_NAMING_LANGUAGES, language)):
        known = _language_names_in(locale)
        names.append(known.get("_".join((language, *subtags))) or known.get(language, ""))
    return tuple(dict.fromkeys(filter(None, (*names, *_FURTHER_NAMES.get(language, ())))))


@lru_cache(_MAX_CACHED_VALUES)
def _names_of_country(code: str) -> tuple[str, ...]:
    """Returns the names of a country in English and in other languages."""
    names = [country_name(code), *(Locale(locale).territories.get(code, "") for locale in _NAMING_LANGUAGES)]
    return tuple(dict.fromkeys(filter(None, (*names, *_FURTHER_COUNTRY_NAMES.get(code, ())))))


@lru_cache(_MAX_CACHED_VALUES)
def _language_names_in(locale: str) -> Mapping[str, str]:
    try:
        return dict(Locale(locale).languages)
    except (UnknownLocaleError, ValueError):
        return {}


def _names_of_month(value: str) -> tuple[str, ...]:
    year, _, number = value.partition("-")
    if not (year.isdecimal() and number.isdecimal() and int(number) in MONTH_NAMES):
        return ()
    month = int(number)
    written = (f"{MONTH_NAMES[month]} {year}", f"{SHORT_MONTH_NAMES[month]} {year}")
    return (*written, f"{month:02}-{year}", f"{month}-{year}", f"{year}-{month}")
