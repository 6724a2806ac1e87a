"""What the search page shows where its question asks for the statements of a result. Only `search` imports it."""

from datetime import datetime
from typing import Any

from ..annotations import find_statements
from ..results import Answer, Question
from .controls import build_statement_menus, link_pages


def statements_context(question: Question, answer: Answer, *, now: datetime) -> dict[str, Any]:
    """Returns the variables of the page of statements in place of those of hits. Raises QueryError and EngineError."""
    page = find_statements(question, now=now, index=answer.index) if answer.total else None
    total = page.total if page else 0
    last = max(-(-total // question.per_page), 1)
    return {
        "statement_page": page,
        "menus": build_statement_menus(question),
        "pages": link_pages(question, last),
        "last_page": question.with_page(last),
        "first_number": (question.page - 1) * question.per_page + 1,
    }
