"""An ingest or an update of the index that is killed and begun again leaves what an undisturbed one leaves.

`python -m tests.bench kills FILE 100` kills a hundred processes, the suite a few.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.kills import write_documents
from tests.paths import ROOT

pytestmark = pytest.mark.slow

_STORY = (
    "Governor Ada Lindqvist said the bridge over the River Tamber would reopen on Friday.\n"
    "“We have checked every cable,” Ms Lindqvist told the Tamber Gazette on Monday. The council of Port Elm agreed, "
    "according to its speaker, Omar Reyes, and asked the ministry for another report before the summer."
)


def articles(count: int) -> list[dict[str, object]]:
    return [
        {
            "id": f"bridge-{number}",
            "headline": f"Bridge {number} reopens",
            "source": f"Paper {number % 3}",
            "url": f"https://paper.example/{number}",
            "topics": ["bridges", f"district {number % 2}"],
            "text": f"{_STORY}\nIt was the inspection with the number {number} of this year.",
        }
        for number in range(count)
    ]


def test_killed_ingests_and_updates_leave_what_undisturbed_ones_leave(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in articles(8)), encoding="utf-8")
    command = [sys.executable, "-m", "tests.bench", "kills", str(path), "3", "2", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["killed"] == 3
    assert figures["differences"] == 0


def test_the_documents_have_later_captures_copies_and_withheld_stories(tmp_path: Path) -> None:
    write_documents(tmp_path / "documents", articles(8))
    lines = (tmp_path / "documents" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    ids = [json.loads(line)["id"] for line in lines]
    assert ids.count("bridge-5") == 2
    assert "copy-6" in ids
    sent = json.loads((tmp_path / "documents" / "withheld.json").read_text(encoding="utf-8"))["items"]
    assert [item["pubstatus"] for item in sent if item["uri"] == "withheld-7"] == ["usable", "withheld"]
    assert sorted(os.listdir(tmp_path / "documents")) == ["articles.jsonl", "withheld.json"]
