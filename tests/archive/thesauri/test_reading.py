"""archive/thesauri: files in SKOS and CSV as concepts, and what of them is refused."""

import json
import socket
from typing import Any

import pytest
from rdflib import Graph

from archive.thesauri import Label, Thesaurus, ThesaurusError, read_thesaurus

from .vocabularies import LEVELS, SUBJECT_HEADINGS, media_topics, media_topics_turtle


def read(text: str, name: str = "x.ttl", **options: Any) -> Thesaurus:
    return read_thesaurus(text.encode(), name, **options)


def by_name(thesaurus: Thesaurus) -> dict[str, Any]:
    return {concept.name: concept for concept in thesaurus.concepts}


def test_vocabulary_like_the_media_topics_has_17_roots_and_5_levels() -> None:
    thesaurus = read(media_topics_turtle())
    assert len(thesaurus.concepts) == sum(LEVELS) == 1127
    assert thesaurus.refused == ()
    assert thesaurus.languages == {"en-GB": 1127, "de": 1127, "fr": 1127}
    depth: dict[str, int] = {}
    for concept in thesaurus.concepts:  # broader before narrower
        depth[concept.key] = depth[concept.broader] + 1 if concept.broader else 1
    assert [sum(level == wanted for level in depth.values()) for wanted in range(1, 6)] == list(LEVELS)
    first = thesaurus.concepts[0]
    assert first.definition == f"All about {first.name}."
    assert first.matches == (f"https://other.example/{first.identifier[-8:]}",)
    assert {label.language for label in first.labels} == {"de", "fr"}
    assert [remark for remark in thesaurus.remarks if "created" in remark[0]] == [
        ("http://purl.org/dc/terms/created", "left out: 1,127 statements of a kind that topics do not have")
    ]


@pytest.mark.parametrize("syntax", ["xml", "turtle", "nt", "json-ld"])
def test_all_syntaxes_say_the_same(syntax: str) -> None:
    graph = Graph().parse(data=SUBJECT_HEADINGS, format="turtle")
    written = graph.serialize(format=syntax)
    found, expected = read(written, f"x.{syntax}"), read(SUBJECT_HEADINGS)
    # Which of two concepts with one name comes first depends on the file.
    names = ({concept.name.casefold() for concept in thesaurus.concepts} for thesaurus in (found, expected))
    assert next(names) == next(names)
    assert by_name(found)["Sea"].labels == by_name(expected)["Sea"].labels


def test_headings_of_a_library_become_a_tree_and_the_rest_is_reported() -> None:
    thesaurus = read(SUBJECT_HEADINGS)
    found = by_name(thesaurus)
    names = {concept.key: concept.name for concept in thesaurus.concepts}
    assert names[found["Law of the sea"].broader] == "Sea"
    # Its broader concept was refused, and is on the first level.
    assert found["Court fees"].broader == ""
    assert names[found["Courts"].broader] == "Law"
    assert found["Sea"].note == "Salt water."
    assert Label("Oceon", "hidden", "en") in found["Sea"].labels
    assert Label("Meer", "translated", "de") in found["Sea"].labels
    assert ("COURTS", "another concept has this name") in thesaurus.refused
    assert ("https://library.example/sh/nameless", "it has no name") in thesaurus.refused
    remarks = dict(thesaurus.remarks)
    assert "also narrower than “Law”" in remarks["Law of the sea"]
    assert "no name in “en”" in remarks["Nur deutsch"]
    assert found["Nur deutsch"].outside == "https://library.example/sh/nowhere"
    circle = {found["Circle A"].broader, found["Circle B"].broader}
    assert "" in circle
    assert any("both above and below" in remark for _, remark in thesaurus.remarks)


