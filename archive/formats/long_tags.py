"""Tags with more attributes than pages have: leaves out the further ones before a page is parsed.

libxml2 compares each attribute of a tag in HTML with all others: 400,000 of them, 6 MB, take over two minutes. The
evidence stays as captured; nothing that is read of a page is in such a tag. Used by `markup` and for the notes of web
pages.
"""

import re

# Five times the attributes of any tag seen in the wild. A page full of tags with so many is parsed in a second.
MAX_TAG_ATTRIBUTES = 256

# An attribute as browsers read it (HTML Living Standard, 13.2.5.32 to 40), with the blanks before it.
_ATTRIBUTE = (
    rb"[\s/]*+[^\s/>][^\s/>=]*+"
    rb"(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+)?+)?+"
)
_ATTRIBUTES = rb"(?:%s){0,%d}+" % (_ATTRIBUTE, MAX_TAG_ATTRIBUTES)
_END = rb"[\s/]*+(?:>|\Z)"

# Text, comments, and elements whose text has no tags.
_RAW_ELEMENTS = (b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes")
_BETWEEN = rb"|".join(
    (
        rb"[^<]++",
        rb"<!--[^-]*+(?:-(?!->)[^-]*+)*+",
        *(rb"<%s(?=[\s/>])%s%s[^<]*+(?:<(?!/%s)[^<]*+)*+" % (name, _ATTRIBUTES, _END, name) for name in _RAW_ELEMENTS),
    )
)
_BEGINNING = rb"<[a-zA-Z][^\s/>]*+%s" % _ATTRIBUTES
_ORDINARY = re.compile(rb"(?:%s|%s%s|<(?![a-zA-Z]))*+" % (_BETWEEN, _BEGINNING, _END), re.IGNORECASE)
_TAG_BEGINNING = re.compile(_BEGINNING)
_REST = re.compile(rb"(?:%s)*+%s" % (_ATTRIBUTE, _END))


def shorten_tags(data: bytes) -> tuple[bytes, str]:
    """Returns a page with at most MAX_TAG_ATTRIBUTES attributes in a tag, and a note, empty if nothing is left out.

    O(its length). Almost all pages are returned unchanged.
    """
    kept: list[bytes] = []
    lines: list[int] = []
    at = 0
    while (end := _end_of_ordinary(data, at)) < len(data):
        tag = _TAG_BEGINNING.match(data, end)
        if tag is None:
            break
        rest = _REST.match(data, tag.end())
        kept += [data[at : tag.end()], b">"]
        lines.append(data.count(b"\n", 0, end) + 1)
        at = rest.end() if rest else tag.end()
    if not lines:
        return data, ""
    kept.append(data[at:])
    others = f", and {len(lines) - 1:,} more such tags" if len(lines) > 1 else ""
    return b"".join(kept), (
        f"line {lines[0]}{others}: a tag with more than {MAX_TAG_ATTRIBUTES} attributes, of which the further ones "
        "were left out"
    )


def _end_of_ordinary(data: bytes, at: int) -> int:
    match = _ORDINARY.match(data, at)
    return match.end() if match else at
