"""What commands print: a terminal obeys nothing that came from others, and programs read the same values as before."""

import io
import json
import logging
import os
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.color import color_style

from archive.terminal import ArchiveCommand, LogFormatter, printable, printable_line

# Clears the screen, in two ways; sets the title; turns the direction; isolates; deletes; half a character; returns.
OBEYED = ["\x1b[2J", "\x1b]0;owned\x07", "\x9b2J", "\u202egpj", "\u2066a", "\x7f\x08", "\udc80", "\ra new line"]
every_obeyed = pytest.mark.parametrize("obeyed", OBEYED, ids=ascii)
FORBIDDEN = {mark for text in OBEYED for mark in text if not mark.isprintable()} | {"\udc80"}


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_every_command_of_the_archive_prints_this_way() -> None:
    own = {name: app for name, app in get_commands().items() if app in ("archive", "search")}
    assert len(own) >= 8
    for name, app in own.items():
        assert isinstance(load_command_class(str(app), name), ArchiveCommand), name


@every_obeyed
def test_what_a_terminal_obeys_is_written_out_as_json_writes_it(obeyed: str) -> None:
    text = f'{{"name": "a{obeyed}b"}}'
    assert not FORBIDDEN & set(printable(text))
    assert json.loads(printable(text), strict=False) == {"name": f"a{obeyed}b"}
    assert printable(printable(text)) == printable(text)


def test_text_of_any_script_is_printed_as_it_is() -> None:
    text = 'Перемирие, وقف إطلاق النار, הפסקת אש, क्षमा\u200dक्ष, 👩\u200d🚒 \\u "q"\tb\r\n'
    assert printable(text) == text
    assert printable_line("a\nb\tc\r\n") == "a\\u000ab\\u0009c\\u000d\\u000a"


@pytest.fixture
def hostile(tmp_path: Path, db: None) -> Path:
    """A file and an article whose names and words have all of it, with a part that is rejected."""
    marks = "".join(mark for mark in OBEYED if mark != "\udc80")
    name = f"fire{marks}\nError: forged{os.fsdecode(bytes([0x80]))}.jsonl".replace("/", "")
    path = tmp_path / name
    lines = [
        {
            "headline": f"Fire {marks}",
            "text": f"A fire {marks} in the harbour.",
            "source": f"Courier {marks}",
            "published": f"soon {marks}",
        },
        {"headline": f"Empty {marks}"},
        [marks],
    ]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n")
    return path


COMMANDS = (
    ("ingest", "{path}"),
    ("ingest", "{path}", "--dry-run"),
    ("ingest", "{path}", "--dry-run", "--json"),
    ("ingest", "{path}", "--json"),
    ("ingest", "{path}.gone"),
    ("search", "harbour"),
    ("search", "harbour", "--json", "--facet", "source"),
    ("search", "harbour", "--facet", "source"),
    ("search", "cour", "--suggest"),
    ("search", '"fire\x1b[2J'),
    ("export", "harbour"),
    ("export", "harbour", "--format", "jsonl"),
    ("export", "harbour", "-o", "/nowhere\x1b[2J/a.csv"),
    ("index", "verify", "--json"),
    ("captures", "verify", "--json"),
    ("backup", "/dev/null/\x1b[2J"),
    ("restore", "/dev/null/\x1b[2J"),
)


def run(command: type[ArchiveCommand], *arguments: str, stream: type[io.StringIO]) -> str:
    """Runs a command as from the command line; returns what it prints."""
    out, err = stream(), stream()
    with pytest.MonkeyPatch.context() as patched:
        # The test goes on with the connection.
        patched.setattr("django.core.management.base.connections.close_all", lambda: None)
        with suppress(SystemExit):
            command(stdout=out, stderr=err).run_from_argv(["manage.py", *arguments])
    return out.getvalue() + err.getvalue()


def class_of(name: str) -> type[ArchiveCommand]:
    loaded = load_command_class(str(get_commands()[name]), name)
    assert isinstance(loaded, ArchiveCommand)
    return type(loaded)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_prints_what_a_terminal_obeys(
    hostile: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    if arguments[0] != "ingest":
        run(class_of("ingest"), "ingest", str(hostile), stream=io.StringIO)
    written = [argument.format(path=hostile) for argument in arguments]
    printed = run(class_of(arguments[0]), *written, "--no-color", stream=Terminal)
    printed += "".join(capsys.readouterr())
    assert printed
    assert not FORBIDDEN & set(printed.replace("\r\n", "\n"))
    if arguments[0] == "ingest":
        assert not any(line.startswith("Error: forged") for line in printed.splitlines())


def test_option_that_is_the_name_of_a_file_is_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    run(class_of("ingest"), "ingest", "a.txt", "--x\x1b[2J", stream=Terminal)
    run(class_of("ingest"), "ingest", "a.txt", "--zone", "Mars\x1b[2J", stream=Terminal)
    printed = capsys.readouterr().err
    assert "--x\\u001b[2J" in printed
    assert "\x1b" not in printed


def test_export_to_a_file_or_a_program_has_the_text_as_it_is(hostile: Path, tmp_path: Path) -> None:
    run(class_of("ingest"), "ingest", str(hostile), stream=io.StringIO)
    target = tmp_path / "a.jsonl"
    run(class_of("export"), "export", "harbour", "--format", "jsonl", "-o", str(target), stream=Terminal)
    piped = run(class_of("export"), "export", "harbour", "--format", "jsonl", stream=io.StringIO)
    assert json.loads(target.read_text()) == json.loads(piped)
    assert "\u202e" in json.loads(piped)["text"]


def test_colours_are_those_of_the_archive_alone(hostile: Path) -> None:
    run(class_of("ingest"), "ingest", str(hostile), stream=io.StringIO)
    printed = run(class_of("search"), "search", "harbour", "--force-color", stream=Terminal)
    coloured = color_style(force_color=True).WARNING("harbour")
    assert coloured in printed
    assert "\x1b[2J" not in printed


def test_log_is_printed_this_way_with_its_tracebacks(caplog: pytest.LogCaptureFixture) -> None:
    formatter = LogFormatter()
    try:
        raise ValueError("bad \x1b[2J value")
    except ValueError:
        logging.getLogger("archive").exception("Failed on %s", "a\u202eb")
    line = formatter.format(caplog.records[-1])
    assert "a\\u202eb" in line
    assert "Traceback" in line
    assert not FORBIDDEN & set(line)
    assert "archive.terminal.LogFormatter" in str(settings.LOGGING["formatters"])
