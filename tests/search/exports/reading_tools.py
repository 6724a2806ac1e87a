"""Articles with texts that formats stumble over, for the tests of files that people read."""

import json
from pathlib import Path
from typing import Any

# Paragraphs that mean something in Markdown, HTML, XML, YAML, spreadsheets or the bidirectional algorithm.
DIFFICULT_PARAGRAPHS = (
    "# Not a heading",
    "- not a list",
    "1. not a list either, 2) nor this",
    "> no quotation",
    "    four blanks",
    "| a | b |",
    "|---|---|",
    "---",
    "===",
    "Stars *here* and **there**, _lines_ and __more__, a snake_case_name",
    "`code` and ``` fences and ~~~ too",
    "[no link](https://a.example/) ![no picture](x.png) [^1] [[wiki]] <https://b.example>",
    "<script>alert(1)</script> <b>bold</b> &amp; &lt; &#65; & < > \" '",
    "=cmd()|' /C calc'!A0",
    "{braces} 100% of $5 and $6 ~~struck~~ ==marked== %%hidden%% #tag ^block @name",
    "a backslash \\ and \\* and \\\\",
    "\u202eoverride without an end",
    "\u2067isolate without an end and \u2069\u2069 two ends",
    "שלום עולם, מה שלומך?",
    "Привет, мир; 你好，世界。「引用」日本語のとても長い文章がここにあります。",
    "tab\tin between, no\u00a0break, zero\u200bwidth, \u2028 line separator, bell \x07, delete \x7f, C1 \x85",
    "😀 outside the first plane, e\u0301 combining",
    "ends with two blanks  ",
    "ends with a backslash \\",
    "+ plus",
    "~~~",
    "://not.an.address www.a.example",
)
LONG_PARAGRAPH = "long " * 20_000
LONG_WORD = "x" * 100_000


def write_difficult(path: Path) -> None:
    """Writes articles as JSON Lines: one with each paragraph as an entry, one with all in its headline and names."""
    articles: list[dict[str, Any]] = [
        {
            "headline": "Live & <b>direct</b> *now* _here_ `code` [x](y) # \u202e1",
            "kind": "live",
            "source": "Outlet <&> *1*",
            "byline": "A. *Writer* & B. <Poet>",
            "url": "https://a.example/live?a=1&b=(2)",
            "published": "2024-08-01T10:00:00+02:00",
            "topics": ["Weather & <sea>", "*Coast*"],
            "sections": [
                {"id": str(number), "heading": f"Ferry {paragraph[:40]}", "text": f"ferry {number}\n{paragraph}"}
                for number, paragraph in enumerate(DIFFICULT_PARAGRAPHS)
            ],
        },
        {
            "headline": "Ferry,\r\nin two lines",
            "kind": "article",
            "text": f"ferry\n{LONG_PARAGRAPH}\n{LONG_WORD}",
            "published": "2003-05",
            "language": "he",
        },
        {"headline": "Undated ferry", "kind": "article", "text": "ferry ferry"},
    ]
    path.write_text("".join(json.dumps(article) + "\n" for article in articles))
