"""Whether a package is as it was written: its seal, its ZIP, and the hashes of its bag. No archive is needed.

A package may come from anybody: nothing in it is believed before its hash was compared, and nothing is unpacked.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import bag, manifest, readme
from .errors import PackageError
from .zip_reader import ZipReader, hash_file, open_package

_REQUIRED = (
    bag.DECLARATION_NAME,
    bag.INFO_NAME,
    bag.PAYLOAD_MANIFEST,
    bag.TAG_MANIFEST,
    readme.NAME,
    manifest.NAME,
)
# Texts about the bag have a few lines; manifests have a line for each file.
_MAX_TEXT_BYTES = 1 << 20
_MAX_LINE_BYTES = bag.MAX_NAME_CHARS + 100

Progress = Callable[[int], None]


@dataclass
class Verification:
    """What a package has, and what is wrong with it: nothing, if it is as it was written.

    `sha256` is the hash of the whole file; `results` has the names of the files of the result.
    """

    sha256: str = ""
    files: int = 0
    payload_files: int = 0
    payload_bytes: int = 0
    faults: list[str] = field(default_factory=list)
    manifest_place: int = -1
    results: list[str] = field(default_factory=list)
    captures: int = 0


class _Text:
    """A short text, as it is read."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._data = b""

    def feed(self, part: bytes) -> None:
        self._data += part
        if len(self._data) > _MAX_TEXT_BYTES:
            raise PackageError(f"{self._name}: it is longer than {_MAX_TEXT_BYTES:,} bytes, as in no package.")

    def close(self) -> str:
        """Returns the text."""
        return self._data.decode("utf-8", "replace")


