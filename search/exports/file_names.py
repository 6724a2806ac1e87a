"""Names of files that people download: of a query in any script, safe on every system. No database."""

import re
import unicodedata
from datetime import datetime

from archive.imprint import imprint

from ..results import Question

# Most file systems hold 255 bytes in a name: the archive, the query, a date and an extension.
_MAX_PART_CHARS = 60
_MAX_PART_BYTES = 100


def file_stem(question: Question, made: datetime, *, is_picked: bool = False) -> str:
    """Returns the name of an export's file, without its extension: letters, digits and hyphens, of any script."""
    query = name_part(question.q) or ("search" if question.q.strip() else "all")
    picked = ["picked"] if is_picked else []
    return "-".join([name_part(imprint().name) or "archive", query, *picked, f"{made:%Y-%m-%d}"])


def name_part(text: str) -> str:
    """Returns letters and digits of a text, in lower case, with hyphens for what is between them; perhaps empty.

    Marks stay with their letters. What is invisible or turns the direction is left out, so that a name reads as it is.
    """
    kept = "".join(_keep(char) for char in unicodedata.normalize("NFC", text.lower()))
    part = "-".join(filter(None, kept.split("-")))[:_MAX_PART_CHARS]
    return part.encode()[:_MAX_PART_BYTES].decode(errors="ignore").rstrip("-")


def to_ascii(name: str) -> str:
    """Returns a name without what is not in ASCII, for programs that know nothing else; letters lose their accents."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return "-".join(filter(None, re.sub(r"[^\w.-]+", "-", bare, flags=re.ASCII).split("-")))


def _keep(char: str) -> str:
    match unicodedata.category(char)[0]:
        case "L" | "M" | "N":
            return char
        case "C" if not char.isspace():
            return ""
    return "-"
