"""What a thesaurus is, whatever the format of its file. Pure; used within `archive.thesauri`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import ArchiveError

# IPTC Media Topics have 6 MB in RDF/XML, in thirteen languages; EuroVoc in one has 30.
MAX_BYTES = 50 * 1024 * 1024
# EuroVoc has 7,000 concepts, AGROVOC 41,000.
MAX_CONCEPTS = 50_000
MAX_NAME_CHARS = 200
MAX_NOTE_CHARS = 20_000
MAX_IDENTIFIER_CHARS = 500


class ThesaurusError(ArchiveError):
    """A file that is no thesaurus, or too large; the message says where, and the cure."""


@dataclass(frozen=True, order=True)
class Label:
    """Another name of a concept. `kind` is one of `TopicName.Kind`, `language` a BCP 47 code or empty."""

    name: str
    kind: str = "other"
    language: str = ""


@dataclass(frozen=True)
class Concept:
    """One concept. `key` is what it is called within its file; `broader` is such a key, or empty.

    `outside` is the name or identifier of a broader concept that is not in the file; empty on the first level.
    """

    key: str
    name: str
    broader: str = ""
    outside: str = ""
    labels: tuple[Label, ...] = ()
    note: str = ""
    definition: str = ""
    identifier: str = ""
    scheme: str = ""
    matches: tuple[str, ...] = ()


@dataclass(frozen=True)
class Thesaurus:
    """The concepts of a file, broader before narrower, and what was read otherwise than it says.

    `refused` has what is no topic, with the reason; `remarks` what of a topic was left out or decided; `languages` the
    number of preferred names in each language.
    """

    concepts: tuple[Concept, ...]
    refused: tuple[tuple[str, str], ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    languages: Mapping[str, int] = field(default_factory=dict)
