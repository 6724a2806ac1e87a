"""Names of persons, places and organisations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.annotate import Mention, find_names
from tests.paths import ROOT


def names_of(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(text[mention.span.start : mention.span.end], mention.type) for mention in find_names(text, language)]


def labels_of(text: str) -> dict[str, str]:
    return {text[mention.span.start : mention.span.end]: mention.label for mention in find_names(text)}


@pytest.fixture(scope="module")
def seed() -> str:
    return (ROOT / "seeds/000_41d69cf706419f58.txt").read_text(encoding="utf-8")


def test_seed_names_all_and_nothing_else(seed: str) -> None:
    found = names_of(seed)
    assert set(found) == {
        *((name, "place") for name in "Ukraine Russia Kyiv Moscow Istanbul Siberia Lithuania Zaporizhzhia".split()),
        *((name, "person") for name in ("Volodymyr Zelensky", "Zelensky", "Yevgeny Balitsky", "Putin")),
        *((name, "person") for name in ("Andriy Yermak", "Yermak")),
        *((name, "organisation") for name in ("Ukrainian Armed Forces", "RIA", "TASS", "Telegram")),
    }
    assert [name for name, _ in found[:4]] == ["Ukraine", "Russia", "Kyiv", "Moscow"]
    assert sum(name == "Zaporizhzhia" for name, _ in found) == 5


def test_label_is_the_fullest_form_in_the_text(seed: str) -> None:
    labels = labels_of(seed)
    assert labels["Yermak"] == "Andriy Yermak"
    assert labels["Zelensky"] == "Volodymyr Zelensky"
    assert labels["Putin"] == "Putin"


@given(st.text(alphabet="AaBé. ,-'\"“”\n's北京КиЖ&()<>ofand", max_size=200))
def test_any_text_has_names_in_order_without_overlap(text: str) -> None:
    end = 0
    for mention in find_names(text):
        assert isinstance(mention, Mention)
        assert end <= mention.span.start < mention.span.end <= len(text)
        end = mention.span.end
