"""Registers the archive and its admin site with Django."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db import connection
from django.db.models.signals import post_migrate


class ArchiveConfig(AppConfig):
    name = "archive"
    verbose_name = "Archive"

    def ready(self) -> None:
        # Models can be imported only once the apps are loaded.
        from .models.evidence_triggers import guard_evidence

        post_migrate.connect(guard_evidence, sender=self)
        post_migrate.connect(settle_articles_that_wait, sender=self)
        post_migrate.connect(bring_roles_up_to_table, sender=self)


def settle_articles_that_wait(**options: object) -> None:
    """Settles what a migration found to be withheld: it knows the rows and not the rules."""
    from .ingest import settle_due
    from .models import Withholding

    if Withholding._meta.db_table in connection.introspection.table_names():
        settle_due()


def bring_roles_up_to_table(**options: object) -> None:
    """Makes the groups of the roles after a migration: Django makes the permissions only then."""
    from .models import RoleGroup
    from .roles import bring_up_to_table

    if RoleGroup._meta.db_table in connection.introspection.table_names():
        bring_up_to_table()


class CurationConfig(AdminConfig):
    default_site = "archive.sites.CurationSite"
