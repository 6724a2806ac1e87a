"""archive/formats/input/encoding.py: decoding and cleaning."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.formats.input.encoding import (
    EncodingError,
    as_utf8,
    clean,
    clean_utf8,
    decode,
    decode_page,
    is_wide,
    looks_like_text,
    page_utf8,
    removed_note,
)

TEXT = "Zoë’s café in Łódź\n第二行"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
    ],
    ids=["none", "utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"],
)
def test_a_byte_order_mark_names_the_encoding_and_is_removed(data: bytes) -> None:
    assert decode(data) == TEXT
    assert looks_like_text(data)


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"\xff", 1, "byte 0xff at column 1 is not UTF-8; save it as UTF-8"),
        (b"It\x92s late", 1, "byte 0x92 at column 3 is not UTF-8; save it as UTF-8"),
        (b"one\ntwo\nthr\xe9e\n", 3, "byte 0xe9 at column 4 is not UTF-8; save it as UTF-8"),
        (b"one\r\ntwo \x80", 2, "byte 0x80 at column 5 is not UTF-8; save it as UTF-8"),
        (b"one\rtwo\rx\x80", 3, "byte 0x80 at column 2 is not UTF-8; save it as UTF-8"),
        ("é\né".encode() + b"\xc3", 2, "byte 0xc3 at column 2 is not UTF-8; save it as UTF-8"),
        (codecs.BOM_UTF8 + b"a\xff", 1, "byte 0xff at column 2 is not UTF-8; save it as UTF-8"),
        (b"\xed\xa0\x80", 1, "byte 0xed at column 1 is not UTF-8; save it as UTF-8"),
        (codecs.BOM_UTF16_LE + "a\nb".encode("utf-16-le") + b"x", 2, "byte 0x78 at column 2 is not UTF-16-LE"),
        # U+0A05 contains the byte of a newline in UTF-16.
        (codecs.BOM_UTF16_BE + "\u0a05\u0a05".encode("utf-16-be") + b"x", 1, "byte 0x78 at column 3 is not UTF-16-BE"),
    ],
)
def test_broken_bytes_are_named_with_line_and_column(data: bytes, line: int, message: str) -> None:
    with pytest.raises(EncodingError) as caught:
        decode(data)
    assert caught.value.locator == f"line {line}"
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "cleaned", "removed"),
    [
        ("plain\ttext\n", "plain\ttext\n", 0),
        ("a\r\nb\rc\nd\u2028e\u2029f", "a\nb\nc\nd\ne\nf", 0),
        ("a\r\r\nb", "a\n\nb", 0),
        ("nu\x00l be\x07ll\x0bform\x0cfeed\x1f\x7f", "nul bellformfeed", 6),
        ("a\ud800b\udfff", "ab", 2),
        ("It\x92s \x93so\x94 \x85 \x80", "It’s “so” … €", 0),
        ("\x81\x8d\x8f\x90\x9d", "", 5),
        ("naïve \U0001f30a \u200b", "naïve \U0001f30a \u200b", 0),
    ],
)
def test_cleaning_leaves_one_kind_of_line_end_and_printable_characters(text: str, cleaned: str, removed: int) -> None:
    assert clean(text) == (cleaned, removed)


@given(st.text(alphabet=st.characters() | st.sampled_from("\r\n\x00\x85\u2028\ud800")))
def test_clean_text_is_unchanged_and_can_be_stored(text: str) -> None:
    cleaned, _ = clean(text)
    assert clean(cleaned) == (cleaned, 0)
    assert not set(cleaned) & {"\r", "\x00", "\u2028"}
    cleaned.encode()


_SPECIAL = st.sampled_from("\r\n\x00\x7f\x80\x85\xa0\xe8\xe9\u2028\u2029\ud55c\ud800")


@given(st.text(alphabet=st.characters() | _SPECIAL))
def test_cleaning_utf_8_gives_the_same_as_cleaning_text(text: str) -> None:
    assert clean_utf8(text.encode("utf-8", "surrogatepass")) == clean(text)[0].encode()


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (TEXT.encode(), ""),
        (codecs.BOM_UTF8 + TEXT.encode(), "windows-1252"),
        (codecs.BOM_UTF8 * 2 + TEXT.encode(), ""),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), ""),
        ("Zoë’s café".encode("cp1252"), "iso-8859-1"),
        ("Zoë’s café".encode("cp1252"), "utf-8"),
        (b"<meta charset=shift_jis>" + "第二行".encode("shift_jis"), ""),
    ],
)
def test_a_page_is_the_same_as_utf_8_and_as_text(data: bytes, charset: str) -> None:
    text, note = decode_page(data, charset)
    assert page_utf8(data, charset) == (text.encode(), note)


@given(st.binary(max_size=60))
def test_bytes_are_decoded_or_refused_with_a_line(data: bytes) -> None:
    line = 1
    try:
        decode(data).encode()
    except EncodingError as error:
        line = int(error.locator.removeprefix("line "))
    assert 1 <= line <= len(data) + 1


@pytest.mark.parametrize(
    ("head", "is_text"),
    [
        (b"", True),
        (b"words and words", True),
        ("слова и слова".encode(), True),
        (b"a stray \x00 in a text", True),
        (b"\x1b[1mbold\x1b[0m\f page", True),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", False),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00", False),
        (bytes(range(256)), False),
        ("no mark".encode("utf-16-le"), True),
        ("без знака".encode("utf-16-be"), True),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", False),
        (b"\x00" * 64, False),
        (b"w" * 1000 + b"\x01" * 10, True),
        (b"w" * 100 + b"\x01" * 10, False),
    ],
)
def test_control_bytes_distinguish_binary_data_from_text(head: bytes, is_text: bool) -> None:
    assert looks_like_text(head) is is_text


@pytest.mark.parametrize(
    ("count", "note"), [(1, "1 unprintable character left out"), (3, "3 unprintable characters left out")]
)
def test_the_note_counts_the_removed_characters(count: int, note: str) -> None:
    assert removed_note(count) == note


WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize(
    "text",
    [
        "Ferries sail again.\nNobody knows why.",
        "Паромы снова ходят.\nНикто не знает почему.",
        "العبارات تبحر مرة أخرى",
        "<p>船が出た</p>",
        '{"headline": "船が出た 😀"}',
    ],
)
def test_wide_encodings_are_recognised_without_a_mark(encoding: str, text: str) -> None:
    data = text.encode(encoding)
    assert decode(data) == text
    assert decode_page(data) == (text, "")
    assert as_utf8(data) == text.encode()
    assert is_wide(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"words",
        b"a stray \x00 in a longer text of some words",
        "船が出た".encode(),
        "船が出た".encode("shift_jis"),
        bytes(99),
    ],
)
def test_other_bytes_are_not_taken_for_a_wide_encoding(data: bytes) -> None:
    assert not is_wide(data)
    assert as_utf8(data) is data
