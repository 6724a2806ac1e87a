"""Text encodings: bytes to text, and text without control characters and with one kind of line end.

Owns byte order marks, declared and guessed encodings. Does not read markup beyond its declaration of an encoding.
"""

import codecs
import re

import charset_normalizer
from w3lib.encoding import html_body_declared_encoding, resolve_encoding

from ...errors import ReadError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose little-endian mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Text in UTF-16 or UTF-32 without a byte order mark has zero bytes: half of the bytes of Latin letters, and one for
# each blank of other scripts. This is the least share of them, and how much of a document is looked at.
_MIN_ZEROS_SHARE = 0.05
_MAX_SAMPLE_BYTES = 4 * 1024
_WIDE_UNITS = (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2))

# C0 controls except tab and newline, and lone surrogates. None can be shown, and no database stores all of them.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")

# C1 controls are never intended: they are Windows-1252 decoded as Latin-1. Browsers read them so (WHATWG Encoding).
_WINDOWS_1252 = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}

# A stray control byte does not make a text binary, nor does one byte in a hundred.
_MAX_STRAY_CONTROLS = 2


class EncodingError(ReadError):
    """Bytes that are not text in their encoding; the locator is the line, counted from 1."""


def _marked(data: bytes) -> tuple[bytes, str]:
    """Returns the byte order mark of a document and its encoding; both empty if it has none.

    UTF-16 and UTF-32 are recognised without a mark too; XML and JSON allow that, and some programs write it.
    """
    found = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), None)
    return found or (b"", _unmarked(data[:_MAX_SAMPLE_BYTES]))


def _unmarked(sample: bytes) -> str:
    """Returns the wide encoding in which a sample is text, the one with most ASCII; empty if there is none."""
    if sample.count(b"\x00") < max(1, _MIN_ZEROS_SHARE * len(sample)):
        return ""
    counts = {name: _ascii_count(sample, name, unit) for name, unit in _WIDE_UNITS}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] > 0 else ""


