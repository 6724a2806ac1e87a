r"""What the commands print: nothing of it is obeyed by a terminal except the colours of the archive itself.

Names of files, headlines, addresses and messages come from others: an escape sequence in them could clear the screen,
forge lines, or make a terminal answer. Each such character is printed as it is written in JSON, like \u001b, so that
JSON stays the same value. Every command of both apps is an ArchiveCommand; the log uses LogFormatter.
"""

import logging
import re
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper

from .storage_faults import explain_storage_fault, find_damage

# Control characters except tab, line feed and the end of a CSV line; the line and paragraph separators; what turns the
# direction of a text; and halves of characters, which no terminal can be sent.
_OBEYED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)"
)
_OBEYED_OR_BREAK = re.compile(f"{_OBEYED.pattern}|[\r\n\t]")


class Printable(str):
    """A text that `printable` has returned, perhaps with colours of the archive around it."""


def printable(text: str) -> Printable:
    r"""Returns a text with what a terminal would obey written out, like \u001b."""
    return Printable(_OBEYED.sub(_write_out, text))


def printable_line(text: str) -> Printable:
    """Returns a name or a headline as `printable` does, and without line breaks: they would forge lines of output."""
    return Printable(_OBEYED_OR_BREAK.sub(_write_out, text))


def _write_out(match: re.Match[str]) -> str:
    return "".join(f"\\u{ord(mark):04x}" for mark in match[0])


class _Output(OutputWrapper):
    """A stream of a command, on which all that is not Printable is made so."""

    def write(  # type: ignore[override]  # Django's own signature, which is not that of a stream
        self, msg: str = "", style_func: Callable[[str], str] | None = None, ending: str | None = None
    ) -> None:
        super().write(msg if isinstance(msg, Printable) else printable(msg), style_func, ending)


class _Parser(CommandParser):
    def error(self, message: str) -> Any:
        return super().error(printable(message))


class ArchiveCommand(BaseCommand):
    """The base of every command. Messages are printed with `self.stdout.write` and `self.stderr.write`.

    Colours are the second argument of `write`; a text that has colours within is made of Printable parts.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stdout = _wrap(self.stdout)
        self.stderr = _wrap(self.stderr)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        # Django makes the parser and has no option for its class. A file may be named like an option.
        parser.__class__ = _Parser
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        if stdout := options.pop("stdout", None):
            self.stdout = _wrap(stdout)
        if stderr := options.pop("stderr", None):
            self.stderr = _wrap(stderr)
        try:
            return super().execute(*args, **options)
        except CommandError:
            raise
        except Exception as error:
            # What is wrong with the disk or the database is the operator's to mend, and no fault of the code.
            fault = explain_storage_fault(error, with_paths=True) or find_damage()
            if not fault:
                raise
            detail = str(error).strip().partition("\n")[0]
            raise CommandError(f"{fault} ({detail})") from error

    def write_data(self, text: str) -> None:
        """Prints a part of a file, as it is wherever a program reads it."""
        data = printable(text) if self.stdout.isatty() else Printable(text)
        self.stdout.write(data, ending="")


def _wrap(stream: Any) -> _Output:
    """Returns a stream as an _Output, with the style that it has."""
    if isinstance(stream, _Output):
        return stream
    inner: Any = stream._out if isinstance(stream, OutputWrapper) else stream
    output = _Output(inner)
    output.style_func = getattr(stream, "style_func", None)
    return output


class LogFormatter(logging.Formatter):
    """Writes log records, with their tracebacks, as `printable` does."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))
