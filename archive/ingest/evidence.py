"""The bytes of captures on disk: addressed by their SHA-256, written once, never changed. Used by `recording`."""

from pathlib import Path

from ..durable_files import write_durably
from ..models.captures import capture_path


def store_bytes(raw: bytes, sha256: str) -> Path:
    """Writes the bytes of a capture durably, unless they are stored already; returns their path."""
    path = capture_path(sha256)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, raw, mode=0o444)
    return path
