"""SKOS: reads RDF/XML, Turtle, N-Triples and JSON-LD, and writes RDF/XML and Turtle. Used within `archive.thesauri`.

W3C: SKOS Reference (2009). The graph is rdflib's. It would load what a JSON-LD context names, and expand what a DTD
defines; files with either are refused before it sees them.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote
from xml.parsers import expat

from rdflib import RDF, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.term import Node

from .contract import Concept, Label, Thesaurus, ThesaurusError
from .tidying import Draft, tidy

_XL = Namespace("http://www.w3.org/2008/05/skos-xl#")
# What a concept without an identifier is called in a file of ours.
_URN = "urn:cuttings:topic:"
# The scheme of what was in none when we wrote it.
_OWN_SCHEME = "urn:cuttings:topics"
_BASE = "urn:cuttings:file"
# Relations that are read into the tree, or that say the same again.
_READ = {
    RDF.type,
    SKOS.prefLabel,
    SKOS.altLabel,
    SKOS.hiddenLabel,
    SKOS.broader,
    SKOS.narrower,
    SKOS.inScheme,
    SKOS.topConceptOf,
    SKOS.scopeNote,
    SKOS.definition,
    SKOS.exactMatch,
    _XL.prefLabel,
    _XL.altLabel,
    _XL.hiddenLabel,
    SKOS.broaderTransitive,
    SKOS.narrowerTransitive,
}
_MAX_DEPTH = 100


def read_skos(data: bytes, syntax: str, *, language: str, others: bool) -> Thesaurus:
    """Reads a thesaurus. `syntax` is "xml", "turtle" or "json-ld". Raises ThesaurusError.

    Names and notes are in `language` where they can be, or else in the most frequent one; names in other languages are
    other names, if `others`.
    """
    graph = _parse(data, syntax)
    subjects = _concepts_in(graph)
    if not subjects:
        raise ThesaurusError("The file has no SKOS concepts: no skos:Concept, and no skos:prefLabel.")
    return _Reader(graph, subjects, language, others).read()


def _parse(data: bytes, syntax: str) -> Graph:
    # A store of one graph: the parsers need no more, and it has the statements of a concept in the order of the file.
    graph = Graph(store="SimpleMemory", bind_namespaces="none")
    if syntax == "xml":
        _refuse_dtd(data)
    try:
        if syntax == "json-ld":
            to_rdf(_without_contexts(data), graph, base=_BASE)
        else:
            graph.parse(data=data, format=syntax, publicID=_BASE)
    except ThesaurusError:
        raise
    except RecursionError as error:
        raise ThesaurusError("The file is nested too deeply.") from error
    except Exception as error:  # its parsers raise many kinds, some of them of Python itself
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise ThesaurusError(f"The file cannot be read as {_NAMES[syntax]}: {reason}") from error
    return graph


_NAMES = {"xml": "RDF/XML", "turtle": "Turtle or N-Triples", "json-ld": "JSON-LD"}


def _refuse_dtd(data: bytes) -> None:
    """Raises ThesaurusError where XML has a document type, whose entities could grow without bound."""

    def refuse(*_: Any) -> None:
        raise ThesaurusError(
            "The file declares a document type (<!DOCTYPE …>), and no entity is expanded here. Save it without it, or "
            "as Turtle."
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ThesaurusError(f"The file is no XML: {error}.") from error


def _without_contexts(data: bytes) -> Any:
    """Returns JSON-LD that names no context to be loaded. Raises ThesaurusError where it does."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ThesaurusError(f"The file is no JSON: {str(error)[:200]}.") from error
    waiting: list[tuple[Any, bool, int]] = [(document, False, 0)]
    while waiting:
        value, in_context, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise ThesaurusError("The file is nested too deeply.")
        if isinstance(value, list):
            waiting += [(item, in_context, depth + 1) for item in value]
        elif isinstance(value, dict):
            for name, item in value.items():
                if name == "@import" or (name == "@context" and _names_address(item)):
                    raise ThesaurusError(
                        "The file names a JSON-LD context elsewhere, which is not loaded. Write the context into the "
                        "file, or save it as Turtle."
                    )
                waiting.append((item, name == "@context", depth + 1))
    return document