class _Listed:
    """The hashes that a manifest names, as it is read; and its `faults`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._rest = b""
        self.hashes: dict[str, str] = {}
        self.faults: list[str] = []

    def feed(self, part: bytes) -> None:
        *lines, self._rest = (self._rest + part).split(b"\n")
        for line in lines:
            self._add(line.decode("utf-8", "replace"))
        if len(self._rest) > _MAX_LINE_BYTES:
            raise PackageError(f"{self.name}: it has a line that names no file.")

    def close(self) -> None:
        """Looks at the last line, which has an end as the others have."""
        if self._rest:
            self.faults.append(f"{self.name}: its last line is not whole.")

    def _add(self, line: str) -> None:
        try:
            sha256, name = bag.read_manifest_line(line)
        except ValueError:
            self.faults.append(f"{self.name}: {line[:100]!r} is no hash and name of a file.")
            return
        if name in self.hashes:
            self.faults.append(f"{self.name}: it names {name} twice.")
        self.hashes[name] = sha256


class _Bag:
    """The files of a bag and their hashes, as they are read; and what its texts say about them."""

    def __init__(self) -> None:
        self.hashes: dict[str, str] = {}
        self.declaration, self.info = _Text(bag.DECLARATION_NAME), _Text(bag.INFO_NAME)
        self.payload, self.tags = _Listed(bag.PAYLOAD_MANIFEST), _Listed(bag.TAG_MANIFEST)
        self._readers: dict[str, _Text | _Listed] = {
            bag.DECLARATION_NAME: self.declaration,
            bag.INFO_NAME: self.info,
            bag.PAYLOAD_MANIFEST: self.payload,
            bag.TAG_MANIFEST: self.tags,
        }

    def read(self, name: str, parts: Iterable[bytes]) -> int:
        """Reads a file; returns its size."""
        digest, size, text = hashlib.sha256(), 0, self._readers.get(name)
        for part in parts:
            digest.update(part)
            size += len(part)
            if text:
                text.feed(part)
        self.hashes[name] = digest.hexdigest()
        return size


def verify_package(path: Path, progress: Progress) -> Verification:
    """Returns what is wrong with a package. Reads all of it twice. Raises PackageError for no file, and OSError."""
    verification = Verification()
    with open_package(path) as file:
        whole = hash_file(file)
        verification.sha256 = whole.sha256
        if not whole.is_sealed:
            verification.faults.append(_CHANGED if whole.has_seal else _NO_SEAL)
        reader, found = ZipReader(file), _Bag()
        try:
            _read_members(reader, found, verification, progress)
        except PackageError as error:
            verification.faults += [*reader.faults, str(error)]
        else:
            verification.faults += [*reader.faults, *_check_bag(found, verification)]
    return verification


def check_files(found: manifest.Manifest, verification: Verification) -> Iterator[str]:
    """Yields what a package without faults has more or less than its manifest says. Raises PackageError."""
    named = found.result_files
    if named != verification.results:
        yield (
            f"{manifest.NAME}: it names {', '.join(named)[:200] or 'no results'}, and the package has "
            f"{', '.join(verification.results)[:200] or 'none'}."
        )
    captures = found.header.get("captures_in_package")
    if captures != verification.captures:
        yield f"{manifest.NAME}: it counts {captures!r:.30} captures, and the package has {verification.captures:,}."


def read_manifest(path: Path, verification: Verification) -> Iterator[bytes]:
    """Yields the lines of the manifest of a package that was verified."""
    with open_package(path) as file:
        rest = b""
        for part in ZipReader(file).read_at(verification.manifest_place):
            *lines, rest = (rest + part).split(b"\n")
            yield from lines
            if len(rest) > manifest.MAX_LINE_BYTES:
                raise PackageError(f"{manifest.NAME}: a line is longer than {manifest.MAX_LINE_BYTES:,} bytes.")
        yield rest


_CHANGED = "The seal at the end of the file is not the hash of what is before it: something was changed."
_NO_SEAL = (
    "The file does not end with the seal of a package: it was cut off, added to, or packed by another program. If "
    "it was packed again, unpack it, and check its files with sha256sum as its README.txt says."
)


def _read_members(reader: ZipReader, found: _Bag, verification: Verification, progress: Progress) -> None:
    folder, lowered = "", set()
    for path, place in reader.members():
        top, _, name = path.partition("/")
        folder = folder or top
        if not name or not bag.is_safe_name(path):
            verification.faults.append(f"{path[: bag.MAX_NAME_CHARS]!r}: no package has a file of such a name.")
        elif top != folder:
            verification.faults.append(f"{path}: it is not in the folder of the package, {folder}.")
        elif name.lower() in lowered:
            verification.faults.append(f"{name}: the ZIP has two files of this name.")
        lowered.add(name.lower())
        if name == manifest.NAME:
            verification.manifest_place = place
        size_bytes = found.read(name, reader.read())
        verification.files += 1
        if name.startswith(bag.PAYLOAD):
            verification.payload_files += 1
            verification.payload_bytes += size_bytes
        progress(verification.files)


def _check_bag(found: _Bag, verification: Verification) -> Iterator[str]:
    """Yields what is wrong with a bag whose files are all read."""
    yield from (f"{name}: the package lacks it." for name in _REQUIRED if name not in found.hashes)
    if bag.DECLARATION_NAME in found.hashes and found.declaration.close() != bag.DECLARATION.decode():
        yield f"{bag.DECLARATION_NAME}: it does not say that this is a bag of BagIt 1.0."
    in_payload = {name: sha256 for name, sha256 in found.hashes.items() if name.startswith(bag.PAYLOAD)}
    beside = {name: sha256 for name, sha256 in found.hashes.items() if name not in in_payload}
    beside.pop(bag.TAG_MANIFEST, None)
    for listed, files in ((found.payload, in_payload), (found.tags, beside)):
        listed.close()
        yield from listed.faults
        yield from _compare(listed.hashes, files, listed.name)
    yield from _check_names(found.hashes, verification)
    yield from _check_info(found.info.close(), verification)


def _check_names(hashes: Mapping[str, str], verification: Verification) -> Iterator[str]:
    """Yields the files that no package has, also where its manifests name them, and captures with other bytes."""
    for name, sha256 in hashes.items():
        if name.startswith(bag.CAPTURES):
            verification.captures += 1
            if name.removeprefix(bag.CAPTURES) != sha256:
                yield f"{name}: it is not the capture of this name. Its SHA-256 is {sha256}."
        elif bag.RESULTS.fullmatch(name):
            verification.results.append(name)
        elif name not in _REQUIRED:
            yield f"{name}: no package has such a file."


def _compare(expected: Mapping[str, str], files: Mapping[str, str], by: str) -> Iterator[str]:
    for name, sha256 in expected.items():
        if name not in files:
            yield f"{name}: {by} names it, and the package lacks it."
        elif files[name] != sha256:
            yield f"{name}: it was changed. Its SHA-256 is {files[name]}, and {by} says {sha256}."
    yield from (f"{name}: the package has it, and {by} does not name it." for name in files if name not in expected)


def _check_info(text: str, verification: Verification) -> Iterator[str]:
    try:
        sizes = [value for label, value in bag.read_info(text) if label == bag.OXUM]
    except ValueError as error:
        yield f"{bag.INFO_NAME}: it has {error}."
        return
    found = f"{verification.payload_bytes}.{verification.payload_files}"
    if sizes != [found]:
        yield (
            f"{bag.INFO_NAME}: its {bag.OXUM} is {', '.join(sizes)[:100] or 'missing'}, and there are "
            f"{verification.payload_bytes:,} bytes in {verification.payload_files:,} files ({found})."
        )
