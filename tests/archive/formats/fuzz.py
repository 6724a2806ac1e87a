"""Reads mutations of the golden files: `python -m tests.archive.formats.fuzz FORMAT FOLDER [RUNS] [SEED]`.

FORMAT is a row of FORMATS, FOLDER one of tests/data. Every mutation must give items and nothing else, and soon: an
exception ends the run with the bytes kept beside the message. Prints how many were read and rejected, and the slowest.
"""

import copy
import io
import json
import random
import sys
import tempfile
import time
import traceback
from pathlib import Path

from archive import formats
from archive.items import ArticleItem, Hints, Rejected, as_json
from tests.archive.formats.golden_live import DATA

# What breaks readers that random bytes do not: markup, JSON and encodings at the wrong place.
_TOKENS = [
    token.encode("utf-8", "surrogatepass")
    for token in (
        '<div id="post-1">|</div>|<p>|</p>|<time datetime="2024-02-30T10:00">|<script type="application/ld+json">|'
        '</script>|<!--|-->|<![CDATA[|]]>|&amp;amp;|&lt;br&gt;|&#x110000;|&#0;|{|}|[|]|[[|"|\\|\\u0000|\\ud800|null|'
        'true|-1|1e999|99999999999999999999|"@id"|"@type"|"@graph"|"LiveBlogPosting"|"liveBlogUpdate"|'
        '"datePublished"|"articleBody"|"headline"|itemprop="liveBlogUpdate"|class="live-entry"|data-tombstone|'
        'data-sort-time="999999999999999"|#|?post=1|\x00|\ud800|\u2028|\ufeff'
    ).split("|")
]


def mutate(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Returns the data with one to six changes: bytes, slices, tokens, or a piece of another file."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.choice((1, 2, 8, 64, 400)))
        kind = chance.randrange(7)
        if kind == 0 and at < len(changed):
            changed[at] = chance.randrange(256)
        elif kind == 1:
            del changed[at:end]
        elif kind == 2:
            changed[at:at] = changed[at:end] * chance.choice((1, 2, 30))
        elif kind == 3:
            changed[at:at] = chance.choice(_TOKENS) * chance.choice((1, 1, 1, 3, 200))
        elif kind == 4:
            changed[at:end] = chance.choice(_TOKENS)
        elif kind == 5:
            other = chance.choice(others)
            start = chance.randrange(len(other))
            changed[at:end] = other[start : start + chance.choice((10, 100, 1000))]
        elif chance.random() < 0.2:
            del changed[at:]
    return bytes(changed)


# The golden files take milliseconds; a mutation of one that takes this long has found a loop.
_MOST_SECONDS = 2.0

_VALUES: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    1e300,
    10**25,
    "",
    " ",
    "\x00",
    "\ud800",
    "2024-02-30",
    "<b",
    [],
    {},
    [[]],
    [None],
)


def mutate_values(data: bytes, chance: random.Random) -> bytes:
    """Returns a JSON document with one to four of its values replaced, doubled, moved or gone."""
    document = json.loads(data)
    places = []
    waiting = [document]
    while waiting:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        places += [(one, key) for key in keys]
        waiting += [one[key] for key in keys]
    for _ in range(chance.randint(1, 4)):
        holder, key = chance.choice(places)
        other, from_key = chance.choice(places)
        # What an earlier change took away is left alone.
        if isinstance(holder, list) and key >= len(holder):
            continue
        value = other.get(from_key) if isinstance(other, dict) else None
        holder[key] = copy.deepcopy(value) if chance.random() < 0.3 else chance.choice(_VALUES)
        if isinstance(holder, dict) and chance.random() < 0.3:
            del holder[key]
    return json.dumps(document).encode()


def check(reader: formats.Format, data: bytes) -> tuple[int, int]:
    """Reads the data; returns how many articles and rejections it gave. Raises AssertionError for what is no item."""
    read = rejected = 0
    for item in reader.read(io.BytesIO(data), Hints("fuzzed")):
        if isinstance(item, Rejected):
            assert item.reason
            rejected += 1
            continue
        assert isinstance(item, ArticleItem)
        assert item.headline
        assert item.sections
        str(as_json(item)).encode()  # no lone surrogates
        read += 1
    assert read + rejected
    return read, rejected


def main(name: str, folder: str, runs: int = 50_000, seed: int = 1) -> None:
    reader = next(one for one in formats.FORMATS if one.name == name)
    files = [
        path.read_bytes() for path in sorted((DATA / folder).iterdir()) if not path.name.endswith(".expected.json")
    ]
    chance = random.Random(seed)
    totals = [0, 0]
    slowest = 0.0
    started = time.perf_counter()
    for number in range(runs):
        data = chance.choice(files)
        structured = data.lstrip().startswith((b"{", b"[")) and chance.random() < 0.7
        data = mutate_values(data, chance) if structured else mutate(data, files, chance)
        begun = time.process_time()
        try:
            counts = check(reader, data)
            seconds = time.process_time() - begun
            assert seconds < _MOST_SECONDS, f"it took {seconds:.1f} s"
        except Exception:
            with tempfile.NamedTemporaryFile(prefix=f"fuzz-{name}-", delete=False) as kept:
                kept.write(data)
            traceback.print_exc()
            sys.exit(f"run {number} failed; its bytes are in {Path(kept.name)}")
        slowest = max(slowest, seconds)
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
    seconds = time.perf_counter() - started
    print(
        f"{name}: {runs:,} runs in {seconds:.0f} s, {totals[0]:,} articles, {totals[1]:,} rejections, "
        f"slowest {slowest * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:5]))
