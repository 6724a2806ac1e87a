"""Records of content systems, and the archive's own JSON: each object or element is an article.

Imported by `formats` alone.
"""

from . import content_api, json_document, jsonl, superdesk, xml_records

__all__ = ["content_api", "json_document", "jsonl", "superdesk", "xml_records"]
