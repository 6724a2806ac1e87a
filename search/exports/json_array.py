"""JSON (RFC 8259): one document with the facts about the export and its rows. For programs that read a file at once.

    {"export": {"query": "storm", ...}, "rows": [{"section": 12, ...}, ...]}

A row is the line that JSON Lines has of it. A file that was cut off is no JSON, so nobody takes it for the whole.
"""

import json
from collections.abc import Iterator

from .about import facts_about
from .contract import Export
from .jsonl import write_jsonl


def write_json(export: Export) -> Iterator[bytes]:
    """Yields the facts about the export, and each row on a line of its own."""
    facts = json.dumps(facts_about(export), ensure_ascii=False, indent=1)
    # JSON can write half of a surrogate pair, and UTF-8 cannot.
    yield f'{{"export": {facts},\n"rows": ['.encode("utf-8", "backslashreplace")
    before = b"\n"
    for line in write_jsonl(export):
        yield before + line[:-1]
        before = b",\n"
    yield b"\n]}\n"
