"""Which texts are copies, and whether the sample finds them."""

import subprocess
import sys

import pytest

from archive.likeness import compare, digest_of, may_be_copies, prints_of, shingle

from .stories import story

STORY = story(1)


def is_found(paragraphs: list[str], others: list[str]) -> bool:
    first, second = shingle(paragraphs), shingle(others)
    return may_be_copies(prints_of(first), prints_of(second)) and compare(first, second).is_copy


@pytest.mark.parametrize(
    "other",
    [
        STORY,
        [" ".join(STORY)],
        [paragraph.upper() for paragraph in STORY],
        [f"“{paragraph}”," for paragraph in STORY],
        STORY[:4],
        [*story(2, paragraphs=1), *STORY],
        [*STORY[:5], *story(2, paragraphs=3)],
        [*story(3, paragraphs=2), *STORY[:3], *story(4, paragraphs=1), *STORY[3:]],
        [*STORY, *story(5, paragraphs=40)],
        [*STORY, story(6, paragraphs=1, words=900)[0]],
        STORY + STORY,
    ],
    ids=[
        "equal",
        "one-paragraph",
        "capitals",
        "quotation-marks",
        "cut",
        "own-lead",
        "own-end",
        "rearranged",
        "within-a-long-one",
        "with-a-gallery",
        "taken-twice",
    ],
)
def test_an_edited_text_is_a_copy(other: list[str]) -> None:
    assert is_found(STORY, other)
    assert is_found(other, STORY)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (STORY, story(2)),
        ([*story(2), *STORY[:2]], [*story(3), *STORY[:2]]),
        ([*story(2), story(9, paragraphs=1, words=700)[0]], [*story(3), story(9, paragraphs=1, words=700)[0]]),
        ([*story(2, paragraphs=3), *STORY], [*story(3, paragraphs=3), *STORY, *story(4, paragraphs=2)]),
        ([*story(2), *(2 * STORY)], [*story(3), *(2 * STORY)]),
        (["A page that was removed."], ["A page that was removed."]),
        ([], []),
    ],
    ids=["unlike", "shared-background", "long-gallery", "box-in-the-middle", "captions-twice", "too-short", "empty"],
)
def test_a_text_with_parts_of_another_is_no_copy(text: list[str], other: list[str]) -> None:
    assert not is_found(text, other)


def test_scripts_without_blanks_are_compared_by_characters() -> None:
    text = "".join(chr(0x4E00 + 37 * number % 900) for number in range(200))
    assert is_found([text], [text[:150]])
    assert not is_found([text], ["".join(chr(0x4E00 + 41 * number % 890) for number in range(200))])


def test_shingles_are_the_same_in_every_process() -> None:
    program = "from archive.likeness import *; print(digest_of(shingle([' '.join(f'w{n}' for n in range(60))])))"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == digest_of(shingle([" ".join(f"w{number}" for number in range(60))]))


def test_lone_surrogates_are_words_too() -> None:
    assert prints_of(shingle([" ".join(f"w{number}\ud800" for number in range(60))]))


def test_no_text_has_more_prints_than_the_table_can_take() -> None:
    assert len(prints_of(shingle(story(1, paragraphs=400)))) == 128
    assert len(prints_of(shingle(story(1, paragraphs=2)))) == 16
