"""The engine that serves this archive: the only module that knows which engines exist.

Short on purpose: `search.engines` states what an engine does, and nothing else chooses between engines.
"""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from archive.copies import facts_without
from archive.models import hidden_changes

from ..engines import Engine, Features, Reader, Record
from ..engines.opensearch import ADDRESS_FORM, OpenSearchEngine, read_address
from ..engines.whoosh import WhooshEngine
from .documents import values_of_copies
from .origins import ArchiveRecord

EMBEDDED = "embedded"
# One instance for each place of an index: tests change the place.
_engines: dict[tuple[str, Path], Engine] = {}


def get_engine(folder: Path, *, record: Record | None = None, place: str = EMBEDDED) -> Engine:
    """Returns a new engine with its index in a folder, or at a place that is the address of a cluster.

    With a record, only an index of this record serves. Raises ImproperlyConfigured for what is no address.
    """
    if place == EMBEDDED:
        return WhooshEngine(folder, record=record)
    try:
        address = read_address(place)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"ARCHIVE_SEARCH_ENGINE is not an address: {error}. Write it like `{ADDRESS_FORM}`."
        ) from None
    return OpenSearchEngine(address, record=record)


def engine() -> Engine:
    """Returns this process's engine of the archive's index, opened at the first call."""
    key = _place()
    if key not in _engines:
        place, folder = key
        _engines[key] = get_engine(folder, record=ArchiveRecord(), place=place)
    return _engines[key]


def engine_features() -> Features:
    """Returns what the engine that serves does beside what all do. Opens no index."""
    return WhooshEngine.features if settings.SEARCH_ENGINE == EMBEDDED else OpenSearchEngine.features


def release_engine() -> None:
    """Drops this process's engine, whose files are closed once nothing uses them."""
    _engines.pop(_place(), None)


def _place() -> tuple[str, Path]:
    return settings.SEARCH_ENGINE, Path(settings.INDEX_DIR)


# How the parts of one answer come to the same index, and only if one of them asks it: `functools.cache(shown_index)`.
IndexGetter = Callable[[], Reader]


def shown_index() -> Reader:
    """Returns the index without articles of which it may have what may not be shown any more. One database query.

    Whatever answers readers asks it, so that what an editor or a sender withdraws is in no answer from that moment on,
    even while another process keeps the index. Nor can anyone tell from the copies of an article that it exists: they
    have the values that the next update will give them, for some four queries more. Take it once for each answer: all
    its parts should agree.
    """
    now = timezone.now()
    hidden = hidden_changes(now)
    if not hidden:
        return engine()
    copies = facts_without(hidden, now)
    return engine().without(hidden, values={pk: values_of_copies(facts) for pk, facts in copies.items()})
