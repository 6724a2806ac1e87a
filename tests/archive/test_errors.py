"""Messages on pages name no command."""

import pytest

from archive import storage_faults
from archive.errors import without_commands


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("It is damaged: a, b. Rebuild it: `manage.py index rebuild`.", "It is damaged: a, b. Rebuild it."),
        ("3 wait: run `manage.py index update`.", "3 wait."),
        ("a server indexes them, or `manage.py index update`.", "a server indexes them."),
        ("stay pending: solve this, then run `manage.py index update`.", "stay pending: solve this."),
        ("Ingest it again; `manage.py captures verify` lists all faults.", "Ingest it again."),
        ("Restore it, with `manage.py restore`. Without one, `sqlite3 x .recover` saves it.", "Restore it."),
        ("Run `manage.py backup` again.", ""),
        ("Busy. Do it again in a minute.", "Busy. Do it again in a minute."),
        ("Is `x` a word?", "Is `x` a word?"),
    ],
)
def test_command_goes_and_what_it_is_for_stays(message: str, shown: str) -> None:
    assert without_commands(message) == shown


def test_faults_of_the_disk_and_the_database_name_no_command_on_pages() -> None:
    sentences = [value for value in vars(storage_faults).values() if isinstance(value, str) and "archive" in value]
    assert any("manage.py" in sentence for sentence in sentences)
    for sentence in sentences:
        assert "manage.py" not in storage_faults._fill(sentence, with_paths=False)