def _names_address(context: Any) -> bool:
    return isinstance(context, str) or (isinstance(context, list) and any(map(_names_address, context)))


def _concepts_in(graph: Graph) -> list[Node]:
    """Returns the concepts, in the order of the file."""
    found: dict[Node, None] = dict.fromkeys(graph.subjects(RDF.type, SKOS.Concept))
    for relation in (SKOS.prefLabel, _XL.prefLabel):
        found |= dict.fromkeys(graph.subjects(relation, None))
    for scheme in (SKOS.ConceptScheme, SKOS.Collection, SKOS.OrderedCollection):
        for subject in graph.subjects(RDF.type, scheme):
            found.pop(subject, None)
    return list(found)


class _Reader:
    def __init__(self, graph: Graph, subjects: Sequence[Node], language: str, others: bool) -> None:
        self._graph, self._subjects, self._others = graph, subjects, others
        self._remarks: list[tuple[str, str]] = []
        languages = Counter(
            label.language or "" for subject in subjects for label in self._labels(subject, "prefLabel")
        )
        self._languages = dict(languages.most_common())
        self._language = (
            language or next((code for code in languages if _is_in(code, "en")), "") or next(iter(self._languages), "")
        )

    def read(self) -> Thesaurus:
        drafts = [self._draft(subject) for subject in self._subjects]
        known = {draft.concept.key: draft for draft in drafts}
        for subject in self._subjects:
            for narrower in self._graph.objects(subject, SKOS.narrower):
                if (draft := known.get(_key(narrower))) and _key(subject) not in draft.broader:
                    draft.broader.append(_key(subject))
        thesaurus = tidy(drafts, self._languages)
        return Thesaurus(
            thesaurus.concepts,
            thesaurus.refused,
            (*self._remarks, *thesaurus.remarks, *self._left_out()),
            self._languages,
        )

    def _draft(self, subject: Node) -> Draft:
        preferred = self._labels(subject, "prefLabel")
        name = _in_language(preferred, self._language)
        labels = [
            Label(_tidied(label), kind, label.language or "")
            for relation, kind in (("prefLabel", "translated"), ("altLabel", "other"), ("hiddenLabel", "hidden"))
            for label in self._labels(subject, relation)
            if label != name and (self._others or not label.language or _is_in(label.language, self._language))
        ]
        identifier = str(subject) if isinstance(subject, URIRef) and not str(subject).startswith((_URN, _BASE)) else ""
        schemes = [*self._graph.objects(subject, SKOS.topConceptOf), *self._graph.objects(subject, SKOS.inScheme)]
        if name is not None and name.language and not _is_in(name.language, self._language):
            self._remarks.append(
                (str(name), f"it has no name in “{self._language}”; that in “{name.language}” was taken")
            )
        concept = Concept(
            key=_key(subject),
            name=_tidied(name) if name is not None else "",
            labels=tuple(sorted(label for label in labels if label.name)),
            note=self._text(subject, SKOS.scopeNote),
            definition=self._text(subject, SKOS.definition),
            identifier=identifier,
            scheme=next(
                (str(scheme) for scheme in schemes if isinstance(scheme, URIRef) and str(scheme) != _OWN_SCHEME), ""
            )[:500],
            matches=tuple(
                sorted(
                    str(match) for match in self._graph.objects(subject, SKOS.exactMatch) if isinstance(match, URIRef)
                )
            ),
        )
        return Draft(concept, [_key(broader) for broader in self._graph.objects(subject, SKOS.broader)])

    def _labels(self, subject: Node, relation: str) -> list[Literal]:
        plain = [label for label in self._graph.objects(subject, SKOS[relation]) if isinstance(label, Literal)]
        forms = (
            form
            for label in self._graph.objects(subject, _XL[relation])
            for form in self._graph.objects(label, _XL.literalForm)
        )
        return list(dict.fromkeys([*plain, *(form for form in forms if isinstance(form, Literal))]))

    def _text(self, subject: Node, relation: Node) -> str:
        texts = [text for text in self._graph.objects(subject, relation) if isinstance(text, Literal)]
        found = _in_language(texts, self._language)
        return str(found).replace("\r\n", "\n").strip() if found is not None else ""

    def _left_out(self) -> Iterator[tuple[str, str]]:
        subjects = set(self._subjects)
        left_out = Counter(
            str(relation) for subject, relation, _ in self._graph if subject in subjects and relation not in _READ
        )
        for relation, count in left_out.most_common():
            yield (
                relation,
                f"left out: {count:,} statement{'' if count == 1 else 's'} of a kind that topics do not have",
            )


