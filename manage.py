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
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has read enough (`| head`); what is left to flush at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except (ImproperlyConfigured, OperationalError, ProgrammingError) as error:
        # What is wrong with the settings or the database is the operator's to mend, and no fault of the code.
        if "--traceback" in sys.argv:
            raise
        from archive.terminal import printable

        sys.exit(f"Error: {printable(_explain(error))}")


def _explain(error: Exception) -> str:
    """Returns what is wrong and the cure; what is said of settings has both."""
    from django.core.exceptions import ImproperlyConfigured

    if isinstance(error, ImproperlyConfigured):
        return str(error)
    from django.conf import settings

    return (
        f"the database cannot be used: {str(error).strip()}\n"
        f"It is that of ARCHIVE_HOME ({settings.ARCHIVE_HOME}) or of ARCHIVE_DATABASE_URL; look whether they are "
        "those that are meant, and prepare it with `manage.py start --no-serve`."
    )


if __name__ == "__main__":
    main()
