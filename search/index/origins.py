"""Whether an index is that of this record: the same archive, and no change that only one of them knows.

An index names its record in its table of contents (`engines.Origin`); the engine asks here when it opens a generation.
Only modules of this package import from here.
"""

from datetime import datetime, timedelta

from django.db.models import Max, Q
from django.utils import timezone

from archive.models import Change, Section, archive_identity

from ..engines import EngineError, ForeignIndexError, MissingIndexError, Origin

_CURE = "manage.py index rebuild"


class ArchiveRecord:
    """The record of this archive, as an engine asks it. Fulfils `engines.Record`."""

    def check_origin(self, origin: Origin | None) -> None:
        """Raises EngineError if an index of this origin may not serve. Three small queries."""
        if origin is None:
            raise EngineError(f"The index does not say which archive it is of. Rebuild it: `{_CURE}`.")
        identity = archive_identity()
        if origin.archive != identity:
            raise ForeignIndexError(
                f"The index is that of another archive ({origin.archive}; the database is that of {identity}). "
                "Look whether ARCHIVE_HOME and ARCHIVE_DATABASE_URL belong together. If they do, "
                f"build this archive's own index: `{_CURE}`."
            )
        if origin.change and not _is_known(origin):
            raise ForeignIndexError(
                f"The database is older than its index: the index knows change {origin.change:,} of {origin.created}, "
                "and the database does not have it. Restore the newest backup. If this database is the one to keep, "
                f"rebuild the index: `{_CURE}`."
            )
        if lost := _find_lost(origin):
            raise EngineError(
                f"The index is older than the database: change {lost.pk:,} of {lost.created.isoformat()} was indexed, "
                f"and this index does not have it. Rebuild the index: `{_CURE}`."
            )

    def empty_origin(self) -> Origin:
        """Returns the origin of an empty index of an empty record. Raises MissingIndexError if that has sections."""
        if Section.objects.exists():
            raise MissingIndexError(f"There is no index of this archive. Build it: `{_CURE}`.")
        return current_origin()


def current_origin(before: Origin | None = None) -> Origin:
    """Returns the origin of an index of the record as it is now; `before` is that of the commit before. Three queries.

    The last change may be pending: it is indexed again later, and until then the index is not newer than it says. What
    the commit indexes is marked as done at `done_at` of the origin, which is later than any other, whatever the clock
    says. Call it while no other process writes the index.
    """
    last = Change.objects.order_by("-pk").first()
    identity = archive_identity()
    marked = Change.objects.aggregate(last=Max("done"))["last"]
    others = [time for time in (marked, done_at(before)) if time]
    done = max([timezone.now(), *(time + timedelta(microseconds=1) for time in others)]).isoformat()
    return Origin(identity, last.pk, last.created.isoformat(), done) if last else Origin(identity, done=done)


def done_at(origin: Origin | None) -> datetime | None:
    """Returns the time at which the changes of a commit are done; None in an index of a release without it."""
    return _read_time(origin.done) if origin else None


def _find_lost(origin: Origin) -> Change | None:
    """Returns a change that was indexed and that an index of this origin does not have.

    Changes are not done in the order of their numbers: an update has several commits, and an embargo ends late.
    """
    at = done_at(origin)
    is_lost = Q(done__gt=at) if at else Q(pk__gt=origin.change, done__isnull=False)
    return Change.objects.filter(is_lost).order_by("done" if at else "pk").first()


def _is_known(origin: Origin) -> bool:
    """Whether the record has the last change of an index; another one may have the same number."""
    created = _read_time(origin.created)
    return created is not None and Change.objects.filter(pk=origin.change, created=created).exists()


def _read_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