def test_language_of_the_names_can_be_chosen() -> None:
    found = by_name(read(SUBJECT_HEADINGS, language="de"))
    assert {"Meer", "Recht", "Seerecht", "Courts"} <= found.keys()
    assert found["Meer"].note == "Salzwasser."
    assert Label("Sea", "translated", "en") in found["Meer"].labels
    alone = by_name(read(SUBJECT_HEADINGS, language="de", others=False))
    assert {label.name for label in alone["Meer"].labels} == {"See"}


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.rdf", '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r>&b;</r>', "document type"),
        ("x.rdf", '<?xml version="1.0"?><!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><r/>', "document type"),
        ("x.rdf", '<?xml version="1.0"?><r><open></r>', "no XML"),
        ("x.jsonld", '{"@context": "http://127.0.0.1:9/context.json", "@id": "x"}', "context elsewhere"),
        ("x.jsonld", '{"@graph": [{"@context": [{}, "http://127.0.0.1:9/c"]}]}', "context elsewhere"),
        ("x.jsonld", '{"@context": {"@import": "http://127.0.0.1:9/c"}}', "context elsewhere"),
        ("x.jsonld", '{"@context": {"a": {"@id": "b:c", "@context": "http://127.0.0.1:9/c"}}}', "context elsewhere"),
        ("x.jsonld", '{"\\u0040context": "http://127.0.0.1:9/c"}', "context elsewhere"),
        ("x.jsonld", "[" * 5000 + "]" * 5000, "nested too deeply|no JSON"),
        ("x.ttl", "@prefix : <x> . :a :b", "cannot be read as Turtle"),
        ("x.ttl", "<a:b> <a:c> <a:d> .", "no SKOS concepts"),
        ("x.ttl", "", "empty"),
        ("x.bin", "\x00\x01\x02", "neither SKOS"),
        ("x.csv", "title,broader\nA,\n", "Line 1: no column is called “name”"),
        ("x.csv", "name,name\nA,B\n", "Line 1: two columns"),
        ("x.csv", 'name,note\nA,"b\n', "Line 2: "),
        ("x.csv", "name,broader\nA,,\nB,A,too many\n", "Line 3: the row has 3 cells"),
    ],
)
def test_file_that_is_no_thesaurus_is_refused_with_the_reason_and_no_network(
    name: str, data: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_: Any) -> None:
        pytest.fail("a thesaurus reached for the network")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)
    with pytest.raises(ThesaurusError, match=message):
        read(data, name)


def test_csv_has_names_places_and_marks() -> None:
    text = 'Name;Broader;Other names;Note;Colour\nB;a;"Bee [en]; Bii [hidden]; x\\; y";"a\nnote";red\n'
    text += "\nA;;;;\nC;B;;;\nc;;;;\n"
    thesaurus = read(text, "x.csv")
    found = by_name(thesaurus)
    assert [concept.name for concept in thesaurus.concepts] == ["A", "B", "C"]
    assert found["B"].labels == (Label("Bee", "other", "en"), Label("Bii", "hidden"), Label("x; y"))
    assert found["B"].note == "a\nnote"
    assert thesaurus.refused == (("c", "line 7: another concept has this name"),)
    assert thesaurus.remarks == (("colour", "left out: topics have no such column"),)
    not_utf8 = "name\nA\nÄ\n".encode("latin-1")
    with pytest.raises(ThesaurusError, match="Line 3: the file is no UTF-8"):
        read_thesaurus(not_utf8, "x.csv")
    assert len(read_thesaurus("name\nÄ\n".encode("utf-16"), "x.csv").concepts) == 1


def test_json_ld_with_its_own_context_is_read() -> None:
    document = {
        "@context": {
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "label": {"@id": "skos:prefLabel", "@language": "en"},
        },
        "@graph": [{"@id": "https://x.example/1", "@type": "skos:Concept", "label": "One"}],
    }
    assert [concept.name for concept in read(json.dumps(document), "x.jsonld").concepts] == ["One"]


def test_ids_of_generated_topics_are_unique() -> None:
    assert len({uri for uri, _, _ in media_topics()}) == len({name for _, name, _ in media_topics()}) == 1127
