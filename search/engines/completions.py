"""Which completions of what somebody types are shown, of those an engine finds. Pure; engines import from here."""

from collections.abc import Callable

from ..fields import NAMES_OF_VALUES
from ..text import fold_value, value_key

# Values, each with the number of its sections: the most frequent first.
Values = tuple[tuple[str, int], ...]


def complete_values(name: str, find: Callable[[str], Values], *, limit: int) -> Values:
    """Returns what `find` finds in a keyword field, and in the field with the other names of its values, if any.

    Another name that is a value itself is listed once, as the value.
    """
    values = find(name)
    if name not in NAMES_OF_VALUES:
        return values
    known = {value_key(fold_value(value)) for value, _ in values}
    others = [pair for pair in find(NAMES_OF_VALUES[name]) if value_key(fold_value(pair[0])) not in known]
    return tuple(sorted((*values, *others), key=lambda pair: -pair[1])[:limit])