def _key(node: Node) -> str:
    """Returns the address of a concept; what we wrote without an identifier has its name."""
    text = str(node)
    return unquote(text.removeprefix(_URN)) if text.startswith(_URN) else text


def _tidied(label: Any) -> str:
    return " ".join(str(label).split())


def _is_in(code: str, language: str) -> bool:
    """Whether a language is the wanted one, or a variant of it: en-GB is English."""
    return code.lower() == language.lower() or code.lower().startswith(f"{language.lower()}-")


def _in_language(literals: Sequence[Literal], language: str) -> Literal | None:
    """Returns the text in a language, else in none, else the first by its language."""
    ordered = sorted(literals, key=lambda text: (text.language or "", str(text)))
    for wanted in (
        lambda text: bool(language) and (text.language or "").lower() == language.lower(),
        lambda text: bool(language) and _is_in(text.language or "", language),
        lambda text: not text.language,
    ):
        if found := next(filter(wanted, ordered), None):
            return found
    return ordered[0] if ordered else None


# --- writing ---


def write_skos(concepts: Iterable[Concept], syntax: str) -> bytes:
    """Returns concepts in "turtle" or "xml". What has no identifier gets a name that readers of ours take for none."""
    listed = list(concepts)
    uris = {concept.key: URIRef(concept.identifier or _URN + _escape(concept.key)) for concept in listed}
    graph = Graph(bind_namespaces="none")
    graph.bind("skos", SKOS)
    own = URIRef(_OWN_SCHEME)
    graph.add((own, RDF.type, SKOS.ConceptScheme))
    for concept in listed:
        subject = uris[concept.key]
        of_scheme = URIRef(concept.scheme) if _is_iri(concept.scheme) else own
        graph.add((subject, RDF.type, SKOS.Concept))
        graph.add((subject, SKOS.prefLabel, Literal(concept.name)))
        graph.add((subject, SKOS.inScheme, of_scheme))
        for label in concept.labels:
            relation = {"other": SKOS.altLabel, "hidden": SKOS.hiddenLabel}.get(label.kind, SKOS.prefLabel)
            graph.add((subject, relation, Literal(label.name, lang=label.language or None)))
        for relation, text in ((SKOS.scopeNote, concept.note), (SKOS.definition, concept.definition)):
            if text:
                graph.add((subject, relation, Literal(text)))
        for match in concept.matches:
            if _is_iri(match):
                graph.add((subject, SKOS.exactMatch, URIRef(match)))
        if concept.broader in uris:
            graph.add((subject, SKOS.broader, uris[concept.broader]))
        elif concept.outside:
            above = concept.outside if _is_iri(concept.outside) else _URN + _escape(concept.outside)
            graph.add((subject, SKOS.broader, URIRef(above)))
        else:
            graph.add((subject, SKOS.topConceptOf, of_scheme))
    written = graph.serialize(format=syntax, encoding="utf-8")
    return written if isinstance(written, bytes) else str(written).encode()


_NOT_IN_IRI = re.compile(r"[^A-Za-z0-9._~-]")


def _escape(key: str) -> str:
    return _NOT_IN_IRI.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), key)


def _is_iri(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", text))
