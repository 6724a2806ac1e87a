"""Changes of an archive between two exports of it: as curators make them in the admin."""

from typing import Any

from archive.curation import mark_curated
from archive.models import Article, Operation, Section
from archive.operations import EDITED, ENTRY_EDITED, JOINED, SPLIT, operation, record_join, record_split
from archive.search_port import no_progress
from search.index import sync


def edit(article: Article, **values: Any) -> None:
    """Sets fields as a curator does, and indexes the article."""
    with operation(EDITED, user_name="editor", label="Edited") as act:
        act.watch(Article, [article.pk])
        for name, value in values.items():
            setattr(article, name, value)
        mark_curated(article, list(values))
        article.save()
    sync.drain(no_progress)


def split(section: Section, place: int) -> tuple[int, Operation]:
    """Splits an entry as a curator does; returns the section that begins there, and the operation."""
    with operation(SPLIT, user_name="editor", label="Split") as act:
        part = record_split(act, section, place)
    sync.drain(no_progress)
    return part, act.operation


def join(first: Section, second: Section) -> Operation:
    """Joins an entry with the next as a curator does."""
    with operation(JOINED, user_name="editor", label="Joined") as act:
        record_join(act, first, second)
    sync.drain(no_progress)
    return act.operation


def edit_heading(section: Section, heading: str | None) -> None:
    """Sets the heading of an entry as a curator does, and indexes its article."""
    with operation(ENTRY_EDITED, user_name="editor", label="Edited an entry") as act:
        act.watch(Section, [section.pk])
        section.curated_heading = heading
        section.save()
    sync.drain(no_progress)
