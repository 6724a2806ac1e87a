"""Which addresses have a part: as a regular expression, and as a pattern of Lucene that finds these and more.

A part of an address begins and ends where words do; with a dot before its first slash it is no part of a host but all
of it, or of the end of it (see `query.Address`). Only modules of this package import from here.
"""

import re

from ...fields import SITE
from ...query import Address
from ...text import host_of

_WORD = r"[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]"
_LITERAL = re.compile(r"([\\*?])")


def is_word_char(character: str) -> bool:
    """Whether a character belongs to a word: ASCII letters and digits, and all that is not ASCII."""
    return character > "\x7f" or character.isalnum()


def part_pattern(node: Address) -> re.Pattern[str]:
    """Returns the expression that is found in the addresses with a part, and in no others."""
    text = node.text.strip("*")
    cut_before, cut_behind = node.text.startswith("*"), node.text.endswith("*")
    host = host_of(text)
    is_host, in_host = "." in host, node.field == SITE.name
    path = ".*".join(map(re.escape, text[len(host) :].split("*")))
    begins = rf"(?<!{_WORD})" if not cut_before and is_word_char(text[0]) else ""
    ends = rf"(?!{_WORD})" if not cut_behind and is_word_char(text[-1]) else ""
    anywhere = begins + ".*".join(map(re.escape, host.split("*"))) + path + ends
    if not (is_host or in_host):
        return re.compile(anywhere, re.DOTALL)
    label = "" if cut_before or text[0] == "." else r"(?:(?<=\.)|(?<![^.]))"
    closes = "" if cut_behind and host == text else "(?=[:/])" if is_host else "(?=[.:/])"
    name = "[^/]*".join(map(re.escape, host.split("*")))
    within = rf"\A[^/]*?{label}{name}{closes}{path}{ends}"
    return re.compile(within if in_host else rf"{within}|/.*?{anywhere}", re.DOTALL)


def candidate_pattern(node: Address) -> str:
    """Returns a pattern of Lucene for the addresses that have all that is literal in a part, and more."""
    pieces = [escape_pattern(piece) for piece in node.text.split("*") if piece]
    return f"*{'*'.join(pieces)}*"


def escape_pattern(text: str) -> str:
    """Returns a text as a pattern of Lucene that matches the text alone."""
    return _LITERAL.sub(r"\\\1", text)
