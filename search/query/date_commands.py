"""Date commands of Nexis, Factiva, ProQuest and Westlaw. Pure; used within `search.query`.

DATE AFT 1/1/2014                     date:>2014-01-01
date(geq (2014) and leq (2015))       date:>=2014 AND date:<=2015
date from 20140101 to 20140630        date:>=2014-01-01 AND date:<=2014-06-30
date between 2014 and 2015            date:>=2014 AND date:<=2015
date:[2014 TO *]                      date:>=2014
"""

import re

from .written_dates import MONTH_NAMES

_SIGNS = {
    **dict.fromkeys(("after", "aft", "gtr", ">"), ">"),
    **dict.fromkeys(("before", "bef", "lss", "<"), "<"),
    **dict.fromkeys(("geq", "from", "since", ">="), ">="),
    **dict.fromkeys(("leq", "to", "until", "<="), "<="),
    **dict.fromkeys(("is", "eq", "="), ""),
}
_COMPARISON = rf"(?:(?:{'|'.join(sign for sign in _SIGNS if sign.isalpha())})\b|[<>]=?|=)"
_MONTH = rf"(?:{MONTH_NAMES})"
_DATE = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{8}|\d{4}(?:[-/.]\d{1,2}){0,2}|"
    rf"\d{{1,2}}\s+{_MONTH}\s+\d{{4}}|{_MONTH}\s+(?:\d{{1,2}},?\s+)?\d{{4}})(?![\w/-])"
)
_COMPARED = rf"{_COMPARISON}\s*(?:\(\s*{_DATE}\s*\)|{_DATE})"
_COMPARED_DATES = rf"{_COMPARED}(?:\s*(?:\band\b|&)?\s*{_COMPARED})*"
_SPAN = rf"(?:{_DATE}|\*)\s+to\s+(?:{_DATE}|\*)"
# Only after this word; else AND is the operator.
_BETWEEN = rf"between\s+(?:{_DATE}|\*)\s+(?:to|and)\s+(?:{_DATE}|\*)"
_NAMES = r"(?:date|dt|pd|da|pub-?date|published)"
# For the lexer, which has one pattern of all lexemes: it is verbose and minds the case.
DATE_COMMAND = (
    rf"(?i:{_NAMES}(?:\s+(?![(])|(?=[<>]))\s*{_COMPARED_DATES}"
    rf"|{_NAMES}\s*\(\s*{_COMPARED_DATES}\s*\)"
    rf"|(?:{_NAMES}|year|yr)(?:[:=]\s*(?:[\[{{]\s*{_SPAN}\s*[\]}}]|{_SPAN})|\s*\(\s*(?:{_SPAN}|{_BETWEEN})\s*\))"
    rf"|{_NAMES}\s+(?:is\s+)?{_BETWEEN})"
)
_ENDS = re.compile(rf"({_DATE}|\*)\s+(?:to|and)\s+({_DATE}|\*)", re.IGNORECASE | re.ASCII)
_PARTS = re.compile(rf"({_COMPARISON})\s*\(?\s*({_DATE})", re.IGNORECASE | re.ASCII)


def read_compared_dates(text: str) -> list[str]:
    """Returns the dates of a date command with their comparisons, such as >1/1/2014."""
    if ends := _ENDS.search(text):
        return [sign + date for sign, date in zip((">=", "<="), ends.groups(), strict=True) if date != "*"]
    return [_SIGNS[match[1].lower()] + match[2] for match in _PARTS.finditer(text)]
