"""FormTable: the tokens of many texts as numbers, for building an index fast. Pure; entered through `search.text`."""

from array import array
from collections.abc import Iterable

from .analysis import word_forms
from .capitals import capitals_of_run
from .sentences import ends_sentence, split_runs, starts_sentence
from .spellings import spellings_of_run


class FormTable(dict[str, int]):
    """Numbers the forms of many texts, and tokenizes each distinct run only once.

    A run is a stretch of text between white space. No token contains white space and no rule of the tokenizer looks
    past it, so the tokens of a text are those of its runs. The result equals that of `tokenize`, in a tenth of its
    time, because most runs have occurred before.

    The table maps a run to its number. Run `r` has the forms `run_forms[run_starts[r] : run_starts[r + 1]]`, which are
    indexes into `forms`. The table grows with the vocabulary (about 100 bytes a run) and never shrinks: replace it.

    The other spellings of words (see `spellings`) are apart, since few runs have any: `spellings` has their forms,
    `spelling_runs` the run of each, ascending, and `spelling_offsets` which token of the run it begins with.

    Words in capitals (see `capitals`) are among the spellings, shouted or not. `spelling_capitals` has the place of
    each plus IS_CAPITALS, and 0 for other spellings; `run_capitals` has the edges of each run.

    Between paragraphs is a run with the number PARAGRAPH and without forms.
    """

    PARAGRAPH = 0
    IS_CAPITALS = 128
    _PARAGRAPH_MARK = "\0"
    # English punctuation that is part of no token. A run of letters with only these around it is one token.
    _PUNCTUATION = '.,;:!?"()[]“”…'

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[str] = []
        self.run_forms = array("I")
        self.run_starts = array("I", [0])
        self.spellings = array("I")
        self.spelling_offsets = array("I")
        self.spelling_runs = array("I")
        self.spelling_capitals = array("B")
        self.run_capitals = array("B")
        # For each run, whether a sentence may end with it, and whether one may start with it.
        self.run_ends = array("B")
        self.run_opens = array("B")
        self._numbers: dict[str, int] = {}
        self[self._PARAGRAPH_MARK]

    def runs(self, text: str) -> Iterable[int]:
        """Returns the numbers of a text's runs, in order. O(text)."""
        if "\n" in text:
            text = text.replace("\n", f" {self._PARAGRAPH_MARK} ")
        return map(self.__getitem__, split_runs(text))

    def __missing__(self, run: str) -> int:
        core = run.strip(self._PUNCTUATION)
        # Two in three new runs are a plain word with punctuation beside it.
        if core.isascii() and core.isalpha():
            forms_of_run = [core.lower()]
            is_capital = core.isupper()
        else:
            forms_of_run = word_forms(run)
            for form, offset in spellings_of_run(run, core, forms_of_run):
                self._add_spelling(form, offset)
            is_capital = not run.islower()
        capitals, edges = capitals_of_run(run) if is_capital else ((), 0)
        for form, offset, place in capitals:
            self._add_spelling(form, offset, capitals=self.IS_CAPITALS | place)
        self.run_capitals.append(edges)
        for form in forms_of_run:
            self.run_forms.append(self._number(form))
        self.run_starts.append(len(self.run_forms))
        self.run_ends.append(ends_sentence(run))
        self.run_opens.append(starts_sentence(run))
        self[run] = number = len(self)
        return number

    def _add_spelling(self, form: str, offset: int, *, capitals: int = 0) -> None:
        """Adds another spelling of the run that gets the next number."""
        self.spellings.append(self._number(form))
        self.spelling_runs.append(len(self))
        self.spelling_offsets.append(offset)
        self.spelling_capitals.append(capitals)

    def _number(self, form: str) -> int:
        """Returns the number of a form, which may be new."""
        number = self._numbers.setdefault(form, len(self.forms))
        if number == len(self.forms):
            self.forms.append(form)
        return number
