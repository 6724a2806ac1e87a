"""Registers the archive and its admin site with Django."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class ArchiveConfig(AppConfig):
    name = "archive"
    verbose_name = "Archive"

    def ready(self) -> None:
        # Models can be imported only once the apps are loaded.
        from .models.evidence_triggers import guard_evidence

        post_migrate.connect(guard_evidence, sender=self)


class CurationConfig(AdminConfig):
    default_site = "archive.sites.CurationSite"
