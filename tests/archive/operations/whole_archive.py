"""The whole archive at one moment: all rows of the record and all documents of the index, to compare it by."""

from typing import Any

from django.apps import apps

from archive.models import Annotation, Article, Change, Edit, Operation, OperationRow, Section
from archive.search_port import no_progress
from search.index import engine, sync
from search.index.documents import build_documents

# What an undo adds to, or moves on, as every act does.
_TRACES = (Operation, OperationRow, Edit, Change)


def read_whole() -> dict[str, Any]:
    """Returns the rows of all tables by their numbers, and what the index has of each section.

    Left out: the operations themselves, the outbox of the index, the time at which a section last changed, and which
    versions wait to be annotated again.
    """
    sync.drain(no_progress)
    assert sync.verify(no_progress).clean
    record = {
        model._meta.label: {
            tuple(row[field.attname] for field in model._meta.pk_fields): row for row in model._base_manager.values()
        }
        for model in apps.get_app_config("archive").get_models(include_auto_created=True)
        if model not in _TRACES
    }
    for row in record[Section._meta.label].values():
        del row["changed"]
    for row in record[Annotation._meta.label].values():
        del row["rules"], row["mark"]
    documents = build_documents(Article.objects.values_list("pk", flat=True))
    indexed = {document.section_id: document.values for document in documents}
    assert indexed.keys() == {section for _, section, _ in engine().fingerprints()}
    return {**record, "index": indexed}
