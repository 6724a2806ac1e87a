"""Bytes to clean text: byte order marks, broken UTF-8, control characters, line ends."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose little-endian mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# C0 controls but tab and newline, and lone surrogates: none can be shown, some no database stores.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")

# C1 controls are never meant: they are Windows-1252 taken for Latin-1, and browsers read them so (WHATWG Encoding).
_WINDOWS_1252 = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}

# A stray control byte does not make a text binary.
_STRAY_CONTROLS = 2


class EncodingError(ValueError):
    """Bytes that are no text; `line` is the number of the broken line, from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def decode(data: bytes) -> str:
    """Decodes UTF-8, or what a byte order mark names, strictly; raises EncodingError with the line and the byte."""
    encoding = "utf-8"
    for mark, name in _MARKS:
        if data.startswith(mark):
            data, encoding = data[len(mark) :], name
            break
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        # Counted in characters, not in bytes: those of UTF-16 hold newlines that are none.
        lines = _LINE_ENDS.sub("\n", data[: error.start].decode(encoding)).split("\n")
        column = len(lines[-1]) + 1
        raise EncodingError(
            len(lines),
            f"byte 0x{data[error.start]:02x} at column {column} is not {encoding.upper()}; save it as UTF-8",
        ) from None


def looks_like_text(head: bytes) -> bool:
    """Whether the bytes are text in some encoding: marked, or with hardly a control byte."""
    if any(head.startswith(mark) for mark, _ in _MARKS):
        return True
    controls = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1b")
    return controls <= _STRAY_CONTROLS or controls * 100 <= len(head)


def clean(text: str) -> tuple[str, int]:
    """Returns the text with one kind of line end and no unprintable characters, and how many of those it had."""
    text = _LINE_ENDS.sub("\n", text).translate(_WINDOWS_1252)
    text, removed = _UNPRINTABLE.subn("", text)
    return text, removed


def removed_note(count: int) -> str:
    """How the removal of unprintable characters is put to people."""
    return f"{count} unprintable character{'s' if count > 1 else ''} left out"
