"""Whether an index is that of this record: the same archive, and no change that only one of them knows.

An index names its record in its table of contents (`engines.Origin`); the engine asks here when it opens a generation.
Only modules of this package import from here.
"""

from datetime import datetime

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
        if lost := Change.objects.filter(pk__gt=origin.change, done__isnull=False).order_by("pk").first():
            raise EngineError(
                f"The index is older than the database: change {lost.pk:,} of {lost.created.isoformat()} was indexed, "
                f"and this index does not have it. Rebuild the index: `{_CURE}`."
            )

    def empty_origin(self) -> Origin:
        """Returns the origin of an empty index of an empty record. Raises MissingIndexError if that has sections."""
        if Section.objects.exists():
            raise MissingIndexError(f"There is no index of this archive. Build it: `{_CURE}`.")
        return current_origin()


def current_origin() -> Origin:
    """Returns the origin of an index of the record as it is now. Two queries.

    The last change may be pending: it is indexed again later, and until then the index is not newer than it says.
    """
    last = Change.objects.order_by("-pk").first()
    identity = archive_identity()
    return Origin(identity, last.pk, last.created.isoformat()) if last else Origin(identity)


def _is_known(origin: Origin) -> bool:
    """Whether the record has the last change of an index; another one may have the same number."""
    try:
        created = datetime.fromisoformat(origin.created)
    except ValueError:
        return False
    return Change.objects.filter(pk=origin.change, created=created).exists()
