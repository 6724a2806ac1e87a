"""NewsML-G2: news items with their text inline, alone or in a news message.

Owns what the elements of an item mean; `newsml` opens the documents, `story` makes articles of them. Items that are
no text are told by what they are. Source: IPTC's NewsML-G2 2.35 schema and guidelines, and what agencies send.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from ..bylines import join_names
from ..input import decode_page
from ..markup import Element, local_name, plain, words_at, words_of
from ..story import Line, Story, character_lines, folded, html_lines, is_code, markup_lines
from . import nitf

READER = "newsml_g2/1"

# Items of other kinds than news, and news that is no text, by the last part of the item's class.
ITEMS = {
    "newsItem": "",
    "packageItem": "a package, which lists other items",
    "conceptItem": "a concept, not news",
    "knowledgeItem": "a set of concepts, not news",
    "planningItem": "a plan of coverage, not news",
    "catalogItem": "a catalogue of vocabularies, not news",
}
_CLASSES = {
    "picture": "a picture",
    "photo": "a picture",
    "graphic": "a graphic",
    "video": "a video",
    "audio": "a sound recording",
    "animation": "an animation",
}

# Elements that begin a text when they stand inline.
_XHTML = frozenset(("html", "body", "article", "section", "div", "p", "h1", "h2", "ul", "ol", "blockquote", "main"))

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def story(item: Element, message: Element | None) -> Story | str:
    """Returns what stands in an item of a `message` (None where it is alone), or what it is when no text."""
    kind = ITEMS.get(_name(item), "")
    if kind:
        return f"{kind}: the archive takes text"
    item_class = item.find("{*}itemMeta/{*}itemClass")
    code = "" if item_class is None else (_term(item_class).rpartition(":")[2].rpartition("/")[2]).casefold()
    if code in _CLASSES:
        return f"{_CLASSES[code]}: the archive takes text"
    content, other = _content(item)
    if not content.lines and other:
        return other
    language: tuple[str, ...] = (*_tags(item, "{*}contentMeta/{*}language"), item.get(_LANG, ""))
    found = Story(ids=(item.get("guid", ""),), versions=(item.get("version", ""),), languages=language)
    tongue = next((plain(tag) for tag in language if plain(tag)), "")
    return (
        found
        | _item_meta(item)
        | _content_meta(item, tongue)
        | content
        | Story(sources=_lesser_sources(item, message))
    )


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _tags(item: Element, path: str) -> tuple[str, ...]:
    return tuple(one.get("tag", "") for one in item.findall(path))


def _term(element: Element) -> str:
    """What names a concept: a qualified code, an address or a literal."""
    return str(element.get("qcode") or element.get("uri") or element.get("literal") or "")


def _item_meta(item: Element) -> Story:
    meta = item.find("{*}itemMeta")
    if meta is None:
        return Story()
    notes, left_out = _ed_notes(meta)
    version = tuple(("versionCreated", one) for one in words_at(meta, "{*}versionCreated"))
    return Story(
        sources=_parties(meta.findall("{*}provider")),
        notes=tuple(notes),
        problems=("notes that are not for publication left out",) if left_out else (),
        signals=tuple(_term(one) for one in meta.findall("{*}signal")),
        statuses=tuple(_term(one) for one in meta.findall("{*}pubStatus")),
        updated=version,
        released=tuple(("embargoed", one) for one in words_at(meta, "{*}embargoed")),
    )


def _content_meta(item: Element, language: str) -> Story:
    asserted = {term: one for one in item.findall("{*}assert") if (term := _term(one))}
    found = Story()
    # The schema has one; a few more are borne with.
    for meta in item.findall("{*}contentMeta")[:4]:
        headlines = meta.findall("{*}headline")
        # Headlines may have roles; one without is the headline itself.
        main = [one for one in headlines if "sub" not in one.get("role", "").casefold()]
        below = [one for one in headlines if "sub" in one.get("role", "").casefold()]
        descriptions = [one for one in meta.findall("{*}description") if not one.get("role", "").endswith("caption")]
        found |= Story(
            headlines=tuple(words_of(one) for one in main),
            standfirsts=tuple(words_of(one) for one in [*below, *descriptions]),
            summaries=tuple(words_of(one) for one in descriptions),
            datelines=words_at(meta, "{*}dateline"),
            bylines=(join_names(words_at(meta, "{*}by")), *_creators(meta)),
            sources=_parties(meta.findall("{*}infoSource")) + words_at(meta, "{*}creditline"),
            topics=tuple(
                name
                for one in meta.findall("{*}subject")
                if (name := _subject_name(one, asserted.get(_term(one)), language))
            ),
            published=tuple(("contentCreated", one) for one in words_at(meta, "{*}contentCreated")),
        )
    return found | Story(
        headlines=words_at(item, "{*}itemMeta/{*}title"),
        published=tuple(("firstCreated", one) for one in words_at(item, "{*}itemMeta/{*}firstCreated")),
    )


def _creators(meta: Element) -> Iterator[str]:
    """Creators who go by first and last name; a login, initials or an agency are no byline."""
    names = [words_of(name) for creator in meta.findall("{*}creator") for name in creator.findall("{*}name")[:1]]
    people = [name for name in names if re.fullmatch(r"\w[\w.'’-]*(?: [\w.'’-]+){1,3}", name)]
    yield ", ".join(people)


def _parties(elements: list[Element]) -> tuple[str, ...]:
    """The names of parties, their literals where they have none; of those an address names nobody to a reader."""
    names = [words_of(name) for one in elements for name in one.findall("{*}name")[:1]]
    literals = [one.get("literal", "") for one in elements if one.find("{*}name") is None]
    return (*names, *(literal for literal in literals if "." not in literal))


def _lesser_sources(item: Element, message: Element | None) -> tuple[str, ...]:
    """Who holds the copyright, how the provider is coded, who sent the message: for want of a name."""
    provider = item.findall("{*}itemMeta/{*}provider")
    codes = (one.get("qcode", "").rpartition(":")[2] for one in provider)
    literals = (one.get("literal", "") for one in provider)
    holders = _parties(item.findall("{*}rightsInfo/{*}copyrightHolder"))
    senders = () if message is None else words_at(message, "{*}header/{*}sender")
    return (*holders, *codes, *literals, *senders)


def _subject_name(subject: Element, asserted: Element | None, language: str) -> str:
    """The name of a subject in the item's language, else without a language, else any; empty for a bare code.

    Where it has none, what the item asserts of the same concept may name it.
    """
    if subject.find("{*}name") is None:
        subject = next(iter(subject.findall("{*}mainConcept")), subject if asserted is None else asserted)
    names = [one for one in subject.findall("{*}name") if not one.get("role", "").endswith(("mnemonic", "short"))]
    tongue = language.partition("-")[0].casefold()

    def rank(name: Element) -> int:
        tag = name.get(_LANG, "").casefold()
        return 0 if tag and tag.partition("-")[0] == tongue else 1 if not tag else 2

    name = next((words_of(one) for one in sorted(names, key=rank)), "")
    return "" if is_code(name, subject.get("qcode", "").rpartition(":")[2]) else name


def _ed_notes(meta: Element) -> tuple[list[str], bool]:
    """The lines of editors' notes, and whether some were said in confidence: those are left out of the others too."""
    notes = [(note, [line.text for line in markup_lines(note)]) for note in meta.findall("{*}edNote")]
    confidential = {
        folded(line) for note, lines in notes if "nonpublic" in folded(note.get("pubconstraint", "")) for line in lines
    }
    kept = [line for _, lines in notes for line in lines if folded(line) not in confidential]
    return kept, bool(confidential)


