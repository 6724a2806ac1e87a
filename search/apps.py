"""Registers search with Django, and fills in what the record asks of it."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from archive import finding

        from . import results, sync

        finding.provide(finding.Finder(results.find_articles, sync.status, sync.drain, sync.rebuild))
