"""Short texts of feeds: titles, names of authors, categories.

RSS and JSON Feed say that they are plain text, and many feeds write markup into them. A tag is markup if it is a pair
of tags of HTML around words, or one that has no end by nature; anything else in angle brackets is words. Imported by
`feeds` alone.
"""

import html
import re

from ..markup import plain

# Elements within a line and around it that feeds write into titles, and those that have no end.
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code del em font i ins kbd mark q s small span strike strong sub sup tt u".split()
)
_BLOCKS = frozenset("blockquote center div h1 h2 h3 h4 h5 h6 li p section ul ol".split())
_VOID = frozenset("br hr img wbr".split())
_KNOWN = _INLINE | _BLOCKS | _VOID

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)(/?)>")
_REFERENCE = re.compile(r"&#?\w{2,32};")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_MAX_TAGS = 1_000


def label_of(text: str, *, is_html: bool = False) -> str:
    """Returns a label on one line, without its markup; O(its length).

    `is_html` says that the format calls it HTML: then tags of HTML are markup without their partners too. References
    to characters are resolved, twice if they were escaped twice.
    """
    text = _CDATA.sub(r"\1", text)
    for levels in range(2):
        # What is a tag only when its references are resolved is a word of HTML: "The &lt;br> tag".
        without = _without_markup(text, is_html=is_html and not levels) if "<" in text else text
        resolved = _REFERENCE.sub(lambda match: html.unescape(match[0]), without)
        if without != text or resolved == without:
            return plain(resolved)
        text = resolved
    return plain(text)


def _without_markup(text: str, *, is_html: bool) -> str:
    tags = [tag for tag in _TAG.finditer(text) if tag[2].lower() in _KNOWN][:_MAX_TAGS]
    markup = set(range(len(tags))) if is_html else _pairs(text, tags)
    parts: list[str] = []
    at = 0
    for number, tag in enumerate(tags):
        if number in markup:
            name = tag[2].lower()
            parts += (text[at : tag.start()], "" if name in _INLINE or name == "wbr" else " ")
            at = tag.end()
    return "".join([*parts, text[at:]])


def _pairs(text: str, tags: list["re.Match[str]"]) -> set[int]:
    """Returns the numbers of the tags that have a partner with words between, and of those that need none."""
    found: set[int] = set()
    open_tags: list[int] = []
    for number, tag in enumerate(tags):
        name = tag[2].lower()
        if name in _VOID:
            # Alone between blanks it is a word: "the <br> tag".
            is_word = not (tag[3].strip() or tag[4]) and text[tag.start() - 1 : tag.start()].isspace()
            if not (is_word and text[tag.end() : tag.end() + 1].isspace()):
                found.add(number)
        elif not tag[1]:
            open_tags.append(number)
        else:
            partner = next((at for at in reversed(open_tags) if tags[at][2].lower() == name), None)
            if partner is not None:
                found |= _pair(text, tags, partner, number)
                open_tags = [at for at in open_tags if at < partner]
    return found


def _pair(text: str, tags: list["re.Match[str]"], first: int, last: int) -> set[int]:
    """Returns both tags if there are words between them, or the first has attributes."""
    has_words = bool(text[tags[first].end() : tags[last].start()].strip()) or bool(tags[first][3].strip())
    return {first, last} if has_words else set()
