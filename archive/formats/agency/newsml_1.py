"""NewsML 1: news items of components, which may nest, each with its own lines, metadata and content.

Owns what the elements of an item mean. `newsml` finds the items and alone imports this. Source: the NewsML 1.2
functional specification (IPTC) and files of agencies.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from ...bylines import join_names
from ..body import character_lines, markup_lines
from ..markup import Element, local_name, words_at
from ..story import Story, is_about_status, is_usable, longest
from . import nitf

READER = "newsml_1/1"

# Role of a component -> the field of its words, empty for none. Words of other roles, or without a role, are the body.
_FIELD_OF_ROLE = {
    "headline": "headlines",
    "title": "headlines",
    "subheadline": "standfirsts",
    "subhead": "standfirsts",
    "abstract": "standfirsts",
    "summary": "standfirsts",
    "stylesheet": "",
    "contact": "",
    "caption": "",
    "photocaption": "",
    "logo": "",
    "photo": "",
    "picture": "",
    "graphic": "",
    "video": "",
    "audio": "",
    "thumbnail": "",
    "preview": "",
    "quicklook": "",
}

# Roles of the parts of a body, in the files of agencies that divide it.
_BODY_ROLES = frozenset(("lead", "body", "main", "text", "maintext", "bodytext"))

# Media types of content without text -> what to call them.
_MEDIA = {
    "photo": "a picture",
    "picture": "a picture",
    "image": "a picture",
    "graphic": "a graphic",
    "video": "a video",
    "audio": "a sound recording",
    "complexdata": "data",
}
_NOTE_TYPES = frozenset(("editorialnote", "editornote", "ednote", "correction", "note", "advisory", "notetoeditors"))

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def story(item: Element, document: Element) -> Story | str:
    """Returns the story of a NewsItem in a NewsML document, or what it is if not a text."""
    if item.find("{*}TopicSet") is not None:
        return "a set of topics, not news: the archive takes text"
    management = item.find("{*}NewsManagement")
    texts = [(component, *_text(component)) for component in item.iter("{*}NewsComponent")]
    bodies = [(component, words) for component, field, words in texts if field == "lines" and words.lines]
    status = () if management is None else _names(management, "{*}Status")
    if not bodies and not _is_about_status(item, Story(statuses=status)):
        return _kind_of(item)
    body = _best(bodies)
    # The metadata of a component comes before that of the components around it.
    components = [] if body is None else [body[0], *body[0].iterancestors("{*}NewsComponent")]
    components = components or item.findall("{*}NewsComponent")
    result = Story(ids=tuple(_ids(item)), versions=words_at(item, "{*}Identification/{*}NewsIdentifier/{*}RevisionId"))
    for component in components:
        result |= _from_component(component)
    result |= Story(
        headlines=tuple(_joined(words) for _, field, words in texts if field == "headlines"),
        standfirsts=tuple(line.text for _, field, words in texts if field == "standfirsts" for line in words.lines),
    )
    if management is not None:
        result |= _from_management(management)
    if body is not None:
        result |= body[1]
    senders = _names(document, "{*}NewsEnvelope/{*}SentFrom/{*}Party")
    sources = (_names(component, "{*}AdministrativeMetadata/{*}Source/{*}Party") for component in components)
    providers = words_at(item, "{*}Identification/{*}NewsIdentifier/{*}ProviderId")
    return result | Story(
        sources=(*senders, *chain.from_iterable(sources), *providers), languages=(item.get(_LANG, ""),)
    )


def _is_about_status(item: Element, stated: Story) -> bool:
    """Whether an item without text is a message about the status of one that was sent before."""
    if any(name.casefold().startswith("cancel") for name in stated.statuses):
        return True
    media = {name.casefold() for content in item.iter("{*}ContentItem") for name in _names(content, "{*}MediaType")}
    has_content = next(item.iter("{*}ContentItem", "{*}NewsItemRef"), None) is not None
    return is_about_status(stated) and not media & _MEDIA.keys() and not (has_content and is_usable(stated))


def _joined(story: Story) -> str:
    return " ".join(line.text for line in story.lines)


def _names(element: Element, path: str) -> tuple[str, ...]:
    """Returns the formal names of the elements at a path."""
    return tuple(found.get("FormalName", "") for found in element.findall(path))


def _ids(item: Element) -> Iterator[str]:
    """Yields the ids without the version: a URN of provider, day and item; the public id; the id of the item."""
    identifier = item.find("{*}Identification/{*}NewsIdentifier")
    if identifier is None:
        return
    parts = [next(iter(words_at(identifier, f"{{*}}{name}")), "") for name in ("ProviderId", "DateId", "NewsItemId")]
    if all(parts):
        yield ":".join(("urn:newsml", *parts))
    public = next(iter(words_at(identifier, "{*}PublicIdentifier")), "")
    revision = next(iter(words_at(identifier, "{*}RevisionId")), "")
    yield re.sub(rf":{re.escape(revision)}[NUA]?$", "", public) if revision else public
    yield parts[2]


def _best(bodies: list[tuple[Element, Story]]) -> tuple[Element, Story] | None:
    """Returns the component with the body, and its words: all parts joined, or the first of equivalent forms."""
    if not bodies:
        return None
    named = [body for body in bodies if _role(body[0]) in _BODY_ROLES]
    first = (named or bodies)[0][0]
    parent = first.getparent()
    siblings = [body for body in named or bodies if body[0].getparent() is parent]
    if not named and (parent.get("EquivalentsList") == "yes" or parent.find("{*}BasisForChoice") is not None):
        return bodies[0]
    lines = tuple(line for _, words in siblings for line in words.lines)
    return first, replace(siblings[0][1], lines=lines)


def _role(component: Element) -> str:
    return re.sub(r"[\W_]", "", next(iter(_names(component, "{*}Role")), "").casefold())


def _text(component: Element) -> tuple[str, Story]:
    """Returns the field of a component's own words, and the words, without those of the components in it."""
    field = _FIELD_OF_ROLE.get(_role(component), "lines")
    contents: list[Story] = []
    for content in component.findall("{*}ContentItem"):
        data = content.find("{*}DataContent")
        media = next(iter(_names(content, "{*}MediaType")), "").casefold()
        mime = next(iter(_names(content, "{*}MimeType")), "").casefold()
        if data is None or media in _MEDIA or mime == "text/css":
            continue
        contents.append(_data(data))
    return field, longest(contents)


