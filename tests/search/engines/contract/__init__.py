"""The contract suite: what every engine must do. `test_contract.py` runs it against each engine.

A class that derives from `EngineContract` and defines `make(folder)` runs all of it. The parts are classes too, one in
each module, so that an engine in the making can run those that it fulfils.
"""

from .counting import CountingContract
from .documents import bound, day, fail_in_batch, fill, ids, section
from .entries import EntriesContract
from .masking import MaskingContract
from .ordering import OrderingContract
from .statements import StatementsContract
from .suggesting import SuggestingContract
from .times import TimesContract
from .values import ValuesContract
from .words import WordsContract
from .writing import WritingContract

__all__ = ["EngineContract", "bound", "day", "fail_in_batch", "fill", "ids", "section"]


class EngineContract(
    WritingContract,
    WordsContract,
    ValuesContract,
    StatementsContract,
    TimesContract,
    OrderingContract,
    CountingContract,
    EntriesContract,
    SuggestingContract,
    MaskingContract,
):
    """All that an engine must do. A subclass defines how one is made: `make(folder)`."""
