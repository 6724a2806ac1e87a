"""The names of a batch lead to the sources and topics that each name alone leads to."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from archive.curation import Names, field_label, find_source
from archive.curation.names import find_topic
from archive.models import Edit, Source, SourceName, Topic, TopicName

pytestmark = pytest.mark.django_db


def rename(row: Source | Topic, old: str) -> None:
    subject = str(row._meta.model_name)
    field = field_label(type(row), "name")
    Edit.objects.create(at=timezone.now(), subject=subject, subject_id=row.pk, field=field, old=old, new=row.name)


@pytest.mark.parametrize("name", ["Floods", "FLOODS", "High water", "high WATER", "Inundations", "inundations"])
def test_a_topic_of_a_batch_is_found_by_any_of_its_names_in_any_case(name: str) -> None:
    topic = Topic.objects.create(name="Floods")
    TopicName.objects.create(topic=topic, name="High water")
    rename(topic, "Inundations")
    assert Names(topics=[name, "Fires"]).topic(name) == find_topic(name) == topic
    assert Topic.objects.count() == 1


@pytest.mark.parametrize("name", ["Courier", "COURIER", "The Daily Courier", "the daily courier", "Post", "POST"])
def test_a_source_of_a_batch_is_found_by_any_of_its_names_in_any_case(name: str) -> None:
    source = Source.objects.create(name="Courier")
    SourceName.objects.create(source=source, name="The Daily Courier")
    rename(source, "Post")
    names = Names([name, "Gazette"])
    assert names.known_source(name) == names.source(name) == find_source(name) == source
    assert names.known_source("Gazette") is None
    assert Source.objects.count() == 1


def test_new_names_that_differ_in_case_alone_are_one() -> None:
    names = Names(["Gazette", "GAZETTE"], topics=["Fires", "fires", "FIRES"])
    assert len({names.topic(name) for name in ("Fires", "fires", "FIRES")}) == 1
    assert names.known_source("GAZETTE") is None
    assert names.source("Gazette") == names.source("GAZETTE") == names.known_source("GAZETTE")
    assert (Topic.objects.count(), Source.objects.count()) == (1, 1)


def test_a_new_name_is_looked_up_with_those_of_its_batch() -> None:
    wanted = [f"Topic {number}" for number in range(20)]
    names = Names(topics=wanted)
    with CaptureQueriesContext(connection) as queries:
        for name in wanted:
            names.topic(name)
    assert {query["sql"].split()[0] for query in queries} == {"INSERT"}
