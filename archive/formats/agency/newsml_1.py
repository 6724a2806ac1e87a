"""NewsML 1: news items whose components may nest, each with lines, metadata and content of its own.

Owns what the elements of an item mean; `newsml` opens the documents, `story` makes articles of them. Source: the
NewsML 1.2 functional specification (IPTC) and what agencies send.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from ..markup import Element, local_name, words_at
from ..story import Story, character_lines, markup_lines
from . import nitf

READER = "newsml_1/1"

# What the roles of components say of their words; a component without a role, or of another, holds the body.
_ROLES = {
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

# Roles of the parts of a body, where agencies part it.
_BODY_ROLES = frozenset(("lead", "body", "main", "text", "maintext", "bodytext"))

# Kinds of content that hold no text, and how they are told.
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
    """Returns what stands in a NewsItem of a NewsML document, or what it is when no text."""
    if item.find("{*}TopicSet") is not None:
        return "a set of topics, not news: the archive takes text"
    management = item.find("{*}NewsManagement")
    texts = [(component, *_text(component)) for component in item.iter("{*}NewsComponent")]
    bodies = [(component, found) for component, field, found in texts if field == "lines" and found.lines]
    status = () if management is None else _names(management, "{*}Status")
    if not bodies and not any(name.casefold().startswith("cancel") for name in status):
        return _what(item)
    body = _best(bodies)
    # A component's own lines go before those of the components that hold it.
    path = [] if body is None else [body[0], *body[0].iterancestors("{*}NewsComponent")]
    path = path or item.findall("{*}NewsComponent")
    found = Story(ids=tuple(_ids(item)), versions=words_at(item, "{*}Identification/{*}NewsIdentifier/{*}RevisionId"))
    for component in path:
        found |= _from_component(component)
    found |= Story(
        headlines=tuple(_joined(words) for _, field, words in texts if field == "headlines"),
        standfirsts=tuple(line.text for _, field, words in texts if field == "standfirsts" for line in words.lines),
    )
    if management is not None:
        found |= _from_management(management)
    if body is not None:
        found |= body[1]
    senders = _names(document, "{*}NewsEnvelope/{*}SentFrom/{*}Party")
    sources = tuple(name for one in path for name in _names(one, "{*}AdministrativeMetadata/{*}Source/{*}Party"))
    providers = words_at(item, "{*}Identification/{*}NewsIdentifier/{*}ProviderId")
    return found | Story(sources=(*senders, *sources, *providers), languages=(item.get(_LANG, ""),))


def _joined(story: Story) -> str:
    return " ".join(line.text for line in story.lines)


def _names(element: Element, path: str) -> tuple[str, ...]:
    return tuple(one.get("FormalName", "") for one in element.findall(path))


def _ids(item: Element) -> Iterator[str]:
    """The identifier without its version: a URN of provider, day and item, as the public one is but for its end."""
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
    """All that is said in components that complete each other, and the first of those that stand for each other."""
    if not bodies:
        return None
    named = [body for body in bodies if _role(body[0]) in _BODY_ROLES]
    first = (named or bodies)[0][0]
    parent = first.getparent()
    siblings = [body for body in named or bodies if body[0].getparent() is parent]
    if not named and (parent.get("EquivalentsList") == "yes" or parent.find("{*}BasisForChoice") is not None):
        return bodies[0]
    lines = tuple(line for _, found in siblings for line in found.lines)
    return first, replace(siblings[0][1], lines=lines)


def _role(component: Element) -> str:
    return re.sub(r"[\W_]", "", next(iter(_names(component, "{*}Role")), "").casefold())


def _text(component: Element) -> tuple[str, Story]:
    """The field that a component's own words belong to, and the words; those of its components are theirs."""
    field = _ROLES.get(_role(component), "lines")
    found: list[Story] = []
    for content in component.findall("{*}ContentItem"):
        data = content.find("{*}DataContent")
        media = next(iter(_names(content, "{*}MediaType")), "").casefold()
        mime = next(iter(_names(content, "{*}MimeType")), "").casefold()
        if data is None or media in _MEDIA or mime == "text/css":
            continue
        found.append(_data(data))
    return field, max(found, key=lambda one: sum(len(line.text) for line in one.lines), default=Story())


def _data(data: Element) -> Story:
    roots = [one for one in data if local_name(one)]
    if not roots:
        return Story(lines=character_lines("".join(data.itertext())))
    nested = next(iter(data.iter("{*}nitf")), None)
    if nested is not None:
        return nitf.story(nested)
    body = next(iter(data.iter("{*}body")), data)
    return Story(lines=markup_lines(body))


def _from_component(component: Element) -> Story:
    lines = component.find("{*}NewsLines")
    found = Story(
        bylines=(", ".join(_names(component, "{*}AdministrativeMetadata/{*}Creator/{*}Party")),),
        sources=_names(component, "{*}AdministrativeMetadata/{*}Provider/{*}Party"),
        languages=_names(component, "{*}DescriptiveMetadata/{*}Language"),
        topics=tuple(_topics(component)),
    )
    if lines is None:
        return found
    kinds = [(line, next(iter(_names(line, "{*}NewsLineType")), "")) for line in lines.findall("{*}NewsLine")]
    notes = (line for line, kind in kinds if re.sub(r"[\W_]", "", kind.casefold()) in _NOTE_TYPES)
    return (
        Story(
            headlines=words_at(lines, "{*}HeadLine"),
            standfirsts=words_at(lines, "{*}SubHeadLine"),
            datelines=words_at(lines, "{*}DateLine"),
            bylines=(", ".join(words_at(lines, "{*}ByLine")),),
            notes=tuple(words for note in notes for words in words_at(note, "{*}NewsLineText")),
        )
        | found
        | Story(sources=words_at(lines, "{*}CreditLine"))
    )


def _topics(component: Element) -> Iterator[str]:
    """Subjects that are named; the formal name of most is a number of IPTC's."""
    for subject in component.findall("{*}DescriptiveMetadata/{*}SubjectCode/*"):
        name = subject.get("FormalName", "")
        if any(character.islower() for character in name) and not any(character.isdigit() for character in name):
            yield name


def _from_management(management: Element) -> Story:
    change = management.find("{*}StatusWillChange")
    future = () if change is None else _names(change, "{*}FutureStatus")
    released = (
        ()
        if change is None or "usable" not in [name.casefold() for name in future]
        else words_at(change, "{*}DateAndTime")
    )
    return Story(
        statuses=_names(management, "{*}Status"),
        signals=_names(management, "{*}Instruction"),
        published=tuple(("FirstCreated", one) for one in words_at(management, "{*}FirstCreated")),
        updated=tuple(("ThisRevisionCreated", one) for one in words_at(management, "{*}ThisRevisionCreated")),
        released=tuple(("StatusWillChange", one) for one in released),
    )


def _what(item: Element) -> str:
    """What an item without text is."""
    media = [name.casefold() for content in item.iter("{*}ContentItem") for name in _names(content, "{*}MediaType")]
    kind = next((_MEDIA[name] for name in media if name in _MEDIA), "")
    if kind:
        return f"{kind}: the archive takes text"
    if next(item.iter("{*}NewsItemRef"), None) is not None:
        return "a package, which lists other items: the archive takes text"
    return "a news item without text in it; take in the file that holds its text"
