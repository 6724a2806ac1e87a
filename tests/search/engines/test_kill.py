"""A writer that is killed leaves the last committed state or the next.

`python -m tests.search.engines.test_kill 100` kills a hundred writers, the suite a few. A writer reports its progress
byte by byte, and is killed after a random number of bytes.
"""

import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from search.engines.contract import Document, Request
from search.engines.whoosh import WhooshEngine
from search.query.tree import Everything, Word
from tests.paths import ROOT

pytestmark = pytest.mark.slow

# Every commit replaces all articles by a new state, so an index with two states, or a part of a state, is an error.
_ARTICLES = 12
_MAX_STEPS = 200


def write_states(folder: Path) -> None:
    """Commits state after state, writing a byte to standard output at each step."""
    engine = WhooshEngine(folder)
    state = max((state for _, _, state in engine.fingerprints()), key=int, default="0")
    while True:
        state = str(int(state) + 1)
        with engine.write() as batch:
            for article in range(1, _ARTICLES + 1):
                batch.delete_article(article)
                batch.add(Document(article, article, {"text": f"state{state} " * 20}, state))
                _step()
        _step()


def _step() -> None:
    sys.stdout.buffer.write(b".")
    sys.stdout.buffer.flush()


def kill_writers(folder: Path, times: int, seed: int) -> int:
    """Kills writers and checks the index after each. Returns the number of the last state."""
    chance = random.Random(seed)
    last = 0
    for _ in range(times):
        writer = subprocess.Popen(
            [sys.executable, "-c", f"from {__spec__.name} import *; write_states(Path({str(folder)!r}))"],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        assert writer.stdout is not None
        steps = writer.stdout.read(chance.randrange(1, _MAX_STEPS))
        # A random bit further than the last byte.
        for _ in range(chance.randrange(200_000)):
            pass
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert steps
        engine = WhooshEngine(folder)
        fingerprints = list(engine.fingerprints())
        states = {state for _, _, state in fingerprints}
        assert len(states) <= 1, f"torn between {states}"
        if states:
            (state,) = states
            assert int(state) >= last
            last = int(state)
            assert len(fingerprints) == _ARTICLES
            assert engine.search(Request(Word(f"state{state}"))).total == _ARTICLES
            assert sorted(engine.scan(Request(Everything()))) == list(range(1, _ARTICLES + 1))
    return last


def test_killed_writer_leaves_the_last_state_or_the_next(tmp_path):
    assert kill_writers(tmp_path / "index", times=4, seed=1) > 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        runs = int(sys.argv[1])
        print(f"{runs} writers killed; the index reached state {kill_writers(Path(place), runs, seed=runs)}.")
