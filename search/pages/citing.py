"""Citations as pages list them and as files. Imported by the views of articles and of sections."""

from typing import Any

from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils.html import escape

from ..outputs import CITATIONS, Reference
from .responses import download


def write_citations(reference: Reference, route: str, pk: int, parameters: str) -> list[dict[str, Any]]:
    """Returns a reference in every citation format, each with the URL of its file; `route` is that URL's name."""
    return [
        {
            "name": name,
            "label": citation.label,
            "note": citation.note,
            # A style has italics.
            "html": citation.mark_up(reference) if citation.mark_up else escape(citation.write(reference)),
            "is_style": citation.mark_up is not None,
            "url": reverse(route, args=[pk, name]) + parameters,
        }
        for name, citation in CITATIONS.items()
    ]


def download_citation(reference: Reference, name: str) -> HttpResponseBase:
    """Returns a reference in one citation format, as a file. Raises Http404."""
    citation = CITATIONS.get(name)
    if citation is None:
        raise Http404(f"no citation format {name!r}")
    return download(
        citation.write(reference),
        media_type=citation.media_type,
        filename=f"{reference.key}.{citation.extension}",
    )
