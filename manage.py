#!/usr/bin/env python
"""Runs the archive's commands; `python manage.py help` lists them."""

import os
import sys

# What a shell tells of a program that was stopped by Ctrl-C.
_INTERRUPTED = 130


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "archive.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has read enough (`| head`); what is left to flush at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except (ImproperlyConfigured, DatabaseError) as error:
        # Commands of Django itself; those of the archive explain it themselves.
        message = str(error) if isinstance(error, ImproperlyConfigured) else _explain(error)
        if "--traceback" in sys.argv or not message:
            raise
        from archive.terminal import printable

        sys.exit(f"Error: {printable(message)}")


def _explain(error: Exception) -> str:
    """Returns what is wrong with the database and the cure; empty where the fault is one of the program."""
    from archive.storage_faults import explain_storage_fault

    fault = explain_storage_fault(error, with_paths=True)
    return fault and f"{fault} ({str(error).strip()})"


if __name__ == "__main__":
    main()
