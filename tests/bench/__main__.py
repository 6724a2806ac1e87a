"""Runs a measurement by name: `python -m tests.bench NAME [ARGUMENT...] [--json]`.

Each prints its table; with --json the last line holds the same figures as one JSON object.
"""

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from . import (
    admin,
    annotate,
    backups,
    copies,
    crowds,
    damage,
    engine,
    export,
    flips,
    formats,
    fuzz,
    ingest,
    kills,
    pathological,
    relevance,
    scale,
    suggest,
    web,
)

# Name -> a function that takes the arguments, prints a table, and returns its figures.
BENCHES: dict[str, Callable[[Sequence[str]], dict[str, Any]]] = {
    "admin": admin.run,
    "annotate": annotate.run,
    "backups": backups.run,
    "copies": copies.run,
    "damage": damage.run,
    "engine": engine.run,
    "export": export.run,
    "flips": flips.run,
    "formats": formats.run,
    "fuzz": fuzz.run,
    "heavy": crowds.run_heavy,
    "ingest": ingest.run,
    "kills": kills.run,
    "pathological": pathological.run,
    "relevance": relevance.run,
    "scale": scale.run,
    "slow": crowds.run_slow,
    "suggest": suggest.run,
    "web": web.run,
}


def main(arguments: list[str]) -> int:
    names = [argument for argument in arguments if argument != "--json"]
    if not names or names[0] not in BENCHES:
        print(f"Name one of: {', '.join(BENCHES)}. {__doc__}", file=sys.stderr)
        return 2
    figures = BENCHES[names[0]](names[1:])
    if "--json" in arguments:
        print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
