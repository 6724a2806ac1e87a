"""`manage.py start`: prepares the archive (database, seeds, index, first user) and serves it."""

import os
import secrets
import shlex
import stat
import subprocess
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from archive import search_port, uploads
from archive.capture_files import sweep_unfinished
from archive.ingest import close_killed_runs, files_under
from archive.models import Article
from archive.progress import ProgressLine
from archive.terminal import ArchiveCommand

ADMIN_NAME = "admin"

# A saved page does not say when it was captured. These are two captures of one live page, of a fictional town.
_SEED_CAPTURE_TIMES = {
    "100_brackenford-flood_15-50.html": "2024-10-08T15:50:00+01:00",
    "101_brackenford-flood_19-05.html": "2024-10-08T19:05:00+01:00",
}
# A process for each core of a small machine. Most of its threads are for long queries that wait their turn, see
# `search.engines.turns`.
_WORKERS, THREADS = 2, 40


class Command(ArchiveCommand):
    help = "Prepares the archive (database, seeds, index, an admin user) and serves it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=_port, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="stop before serving")

    def handle(self, *args: Any, **options: Any) -> None:
        self._print(f"The archive is in {settings.ARCHIVE_HOME}")
        self._look_at_home()
        call_command("migrate", verbosity=0)
        if not Article.objects.exists():
            self._ingest_seeds()
        uploads.sweep()
        sweep_unfinished()
        close_killed_runs()
        self._index()
        self._create_admin()
        port = options["port"]
        self._print(f"Search:  http://127.0.0.1:{port}{settings.URL_PREFIX}/")
        self._print(f"Curate:  http://127.0.0.1:{port}{reverse('admin:index')}")
        if not options["no_serve"]:
            self._follow()
            self._serve(port)

    def _print(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _look_at_home(self) -> None:
        """Warns of a home that others can open: it may be older than this archive, or shared on purpose."""
        home = settings.ARCHIVE_HOME
        if home.stat().st_mode & stat.S_IRWXO:
            self.stderr.write(
                f"All users of this machine can open {home}, and read what was stored there before. Close it: "
                f"chmod -R o-rwx {shlex.quote(str(home))}",
                self.style.WARNING,
            )

    def _ingest_seeds(self) -> None:
        self._print("Ingesting the seeds")
        for found in files_under(settings.SEEDS_DIR):
            captured = _SEED_CAPTURE_TIMES.get(found.path.name)
            arguments = [str(found.path), "--captured", captured] if captured else [str(found.path)]
            call_command("ingest", *arguments, stdout=self.stdout, stderr=self.stderr)

    def _index(self) -> None:
        """Indexes what is pending; rebuilds an index that is missing or of another version.

        Where another process has the index, what is pending is left to the follower.
        """
        search = search_port.get_search_port()
        progress = ProgressLine("Indexed", sys.stderr)
        try:
            if search.status().usable:
                search.sync(progress)
            else:
                self._print("Building the index")
                search.rebuild(progress)
        except search_port.SearchPortError as error:
            if not search.status().usable:
                raise CommandError(str(error)) from error
            self.stderr.write(str(error), self.style.WARNING)
        finally:
            progress.close()
        advice = search.status().advice
        if advice:
            self.stderr.write(advice, self.style.WARNING)

    def _create_admin(self) -> None:
        """Creates the first user. The password is printed once and stored nowhere."""
        users = get_user_model().objects
        if users.exists():
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser(ADMIN_NAME, password=password)
        self._print(f"Created the user {ADMIN_NAME!r} with the password {password} (shown only now)")

    def _follow(self) -> None:
        """Starts the process that indexes what nobody else does, and ends soon after this one."""
        command = [
            sys.executable,
            str(settings.BASE_DIR / "manage.py"),
            "index",
            "follow",
            "--beside",
            str(os.getpid()),
        ]
        try:
            subprocess.Popen(command)  # noqa: S603  # no shell, and no input from outside
        except OSError as error:
            raise CommandError(f"The index cannot be followed: {error}") from error

    def _serve(self, port: int) -> None:
        """Replaces this process by gunicorn, which then gets the signals and sets the exit code."""
        command = server_command(port)
        try:
            os.execv(sys.executable, command)  # noqa: S606  # no shell, and no input from outside
        except OSError as error:
            raise CommandError(f"gunicorn cannot be started: {error}") from error


def server_command(port: int) -> list[str]:
    """Returns the command that serves the site at a port of this machine."""
    return [
        sys.executable,
        *("-m", "gunicorn", settings.WSGI_APPLICATION.replace(".application", ":application")),
        *("--bind", f"127.0.0.1:{port}"),
        *("--workers", str(_WORKERS)),
        *("--worker-class", "archive.serving.worker.BufferingWorker"),
        *("--threads", str(THREADS)),
        "--no-control-socket",
    ]


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)
