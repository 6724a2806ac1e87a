"""Plain questions: what is one, which words it is searched by, and that it says so."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.parser import parse
from search.query.question_words import QUESTION_WORDS

NOW = datetime(2025, 6, 3, 12, tzinfo=UTC)

QUESTIONS = [
    ("What did the mayor say about the stadium?", "mayor, say, stadium"),
    ("who is the new minister of defence", "new, minister, defence"),
    ("how many people died in Kyiv?", "people, died, Kyiv"),
    ("tell me about the harbour fire", "harbour, fire"),
    ("Please tell me", None),
    ("what's the cease-fire about?", "cease-fire"),
    ("who won the cup in Lindwick", "won, cup, Lindwick"),
    ("Who is Donald Trump", "Donald, Trump"),
    ("Who Killed Jane Smith?", "Killed, Jane, Smith"),
    ("Is the mayor ill?", "mayor, ill"),
    ("What did the US say about IT and the U.S.?", "US, say, IT, U.S."),
    ("WHAT DID THE MAYOR SAY ABOUT US?", "MAYOR, SAY"),
    ("when was the bridge built ?", "bridge, built"),
    ("Why didn’t the mayor's wife resign?", "mayor, wife, resign"),
    ("Was sagte der Bürgermeister über das Stadion?", "sagte, Bürgermeister, Stadion"),
    ("wie viele Menschen starben in Kiew", "Menschen, starben, Kiew"),
    ("Erzähl mir etwas über den Hafen", "Hafen"),
    ("Qu’a dit le maire sur le stade ?", "dit, maire, stade"),
    ("Combien de personnes sont mortes à l’usine ?", "personnes, mortes, usine"),
    ("parle-moi de la grève du port", "grève, port"),
    ("¿Qué dijo el alcalde sobre el estadio?", "dijo, alcalde, estadio"),
    ("cuántas personas murieron en el puerto", "personas, murieron, puerto"),
    ("háblame del puerto de Lindwick", "puerto, Lindwick"),
]

OTHERS = [
    "Who killed Jane",
    "Where the Crawdads Sing",
    "Why Trump Is Losing Ground in Iowa",
    "who is who?",
    "what is it",
    "the stadium plan",
    "stadium?",
    "what mayor?",
    "is the mayor ill",
    "what did the mayor* say",
    'what did the "mayor" say?',
    "what did the mayor OR council say?",
    "what did headline:mayor say?",
    "what did the (mayor) say?",
    "what did mayor w/5 say?",
    "what did the mayor~ say?",
    "what did the mayor say -stadium",
    "Mayor resigns over stadium plan?",
    "show house prices of the city",
    "to be or not to be",
    "",
]


@pytest.mark.parametrize(("text", "words"), QUESTIONS)
def test_question_is_searched_by_its_content_words_and_says_so(text: str, words: str | None) -> None:
    parsed = parse(text, now=NOW)
    if words is None:
        assert not parsed.notes
        return
    note = parsed.notes[0]
    assert note.message == f"Read as a question. Searched for: {words}."
    assert note.suggestion == "Search for all words"
    assert parse(parsed.canonical, now=NOW).tree == parsed.tree
    every = parse(note.suggested_query, now=NOW)
    assert not [note for note in every.notes if "question" in note.message]
    assert len(every.canonical.split(" AND ")) == len(text.replace("¿", "").replace(" ?", "?").split())


@pytest.mark.parametrize("text", OTHERS)
def test_other_queries_keep_all_their_words(text: str) -> None:
    assert not [note for note in parse(text, now=NOW).notes if "question" in note.message]


@given(st.lists(st.sampled_from([word for language in QUESTION_WORDS for word in sorted(language.empty)]), min_size=1))
def test_question_of_function_words_alone_still_searches_for_them(words: list[str]) -> None:
    tree = parse(" ".join(words) + "?", now=NOW).tree
    assert tree
