"""FormTable against the tokenizer, on any text."""

from hypothesis import given
from hypothesis import strategies as st

from search.text.analysis import tokenize, word_forms
from search.text.form_table import FormTable
from search.text.spellings import other_spellings

PIECES = [
    "U.S.",
    "’s",
    "'s",
    "don't",
    "1,000",
    "3.5",
    "12.000",
    "1",
    "000",
    "cease-fire",
    "Zürich",
    "\u00a0",
    "\u2028",
    "\x1f",
    "日本",
    "e\u0301",
]
texts = st.lists(st.one_of(st.sampled_from([*PIECES, " ", "\n", "\t", "."]), st.text(max_size=6))).map("".join)


def table_forms(table: FormTable, text: str) -> list[str]:
    starts, numbers = table.run_starts, table.run_forms
    return [table.forms[number] for run in list(table.runs(text)) for number in numbers[starts[run] : starts[run + 1]]]


@given(st.lists(texts, max_size=5))
def test_forms_of_a_table_are_those_of_the_tokenizer(several):
    table = FormTable()
    for text in several:
        assert table_forms(table, text) == word_forms(text)


def table_spellings(table: FormTable, text: str) -> list[tuple[str, int]]:
    found, position = [], 0
    for run in list(table.runs(text)):
        found += [
            (table.forms[form], position + offset)
            for form, owner, offset, capitals in zip(
                table.spellings, table.spelling_runs, table.spelling_offsets, table.spelling_capitals, strict=True
            )
            if owner == run and not capitals
        ]
        position += table.run_starts[run + 1] - table.run_starts[run]
    return found


@given(st.lists(texts, max_size=5))
def test_other_spellings_of_a_table_are_those_of_the_text(several):
    table = FormTable()
    for text in several:
        spellings = other_spellings(text, tokenize(text))
        assert table_spellings(table, text) == [(spelling.form, spelling.first) for spelling in spellings]


def test_each_form_is_numbered_once():
    table = FormTable()
    for text in ("peace, peace!", "Peace", "peace"):
        assert set(table_forms(table, text)) == {"peace"}
    assert table.forms == ["peace"]
