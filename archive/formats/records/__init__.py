"""Records of content systems and the archive's own JSON: an object or an element is an article."""

from . import content_api, json_document, jsonl, superdesk, xml_records

__all__ = ["content_api", "json_document", "jsonl", "superdesk", "xml_records"]