def _content(item: Element) -> tuple[Story, str]:
    """The inline text that says most, and, where there is none, what there is instead."""
    contents = item.findall("{*}contentSet") if _name(item) != "contentSet" else [item]
    inline = [root for content in contents for one in content.findall("{*}inlineXML") for root in one]
    other = ""
    found: list[Story] = []
    for root in inline:
        name = local_name(root)
        if name == "nitf":
            found.append(nitf.story(root))
        elif name in _XHTML or next(root.iter("{*}p"), None) is not None:
            body = next(iter(root.findall("{*}body")), root)
            found.append(Story(lines=markup_lines(body)))
        elif name:
            other = f"a text item whose content is `{name}`, in which the archive reads no text"
    data = [one for content in contents for one in content.findall("{*}inlineData")]
    # The same words as XML and as characters are better as XML.
    if not any(one.lines for one in found):
        found = [Story(lines=_data_lines(one)) for one in data]
    remote = [one for content in contents for one in content.findall("{*}remoteContent")]
    if not other and remote and not inline and not data:
        types = ", ".join(dict.fromkeys(one.get("contenttype", "of unknown type") for one in remote))
        other = f"an item whose content lies elsewhere ({types}); take in the file itself"
    return max(found, key=lambda one: sum(len(line.text) for line in one.lines), default=Story()), other


def _data_lines(data: Element) -> tuple[Line, ...]:
    text = "".join(data.itertext())
    if data.get("encoding", "").casefold().endswith("base64"):
        try:
            text = decode_page(base64.b64decode(text, validate=False))[0]
        except binascii.Error:
            return ()
    return html_lines(text) if "html" in data.get("contenttype", "").casefold() else character_lines(text)
