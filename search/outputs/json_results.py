"""Answers and suggestions as plain JSON values. Makes no database queries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..articles import curated_entry_columns
from ..engines import Explanation
from ..results import Answer, ArticleRow, Snippet, Suggestion


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """Returns a page of an answer: how the query was read, counts, hits and facets."""
    return {
        "query": answer.parsed_query.canonical,
        "notes": [note.message for note in answer.parsed_query.notes],
        "expansions": [
            {"written": expansion.written, "forms": dict(expansion.forms), "total": expansion.total}
            for expansion in answer.expansions
        ],
        "total": answer.total,
        "sections": answer.sections,
        "articles": answer.articles,
        "leads": answer.leads,
        "hits": [_hit_to_json(row) for row in answer.rows],
        "facets": {
            name: [{"value": value, "count": count} for value, count in counted]
            for name, counted in answer.facets.items()
        },
        "took_ms": round(answer.took_ms, 3),
    }


def _hit_to_json(row: ArticleRow) -> dict[str, Any]:
    """Returns a row with its best section."""
    best = row.sections[0]
    section = best.section
    hit = {
        "section": section.pk,
        "article": row.article.pk,
        "headline": row.article.headline,
        "curated": [*row.article.curated_fields, *curated_entry_columns(section.curated_fields)],
        "heading": section.heading,
        "source": row.article.source.name,
        "published": section.time.iso if section.time else None,
        "url": row.article.url,
        "permalink": section.get_absolute_url(),
        "lead": not row.matched,
        "score": round(row.score, 6),
        "snippet": snippet_text(best.snippet),
    }
    return hit | ({"explanation": _explanation_to_json(row.explanation)} if row.explanation else {})


def _explanation_to_json(explanation: Explanation) -> dict[str, Any]:
    """Returns an explanation; scripts know the feedback terms as `marks`."""
    values = asdict(explanation)
    values["marks"] = values.pop("feedback")
    return values


def suggestions_to_json(found: Mapping[str, Sequence[Suggestion]]) -> dict[str, list[dict[str, Any]]]:
    """Returns suggestions by kind."""
    return {kind: [_suggestion_to_json(suggestion) for suggestion in group] for kind, group in found.items()}


def _suggestion_to_json(suggestion: Suggestion) -> dict[str, Any]:
    """Returns the values that a suggestion has."""
    values = {
        "text": suggestion.text,
        "query": suggestion.q,
        "count": suggestion.count,
        "article": suggestion.article_id,
        "published": suggestion.published.iso if suggestion.published else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def snippet_text(snippet: Snippet, *, mark: Callable[[str], str] = str, show: Callable[[str], str] = str) -> str:
    """Returns a snippet as text, with an ellipsis where it is cut: all by `show`, and what matches by `mark` too."""
    shown = ((show(piece.text), piece.matched) for piece in snippet.pieces)
    text = "".join(mark(text) if matched else text for text, matched in shown)
    return ("… " if snippet.cut_before else "") + text + (" …" if snippet.cut_after else "")
