"""NewsML-G2: news items with their text inline, alone or in a news message.

Owns what the elements of an item mean. `newsml` finds the items and alone imports this. Source: IPTC's NewsML-G2 2.35
schema and guidelines, and files of agencies.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from ...bylines import join_names
from ..body import Line, character_lines, html_lines, markup_lines
from ..input import decode_page
from ..markup import Element, local_name, plain, words_at, words_of
from ..story import Story, folded_letters, is_about_status, is_code, is_usable, longest
from . import nitf

READER = "newsml_g2/1"

# Names of items -> what they are if not news.
ITEMS = {
    "newsItem": "",
    "packageItem": "a package, which lists other items",
    "conceptItem": "a concept, not news",
    "knowledgeItem": "a set of concepts, not news",
    "planningItem": "a plan of coverage, not news",
    "catalogItem": "a catalogue of vocabularies, not news",
}
# The last part of an item's class -> what the item is if not a text.
_CLASSES = {
    "picture": "a picture",
    "photo": "a picture",
    "graphic": "a graphic",
    "video": "a video",
    "audio": "a sound recording",
    "animation": "an animation",
}

# Elements that begin a text in inline XML.
_XHTML = frozenset(("html", "body", "article", "section", "div", "p", "h1", "h2", "ul", "ol", "blockquote", "main"))

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def story(item: Element, message: Element | None) -> Story | str:
    """Returns the story of an item, or what it is if not a text. `message` is None for an item of its own."""
    kind = ITEMS.get(_name(item), "")
    if kind:
        return f"{kind}: the archive takes text"
    item_class = item.find("{*}itemMeta/{*}itemClass")
    code = "" if item_class is None else (_term(item_class).rpartition(":")[2].rpartition("/")[2]).casefold()
    if code in _CLASSES:
        return f"{_CLASSES[code]}: the archive takes text"
    content, reason = _content(item)
    meta = _item_meta(item)
    if not content.lines and reason and (is_usable(meta) or not is_about_status(meta)):
        return reason
    languages: tuple[str, ...] = (*_tags(item, "{*}contentMeta/{*}language"), item.get(_LANG, ""))
    language = next((tag for tag in map(plain, languages) if tag), "")
    return (
        Story(ids=(item.get("guid", ""),), versions=(item.get("version", ""),), languages=languages)
        | meta
        | _content_meta(item, language)
        | content
        | Story(sources=_other_sources(item, message))
    )


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _tags(item: Element, path: str) -> tuple[str, ...]:
    return tuple(element.get("tag", "") for element in item.findall(path))


def _term(element: Element) -> str:
    """Returns what identifies a concept: a qualified code, an address or a literal."""
    return str(element.get("qcode") or element.get("uri") or element.get("literal") or "")


def _item_meta(item: Element) -> Story:
    meta = item.find("{*}itemMeta")
    if meta is None:
        return Story()
    notes, has_confidential = _editors_notes(meta)
    return Story(
        sources=_parties(meta.findall("{*}provider")),
        notes=tuple(notes),
        problems=("notes that are not for publication left out",) if has_confidential else (),
        signals=tuple(map(_term, meta.findall("{*}signal"))),
        statuses=tuple(map(_term, meta.findall("{*}pubStatus"))),
        updated=tuple(("versionCreated", time) for time in words_at(meta, "{*}versionCreated")),
        released=tuple(("embargoed", time) for time in words_at(meta, "{*}embargoed")),
    )


# The schema has one such element; more are read, within reason.
_MAX_CONTENT_METAS = 4


def _content_meta(item: Element, language: str) -> Story:
    asserted = {term: concept for concept in item.findall("{*}assert") if (term := _term(concept))}
    story = Story()
    for meta in item.findall("{*}contentMeta")[:_MAX_CONTENT_METAS]:
        headlines: list[str] = []
        subheadlines: list[str] = []
        for headline in meta.findall("{*}headline"):
            is_subheadline = "sub" in headline.get("role", "").casefold()
            (subheadlines if is_subheadline else headlines).append(words_of(headline))
        descriptions = tuple(
            words_of(description)
            for description in meta.findall("{*}description")
            if not description.get("role", "").endswith("caption")
        )
        story |= Story(
            headlines=tuple(headlines),
            standfirsts=(*subheadlines, *descriptions),
            summaries=descriptions,
            datelines=words_at(meta, "{*}dateline"),
            bylines=(join_names(words_at(meta, "{*}by")), *_creators(meta)),
            sources=_parties(meta.findall("{*}infoSource")) + words_at(meta, "{*}creditline"),
            topics=tuple(
                name
                for subject in meta.findall("{*}subject")
                if (name := _subject_name(subject, asserted.get(_term(subject)), language))
            ),
            published=tuple(("contentCreated", time) for time in words_at(meta, "{*}contentCreated")),
        )
    return story | Story(
        headlines=words_at(item, "{*}itemMeta/{*}title"),
        published=tuple(("firstCreated", time) for time in words_at(item, "{*}itemMeta/{*}firstCreated")),
    )


def _creators(meta: Element) -> Iterator[str]:
    """Yields the creators with first and last name as a byline; not logins, initials and agencies."""
    names = [words_of(name) for creator in meta.findall("{*}creator") for name in creator.findall("{*}name")[:1]]
    people = [name for name in names if re.fullmatch(r"\w[\w.'’-]*(?: [\w.'’-]+){1,3}", name)]
    yield join_names(people)


def _parties(elements: list[Element]) -> tuple[str, ...]:
    """Returns the names of parties, then the literals of those without a name, unless they are internet addresses."""
    names = [words_of(name) for party in elements for name in party.findall("{*}name")[:1]]
    literals = [party.get("literal", "") for party in elements if party.find("{*}name") is None]
    return (*names, *(literal for literal in literals if "." not in literal))


def _other_sources(item: Element, message: Element | None) -> tuple[str, ...]:
    """Returns what can replace the name of a source: the copyright holder, codes of the provider, the sender."""
    providers = item.findall("{*}itemMeta/{*}provider")
    codes = (provider.get("qcode", "").rpartition(":")[2] for provider in providers)
    literals = (provider.get("literal", "") for provider in providers)
    holders = _parties(item.findall("{*}rightsInfo/{*}copyrightHolder"))
    senders = () if message is None else words_at(message, "{*}header/{*}sender")
    return (*holders, *codes, *literals, *senders)


def _subject_name(subject: Element, asserted: Element | None, language: str) -> str:
    """Returns the name of a subject in the item's language, else without a language, else any; empty for a code.

    `asserted` is what the item says elsewhere about the same concept, and may have the name instead.
    """
    if subject.find("{*}name") is None:
        subject = next(iter(subject.findall("{*}mainConcept")), subject if asserted is None else asserted)
    names = [name for name in subject.findall("{*}name") if not name.get("role", "").endswith(("mnemonic", "short"))]
    main_language = language.partition("-")[0].casefold()

    def rank(name: Element) -> int:
        tag = name.get(_LANG, "").casefold()
        return 0 if tag and tag.partition("-")[0] == main_language else 1 if not tag else 2

    name = next(map(words_of, sorted(names, key=rank)), "")
    return "" if is_code(name, subject.get("qcode", "").rpartition(":")[2]) else name


def _editors_notes(meta: Element) -> tuple[list[str], bool]:
    """Returns the lines of editors' notes without confidential lines, and whether there were any."""
    notes = [(note, [line.text for line in markup_lines(note)]) for note in meta.findall("{*}edNote")]
    confidential = {
        folded_letters(line)
        for note, lines in notes
        if "nonpublic" in folded_letters(note.get("pubconstraint", ""))
        for line in lines
    }
    kept = [line for _, lines in notes for line in lines if folded_letters(line) not in confidential]
    return kept, bool(confidential)