def _ascii_count(sample: bytes, encoding: str, unit_bytes: int) -> int:
    """Returns how many characters of a sample are ASCII; 0 if it is no text in an encoding."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample[: len(sample) // unit_bytes * unit_bytes])
    except UnicodeDecodeError:
        return 0
    if not all(character.isprintable() or character.isspace() or character == "\ufeff" for character in text):
        return 0
    return sum(map(str.isascii, text))


def decode(data: bytes, encoding: str = "") -> str:
    """Decodes UTF-8, or another encoding of Unicode that shows itself, or else the encoding that is given, strictly.

    Raises EncodingError with line and byte.
    """
    mark, name = _marked(data)
    data, encoding = data[len(mark) :], name or encoding or "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        # Lines are counted in the decoded text: in UTF-16 other characters contain the byte of a newline.
        lines = _LINE_ENDS.sub("\n", data[: error.start].decode(encoding)).split("\n")
        column = len(lines[-1]) + 1
        raise EncodingError(
            f"byte 0x{data[error.start]:02x} at column {column} is not {encoding.upper()}; save it as UTF-8, "
            "or name its encoding",
            f"line {len(lines)}",
        ) from None


def is_wide(head: bytes) -> bool:
    """Whether this is UTF-16 or UTF-32, in which ASCII is not one byte a letter."""
    return _marked(head)[1] not in ("", "utf-8")


def as_utf8(head: bytes, encoding: str = "") -> bytes:
    """Returns the beginning of a document, converted to UTF-8 if it is UTF-16 or UTF-32, or in another encoding."""
    if encoding:
        return head.decode(encoding, "ignore").encode("utf-8", "ignore")
    mark, name = _marked(head)
    return head if name in ("", "utf-8") else head[len(mark) :].decode(name, "ignore").encode()


# The beginning of a document from which its encoding is guessed, and the candidates: the legacy encodings of the web.
_MAX_GUESS_BYTES = 256 * 1024
_GUESSES = (
    "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 cp866 koi8_r koi8_u iso8859_2 gb18030 "
    "big5 shift_jis euc_jp euc_kr"
).split()


def decode_page(data: bytes, charset: str = "") -> tuple[str, str]:
    """Decodes a web page. Returns the text and a note on what was wrong with its encoding, which may be empty.

    `charset` is from the transfer header. The first encoding that decodes every byte wins, in this order: a byte
    order mark or the zero bytes of UTF-16, the header, the page's own declaration, UTF-8, a guess by the letters.
    UTF-8 comes first, whatever one-byte encoding is declared, if there are bytes beyond ASCII: they are not valid
    UTF-8 by chance. Names of encodings mean what they mean to browsers (WHATWG): `iso-8859-1` is Windows-1252.
    """
    text, _, note = _decoded_page(data, charset)
    return text, note


def page_utf8(data: bytes, charset: str = "") -> tuple[bytes, str]:
    """Returns the text and the note of `decode_page`, the text as UTF-8 for a parser. Most pages are UTF-8 already."""
    text, encoding, note = _decoded_page(data, charset)
    return (data.removeprefix(codecs.BOM_UTF8) if encoding == "utf-8" else text.encode("utf-8", "surrogatepass")), note


def _decoded_page(data: bytes, charset: str) -> tuple[str, str, str]:
    """Returns the text of a page, the encoding that was used, and the note on what was wrong."""
    marked = _marked(data)[1] or None
    declared = html_body_declared_encoding(data)
    if declared and declared.startswith("utf-16"):
        declared = "utf-8"  # a declaration that is readable as ASCII is not in UTF-16
    sources = [marked, resolve_encoding(charset) if charset else None, declared]
    named = list(dict.fromkeys(name for name in sources if name))
    candidates = [*named, "utf-8"]
    if b"\x00" not in data and not data.isascii():
        candidates.insert(0, "utf-8")
    found, text = next(((name, text) for name in candidates if (text := _decoded(data, name)) is not None), ("", ""))
    note = "" if not named or found == named[0] or data.isascii() else f"declared as {named[0].upper()} but is not; "
    if not found:
        guess = charset_normalizer.from_bytes(data[:_MAX_GUESS_BYTES], cp_isolation=_GUESSES).best()
        found = guess.encoding if guess else "cp1252"
        text = data.decode(found, "replace")
        note += f"read as {found.upper()}, a guess by its letters"
    elif note:
        note += f"read as {found.upper()}"
    return text.removeprefix("\ufeff"), found, note


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def looks_like_text(head: bytes) -> bool:
    """Whether the bytes are text in some encoding of Unicode, or almost without control bytes."""
    if _marked(head)[1]:
        return True
    controls = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1b")
    return controls <= _MAX_STRAY_CONTROLS or controls * 100 <= len(head)


def clean(text: str) -> tuple[str, int]:
    """Returns the text with one kind of line end and no unprintable characters, and how many were removed."""
    if "\r" in text or "\u2028" in text or "\u2029" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    # Checked first, because translating a page takes as long as reading it, and few pages need it.
    if _has_unprintable(_unusual(text.encode("utf-8", "surrogatepass"))):
        return _UNPRINTABLE.subn("", text.translate(_WINDOWS_1252))
    return text, 0


def clean_utf8(data: bytes) -> bytes:
    """Returns a text in UTF-8 as `clean` would; lone surrogates are allowed. Most texts are returned unchanged."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    unusual = _unusual(data)
    if b"\xe2\x80\xa8" in unusual or b"\xe2\x80\xa9" in unusual or _has_unprintable(unusual):
        return clean(data.decode("utf-8", "surrogatepass"))[0].encode()
    return data


_USUAL = bytes(range(0x20, 0x7F)) + b"\t\n"
_C0 = bytes({*range(0x20), 0x7F} - set(b"\t\n"))
_C1_OR_SURROGATE = (re.compile(rb"\xc2[\x80-\x9f]"), re.compile(rb"\xed[\xa0-\xbf]"))


def _unusual(data: bytes) -> bytes:
    """Returns UTF-8 without its printable ASCII. What remains is a hundredth of most pages, in whole characters."""
    return data.translate(None, _USUAL)


def _has_unprintable(unusual: bytes) -> bool:
    """Whether `_UNPRINTABLE` matches in the text whose unusual bytes these are."""
    has_c0 = len(unusual.translate(None, _C0)) < len(unusual)
    return has_c0 or any(pattern.search(unusual) for pattern in _C1_OR_SURROGATE)


def removed_note(count: int) -> str:
    """Returns the note that unprintable characters were removed."""
    return f"{count} unprintable character{'s' if count > 1 else ''} left out"
