"""archive/formats/story.py: the rules that hold for what any agency sends."""

import pytest

from archive.formats.body import Line
from archive.formats.story import Evidence, Story, build_article, first_words
from archive.items import ArticleItem, Hints, Rejected
from archive.times import NO_ZONE

EVIDENCE = Evidence(b"raw", "text/plain", "test/1")
BODY = (Line("First words of it. And more."), Line("Second."))


def made(story: Story, hints: Hints | None = None) -> ArticleItem:
    item = build_article(story, EVIDENCE, hints or Hints("a"))
    assert isinstance(item, ArticleItem), item
    return item


def test_a_first_line_that_repeats_the_headline_is_dropped_once() -> None:
    item = made(Story(headlines=("The  head!",), lines=(Line("The head", is_heading=True), Line("The head."), *BODY)))
    assert item.sections[0].paragraphs[0] == "The head."


@pytest.mark.parametrize(
    ("paragraph", "headline"),
    [
        ("Short and open", "Short and open"),
        ("The sluice was opened at first light. Nobody cheered.", "The sluice was opened at first light."),
        ("QUAY (EPA) _ The sluice was opened at first light. More.", "The sluice was opened at first light."),
        (
            "Envoys of the U.S. and of the E.U. met on the quay. More.",
            "Envoys of the U.S. and of the E.U. met on the quay.",
        ),
        ("Hm. " + "word " * 40, "Hm. " + "word " * 18 + "word…"),
        ("x" * 200, "x" * 100 + "…"),
    ],
)
def test_a_story_without_a_headline_gets_its_first_words(paragraph: str, headline: str) -> None:
    assert first_words(paragraph) == headline
    assert made(Story(lines=(Line(paragraph),))).problems == ("no headline; its first words are used instead",)


@pytest.mark.parametrize(
    ("dateline", "opening", "expected"),
    [
        ("QUAY", "It rained.", ("QUAY", "It rained.")),
        ("QUAY", "QUAY (EPA) - It rained.", ("QUAY (EPA) - It rained.",)),
        ("Quay, May 2", "Far away (EPA) - It rained.", ("Far away (EPA) - It rained.",)),
        ("2031-05-02 10:00:00 GMT", "It rained.", ("It rained.",)),
        (" ", "It rained.", ("It rained.",)),
    ],
)
def test_a_dateline_is_the_first_paragraph_unless_the_text_has_its_own(
    dateline: str, opening: str, expected: tuple[str, ...]
) -> None:
    assert (
        made(Story(headlines=("H",), datelines=(dateline,), lines=(Line(opening),))).sections[0].paragraphs == expected
    )


@pytest.mark.parametrize(
    ("standfirst", "expected"),
    [
        ("Something else", "Something else"),
        ("First words, of it", ""),
        ("HEAD", ""),
        ("", ""),
    ],
)
def test_a_standfirst_that_repeats_the_headline_or_the_text_is_dropped(standfirst: str, expected: str) -> None:
    assert made(Story(headlines=("Head line",), standfirsts=(standfirst,), lines=BODY)).standfirst == expected


@pytest.mark.parametrize(
    ("byline", "language", "expected"),
    [
        ("By Dana Tarn", "", "Dana Tarn"),
        ("BY DANA TARN", "fi", "DANA TARN"),
        ("Von Dana Tarn", "de-AT", "Dana Tarn"),
        ("Von Dana Tarn", "en", "Von Dana Tarn"),
        ("By", "en", "By"),
        ("Byron Tarn", "en", "Byron Tarn"),
    ],
)
def test_a_byline_has_only_the_names(byline: str, language: str, expected: str) -> None:
    assert made(Story(lines=BODY, bylines=(" ", byline), languages=(language,))).byline == expected


def test_the_time_of_a_later_version_is_used_with_a_rule_and_a_problem() -> None:
    story = Story(headlines=("H",), lines=BODY, versions=("7",), updated=(("v", "2031-05-02T10:00Z"),))
    item = made(story)
    assert item.published is not None
    assert item.published.rule == "the time of version 7, the only one given"
    assert item.problems == ("no time of publication; the time of version 7 is used instead",)
    zoneless = made(Story(headlines=("H",), lines=BODY, versions=("7",), updated=(("v", "2031-05-02T10:00"),)))
    assert zoneless.published is not None
    assert zoneless.published.rule == NO_ZONE


def test_the_first_possible_time_is_used_and_the_others_are_problems() -> None:
    found = (("a", " "), ("b", "yesterday"), ("c", "2031-05-02"), ("d", "never"))
    item = made(Story(headlines=("H",), lines=BODY, published=found))
    assert item.published is not None
    assert item.published.precision == "day"
    assert [problem[:13] for problem in item.problems] == ["published (b)"]


def test_only_a_cancellation_needs_no_words() -> None:
    gone = made(Story(ids=("urn:x",), statuses=("Canceled",)))
    assert (gone.headline, gone.sections, gone.status) == ("urn:x", (), "canceled")
    for story in (Story(ids=("urn:x",)), Story(statuses=("Canceled",)), Story(headlines=("H",), lines=(Line("h"),))):
        assert isinstance(build_article(story, EVIDENCE, Hints("a")), Rejected)


def test_a_value_of_the_document_overrides_a_hint() -> None:
    hints = Hints("a", source="Hinted", url="https://hint.example/")
    bare, full = made(Story(lines=BODY), hints), made(Story(lines=BODY, sources=("", "Own")), hints)
    assert (bare.source, bare.url, full.source) == ("Hinted", "https://hint.example/", "Own")


def test_joined_stories_keep_the_values_of_the_first_story_first() -> None:
    joined = Story(headlines=("a",), topics=("t",)) | Story(headlines=("b",), topics=("t", "u"), lines=BODY)
    item = made(joined)
    assert (item.headline, item.topics) == ("a", ("t", "u"))