def _data(data: Element) -> Story:
    if not any(map(local_name, data)):
        return Story(lines=character_lines("".join(data.itertext())))
    nested = next(iter(data.iter("{*}nitf")), None)
    if nested is not None:
        return nitf.story(nested)
    body = next(iter(data.iter("{*}body")), data)
    return Story(lines=markup_lines(body))


def _from_component(component: Element) -> Story:
    lines = component.find("{*}NewsLines")
    metadata = Story(
        bylines=(join_names(_names(component, "{*}AdministrativeMetadata/{*}Creator/{*}Party")),),
        sources=_names(component, "{*}AdministrativeMetadata/{*}Provider/{*}Party"),
        languages=_names(component, "{*}DescriptiveMetadata/{*}Language"),
        topics=tuple(_topics(component)),
    )
    if lines is None:
        return metadata
    kinds = [(line, next(iter(_names(line, "{*}NewsLineType")), "")) for line in lines.findall("{*}NewsLine")]
    notes = (line for line, kind in kinds if re.sub(r"[\W_]", "", kind.casefold()) in _NOTE_TYPES)
    return (
        Story(
            headlines=words_at(lines, "{*}HeadLine"),
            standfirsts=words_at(lines, "{*}SubHeadLine"),
            datelines=words_at(lines, "{*}DateLine"),
            bylines=(join_names(words_at(lines, "{*}ByLine")),),
            notes=tuple(words for note in notes for words in words_at(note, "{*}NewsLineText")),
        )
        | metadata
        | Story(sources=words_at(lines, "{*}CreditLine"))
    )


def _topics(component: Element) -> Iterator[str]:
    """Yields the subjects with a name; the formal name of most is one of IPTC's numbers."""
    for subject in component.findall("{*}DescriptiveMetadata/{*}SubjectCode/*"):
        name = subject.get("FormalName", "")
        if any(character.islower() for character in name) and not any(character.isdigit() for character in name):
            yield name


def _from_management(management: Element) -> Story:
    change = management.find("{*}StatusWillChange")
    released: tuple[str, ...] = ()
    if change is not None and "usable" in map(str.casefold, _names(change, "{*}FutureStatus")):
        released = words_at(change, "{*}DateAndTime")
    return Story(
        statuses=_names(management, "{*}Status"),
        signals=_names(management, "{*}Instruction"),
        published=tuple(("FirstCreated", time) for time in words_at(management, "{*}FirstCreated")),
        updated=tuple(("ThisRevisionCreated", time) for time in words_at(management, "{*}ThisRevisionCreated")),
        released=tuple(("StatusWillChange", time) for time in released),
    )


def _kind_of(item: Element) -> str:
    """Returns what an item without text is, as the reason to reject it."""
    media = [name.casefold() for content in item.iter("{*}ContentItem") for name in _names(content, "{*}MediaType")]
    kind = next((_MEDIA[name] for name in media if name in _MEDIA), "")
    if kind:
        return f"{kind}: the archive takes text"
    if next(item.iter("{*}NewsItemRef"), None) is not None:
        return "a package, which lists other items: the archive takes text"
    return "a news item without text in it; ingest the file with its text"
