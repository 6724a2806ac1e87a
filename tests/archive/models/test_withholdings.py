"""The conditions of queries agree with the rules that they stand for."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.models import (
    Article,
    ArticleVersion,
    Placement,
    Section,
    Withholding,
    hidden_words,
    shown_sections,
    shown_versions,
    withheld_at,
)
from archive.withholding import Reason
from tests.withheld_stories import U1, U2, U3, take_in

NOW = timezone.now().replace(microsecond=0)
# Before, at and after the moment at which the rows are looked at.
ENDS = st.sampled_from([None, NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=1)])
REASONS = st.builds(Reason, st.booleans(), ENDS)


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reasons=st.lists(REASONS | st.none(), min_size=3, max_size=3),
    status=st.sampled_from(["usable", "withheld", "canceled"]),
    embargo=ENDS,
)
def test_rows_are_shown_by_the_rule_and_by_the_condition_alike(
    reasons: list[Reason | None], status: str, embargo: object
) -> None:
    if not Article.objects.exists():
        take_in((U1, U2, U3), kind="live")
    Withholding.objects.all().delete()
    Article.objects.update(status=status, embargo=embargo)
    article = Article.objects.get()
    versions = list(article.versions.order_by("pk"))
    for version, reason in zip(versions, reasons, strict=True):
        if reason:
            Withholding.objects.create(
                article=article, version=version, by_status=reason.by_status, until=reason.until
            )
    free = {
        version.pk
        for version, reason in zip(versions, reasons, strict=True)
        if reason is None or not reason.applies_at(NOW)
    }
    applying = Withholding.objects.filter(withheld_at(NOW)).values_list("version", flat=True)
    assert set(applying) == {version.pk for version in versions} - free
    shown = set() if article.is_hidden(NOW) else free
    assert set(shown_versions(NOW).values_list("pk", flat=True)) == shown
    words = set(Placement.objects.filter(article_version__in=free).values_list("version", flat=True))
    everything = set(Placement.objects.values_list("version", flat=True))
    assert hidden_words(article, NOW) == everything - words
    expected = set() if article.is_hidden(NOW) else {s.pk for s in Section.objects.all() if s.current_id in words}
    assert set(shown_sections(NOW).values_list("pk", flat=True)) == expected
    assert ArticleVersion.objects.count() == 3
