"""`manage.py start`: prepares the archive (database, seeds, index, first user) and serves it."""

import hashlib
import os
import secrets
import shlex
import stat
import sys
from argparse import ArgumentParser, ArgumentTypeError
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from archive import search_port, uploads
from archive.capture_files import has_captures_on_disk, sweep_unfinished
from archive.ingest import close_killed_runs, files_under
from archive.models import Article, Capture
from archive.progress import ProgressLine
from archive.serving import host_and_port, site_addresses, start_follower
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
        parser.add_argument(
            "--host",
            type=_host,
            default="127.0.0.1",
            help="the address of this machine to serve at, like 0.0.0.0 in a container; only a proxy should reach it",
        )
        parser.add_argument("--no-serve", action="store_true", help="stop before serving")

    def handle(self, *args: Any, **options: Any) -> None:
        self._print(f"The archive is in {settings.ARCHIVE_HOME}")
        self._look_at_home()
        self._look_for_lost_record()
        self._look_for_lost_captures()
        may_write = os.access(settings.ARCHIVE_HOME, os.W_OK)
        if may_write:
            self._prepare()
        else:
            self._check_prepared()
        if options["no_serve"]:
            self._print(site_addresses(options["host"], options["port"]))
            return
        if may_write:
            self._follow()
        # The first of the processes that serve prints the addresses, once it is ready.
        self._serve(options["host"], options["port"])

    def _prepare(self) -> None:
        call_command("migrate", verbosity=0)
        self._look_at_index()
        if not Article.objects.exists():
            self._ingest_seeds()
        uploads.sweep()
        sweep_unfinished()
        close_killed_runs()
        self._index()
        self._create_admin()

    def _check_prepared(self) -> None:
        """Raises CommandError if a home that can only be read has no archive of this version."""
        executor = MigrationExecutor(connection)
        is_current = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        # Only a database of this version can be asked.
        status = search_port.get_search_port().status() if is_current else None
        if not (status and (status.usable or status.is_away)):
            raise CommandError(
                f"{settings.ARCHIVE_HOME} is read-only, and the archive in it was not prepared by this version. "
                "Prepare it where it can be written: `manage.py start --no-serve`. "
                f"{status.advice if status else ''}".strip()
            )
        self.stderr.write("The home is read-only: what is in it can be read, and nothing saved.", self.style.WARNING)

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

    def _look_for_lost_record(self) -> None:
        """Raises CommandError where captures are and no record: a new one would hide that the old one is lost."""
        if _has_record() or not has_captures_on_disk(without=_hashes_of_seeds()):
            return
        raise CommandError(
            f"{settings.CAPTURES_DIR} has captures, and the database ({_database_name()}) has none: the record is "
            "lost, or ARCHIVE_HOME and ARCHIVE_DATABASE_URL do not belong together. Restore a backup into an empty "
            "home: `manage.py restore SOURCE`. Without a backup, move the folder of captures away, start, and ingest "
            "the files in it; addresses and times that came beside the files are lost. Nothing was changed."
        )

    def _look_for_lost_captures(self) -> None:
        """Warns where the record names captures and no file of them is there, as where their disk is not mounted."""
        if _has_record() and not has_captures_on_disk(without=()):
            self.stderr.write(
                f"The bytes of all captures are missing from {settings.CAPTURES_DIR}: look whether their disk is "
                "mounted, or copy the folder `captures` from a backup. The record and its index are read as before.",
                self.style.WARNING,
            )

    def _look_at_index(self) -> None:
        """Raises CommandError for an index of another record: it may be the record that is in the wrong place."""
        status = search_port.get_search_port().status()
        if status.is_foreign:
            raise CommandError(status.advice)

    def _ingest_seeds(self) -> None:
        self._print("Ingesting the seeds")
        for found in files_under(settings.SEEDS_DIR):
            captured = _SEED_CAPTURE_TIMES.get(found.path.name)
            arguments = [str(found.path), "--captured", captured] if captured else [str(found.path)]
            call_command("ingest", *arguments, stdout=self.stdout, stderr=self.stderr)

    def _index(self) -> None:
        """Indexes what is pending; rebuilds an index that is missing, damaged, outdated or of another version.

        The record is whole, so that this loses nothing. Where another process has the index, or it cannot be reached
        now, what is pending is left to the follower.
        """
        search = search_port.get_search_port()
        status = search.status()
        if status.is_away:
            self.stderr.write(status.advice, self.style.WARNING)
            return
        progress = ProgressLine("Indexed", sys.stderr)
        try:
            if status.usable:
                search.sync(progress)
            else:
                self._print(f"Building the index. {status.advice}")
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
        try:
            start_follower()
        except OSError as error:
            raise CommandError(f"The index cannot be followed: {error}") from error

    def _serve(self, host: str, port: int) -> None:
        """Replaces this process by gunicorn, which then gets the signals and sets the exit code."""
        command = server_command(port, host=host)
        try:
            os.execv(sys.executable, command)  # noqa: S606  # no shell, and no input from outside
        except OSError as error:
            raise CommandError(f"gunicorn cannot be started: {error}") from error


def server_command(port: int, *, host: str = "127.0.0.1") -> list[str]:
    """Returns the command that serves the site at an address and a port of this machine."""
    return [
        sys.executable,
        *("-m", "gunicorn", settings.WSGI_APPLICATION.replace(".application", ":application")),
        *("--config", "python:archive.serving.configuration"),
        *("--bind", host_and_port(host, port)),
        *("--workers", str(_WORKERS)),
        *("--worker-class", "archive.serving.worker.BufferingWorker"),
        *("--threads", str(THREADS)),
        "--no-control-socket",
    ]


def _hashes_of_seeds() -> set[str]:
    """Returns the hashes of the seeds: a first start that was killed may have stored some, and recorded none."""
    return {hashlib.sha256(found.path.read_bytes()).hexdigest() for found in files_under(settings.SEEDS_DIR)}


def _has_record() -> bool:
    """Whether the database has captures. Makes no file where SQLite has none."""
    if connection.vendor == "sqlite" and not Path(_database_name()).exists():
        return False
    return Capture._meta.db_table in connection.introspection.table_names() and Capture.objects.exists()


def _database_name() -> str:
    return str(connection.settings_dict["NAME"])


def _host(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ArgumentTypeError("a host is an IP address of this machine, like 127.0.0.1 or 0.0.0.0") from None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)
