"""Registers the record and its curation with Django."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ArchiveConfig(AppConfig):
    name = "archive"
    verbose_name = "Archive"


class CurationConfig(AdminConfig):
    default_site = "archive.sites.CurationSite"
