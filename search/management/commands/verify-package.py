"""`manage.py verify-package`: whether a package is as it was written, and whether the record has what it cites."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.template.defaultfilters import filesizeformat, pluralize

from archive.progress import ProgressLine
from archive.terminal import ArchiveCommand
from search.exports.packages import (
    Manifest,
    PackageError,
    Verification,
    check_citations,
    check_files,
    read_manifest,
    verify_package,
)

# So many faults are printed; the others are counted.
_MAX_PRINTED = 50


class Command(ArchiveCommand):
    help = "Checks the hashes of a package; with --archive, also each version that it cites. Exits with 1 for a fault."
    # Hashes are checked anywhere, without an archive.
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a package, as export --format package wrote it")
        parser.add_argument(
            "--archive", action="store_true", help="compare each version and capture with the record of this archive"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            verification = self._verify(path)
            if not verification.faults:
                verification.faults += check_files(Manifest(read_manifest(path, verification)), verification)
            if options["archive"] and not verification.faults:
                verification.faults += self._check_record(path, verification)
            if not verification.faults:
                self._report(path, verification, with_record=options["archive"])
                return
        except PackageError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror or error}") from error
        faults = verification.faults
        for fault in faults[:_MAX_PRINTED]:
            self.stderr.write(fault)
        if len(faults) > _MAX_PRINTED:
            self.stderr.write(f"And {len(faults) - _MAX_PRINTED:,} more.")
        raise CommandError(f"{path} is not verified: {len(faults):,} fault{pluralize(len(faults))}.")

    def _verify(self, path: Path) -> Verification:
        progress = ProgressLine("Checked files", self.stderr)  # type: ignore[arg-type]
        try:
            return verify_package(path, progress)
        finally:
            progress.close()

    def _check_record(self, path: Path, verification: Verification) -> list[str]:
        progress = ProgressLine("Checked sections", self.stderr)  # type: ignore[arg-type]
        try:
            return list(check_citations(Manifest(read_manifest(path, verification)), progress))
        finally:
            progress.close()

    def _report(self, path: Path, verification: Verification, *, with_record: bool) -> None:
        manifest = Manifest(read_manifest(path, verification))
        made, archive_id = manifest.made, manifest.archive_id
        files = verification.payload_files
        size = filesizeformat(verification.payload_bytes).replace("\xa0", " ")
        self.stdout.write(
            f"{path} is as it was written: {files:,} file{pluralize(files)} of {size}.", self.style.SUCCESS
        )
        if with_record:
            self.stdout.write("The record has each version and each capture as cited.", self.style.SUCCESS)
        if left_out := manifest.header.get("captures_left_out"):
            self.stdout.write(
                f"Captures that were asked for and are not in the package: {left_out}. Its manifest says why.",
                self.style.WARNING,
            )
        self.stdout.write(f"Made {made:%Y-%m-%d %H:%M:%S} UTC of archive {archive_id}.")
        self.stdout.write(f"SHA-256 of the file: {verification.sha256}")