def _content(item: Element) -> tuple[Story, str]:
    """Returns the longest inline text; and the reason to reject the item if there is none."""
    contents = item.findall("{*}contentSet") if _name(item) != "contentSet" else [item]
    inline = [root for content in contents for xml in content.findall("{*}inlineXML") for root in xml]
    reason = ""
    texts: list[Story] = []
    for root in inline:
        name = local_name(root)
        if name == "nitf":
            texts.append(nitf.story(root))
        elif name in _XHTML or next(root.iter("{*}p"), None) is not None:
            body = next(iter(root.findall("{*}body")), root)
            texts.append(Story(lines=markup_lines(body)))
        elif name:
            reason = f"a text item whose content is `{name}`, in which the archive reads no text"
    data = [found for content in contents for found in content.findall("{*}inlineData")]
    # If the same words are there as XML and as characters, XML is better.
    if not any(text.lines for text in texts):
        texts = [Story(lines=_data_lines(found)) for found in data]
    remote = [found for content in contents for found in content.findall("{*}remoteContent")]
    if not reason and remote and not inline and not data:
        types = ", ".join(dict.fromkeys(found.get("contenttype", "of unknown type") for found in remote))
        reason = f"an item whose content is elsewhere ({types}); ingest that file itself"
    return longest(texts), reason


def _data_lines(data: Element) -> tuple[Line, ...]:
    text = "".join(data.itertext())
    if data.get("encoding", "").casefold().endswith("base64"):
        try:
            text = decode_page(base64.b64decode(text, validate=False))[0]
        except binascii.Error:
            return ()
    return html_lines(text) if "html" in data.get("contenttype", "").casefold() else character_lines(text)
