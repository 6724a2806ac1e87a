"""archive/formats/web/main_part.py: which text in the main part of a page is the article's."""

from typing import Any

import pytest

from archive.formats.web.main_part import find_main_text
from archive.items import ArticleItem
from tests.archive.formats import reading

FERRY = "The first ferry to Lindwick left Tollen at half past seven, four days after the storm closed the harbour."
WAVES = "The harbour master counts the waves each morning, and on this one, she said, there had been few of them."
BOATS = "Two boats will run each day until the pier has been mended, the council of the island told the Courier."
LEAD = "Leading: the ferry to Lindwick sailed again on Monday morning, and nobody was hurt."
HEADLINE = "<h1>Ferry runs again</h1>"
VERSE = ("Roses upon the harbour wall", "Waves that count the morning", "Nobody hears the bell", "And the ferry goes")
DEAD = "<li>Ida Norling, 54</li><li>Max Rolland, 31</li>"
POINTS = "<li>Point one of the day</li><li>Point two of the day</li>"
LINKS = "<li><a href=/1>Storm hits the coast</a></li><li><a href=/2>Mayor of Tollen resigns</a></li>"
MENU = "<nav><ul><li><a href=/>Home</a></li></ul></nav>"
FOOTER = "<footer><p>Copyright of the Courier</p><ul><li><a href=/imprint>Imprint</a></li></ul></footer>"


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def read(body: str, *, title: str = "Ferry runs again", language: str = "en") -> ArticleItem:
    head = f"<!doctype html><html lang={language}><head><title>{title}</title></head>"
    return reading.read_article(f"{head}<body>{body}</body></html>".encode(), "a.html")


def lines(article: ArticleItem) -> list[str]:
    """The texts of an article in its order; headings are marked."""
    return [
        line
        for section in article.sections
        for line in (*([f"# {section.heading}"] if section.heading else []), *section.paragraphs)
    ]


@pytest.mark.parametrize(
    "body",
    [
        "<article>{h}<h2>The vote</h2>{a}<h2>The pier</h2>{b}</article>",
        "{menu}<div class=story>{h}<div class=body><h2>The vote</h2>{a}<h2>The pier</h2>{b}</div></div>{footer}",
        "<main>{h}<section><header><h2>The vote</h2></header>{a}</section>"
        "<section><header><h2>The pier</h2></header>{b}</section></main>",
        "<article>{h}<figure><img src=a><figcaption>A boat.</figcaption></figure><h3>The vote</h3>{a}"
        "<h3>The pier</h3>{b}</article>",
        "<article>{h}<section><h2><a href='#vote'>The vote</a></h2>{a}</section>"
        "<section><h2>The pier</h2>{b}</section></article>",
    ],
)
def test_the_first_heading_of_an_explainer_is_kept(body: str) -> None:
    page = body.format(h=HEADLINE, a=p(FERRY), b=p(WAVES), menu=MENU, footer=FOOTER)
    assert lines(read(page)) == ["# The vote", FERRY, "# The pier", WAVES]


def test_a_heading_over_a_lower_heading_is_kept() -> None:
    body = (
        f"<article>{HEADLINE}<h2>Part one</h2><h3>Chapter one</h3>{p(FERRY)}<h3>Chapter two</h3>{p(WAVES)}</article>"
    )
    assert lines(read(body)) == ["# Part one", "# Chapter one", FERRY, "# Chapter two", WAVES]


def test_headings_that_begin_like_promotions_are_kept_above_text() -> None:
    body = f"<article>{HEADLINE}<h2>Most people stayed</h2>{p(FERRY)}<h2>More help is needed</h2>{p(WAVES)}</article>"
    assert lines(read(body)) == ["# Most people stayed", FERRY, "# More help is needed", WAVES]


@pytest.mark.parametrize("name", ["h2", "h3", "h4", "h5"])
@pytest.mark.parametrize(
    "body",
    [
        "<article>{h}<{n}>{lead}</{n}>{text}</article>",
        "<article><header>{h}<{n}>{lead}</{n}></header><div>{text}</div></article>",
        "<div id=content>{h}<{n}>{lead}</{n}>{text}</div>",
    ],
)
def test_a_lead_set_as_a_heading_is_the_first_paragraph(name: str, body: str) -> None:
    found = read(body.format(h=HEADLINE, n=name, lead=LEAD, text=p(FERRY, WAVES)))
    assert lines(found) == [LEAD, FERRY, WAVES]


@pytest.mark.parametrize(
    "body",
    [
        "<header class=head>{h}{above}</header><main><div>{text}</div></main>{footer}",
        "{menu}<div class=top>{h}<div>{above}</div></div><div class=text>{text}</div>{footer}",
    ],
)
@pytest.mark.parametrize(
    ("above", "expected"),
    [(f"<h2>{LEAD}</h2>", [LEAD]), (f"<ul>{POINTS}</ul>", ["Point one of the day", "Point two of the day"])],
)
def test_what_stands_between_a_headline_apart_and_the_text_is_kept(body: str, above: str, expected: list[str]) -> None:
    page = body.format(h=HEADLINE, above=above, text=p(FERRY, WAVES, BOATS), menu=MENU, footer=FOOTER)
    assert lines(read(page)) == [*expected, FERRY, WAVES, BOATS]


def test_the_caption_of_a_table_and_the_summary_of_details_are_text() -> None:
    table = "<table><caption>The dead</caption><tr><td>Ida Norling</td><td>54</td></tr></table>"
    details = "<details><summary>Why?</summary><p>Nobody knows.</p></details>"
    body = f"<article>{HEADLINE}{p(FERRY, WAVES)}{table}{details}</article>"
    assert lines(read(body)) == [FERRY, WAVES, "The dead", "Ida Norling | 54", "Why?", "Nobody knows."]


def test_a_lead_without_a_full_stop_and_a_question_stay_headings() -> None:
    question = "Why did the ferry to Lindwick not sail for four days after the storm in the harbour?"
    for heading in (LEAD.rstrip("."), question):
        assert lines(read(f"<article>{HEADLINE}<h2>{heading}</h2>{p(FERRY, WAVES)}</article>"))[0] == f"# {heading}"


@pytest.mark.parametrize(
    "body",
    [
        "<article>{h}<ul>{points}</ul>{text}</article>",
        "<article>{h}<div class=summary><ol>{points}</ol></div><div class=body>{text}</div></article>",
        "{menu}<div><div>{h}<div class=kp><ul>{points}</ul></div><div class=tx>{text}</div></div></div>{footer}",
        "<main>{h}<section aria-label='Key points'><ul>{points}</ul></section><section>{text}</section></main>",
        "<article>{h}<aside class=key-points><ul>{points}</ul></aside>{text}</article>",
        "<article><header>{h}<ul>{points}</ul></header>{text}</article>",
    ],
)
def test_bullet_points_above_the_text_are_kept(body: str) -> None:
    page = body.format(h=HEADLINE, points=POINTS, text=p(FERRY, WAVES), menu=MENU, footer=FOOTER)
    assert lines(read(page)) == ["Point one of the day", "Point two of the day", FERRY, WAVES]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (f"<ul>{DEAD}</ul>", ["Ida Norling, 54", "Max Rolland, 31"]),
        ("<ol><li>Ida Norling</li></ol>", ["Ida Norling"]),
        (p("Ida Norling, 54", "Max Rolland, 31"), ["Ida Norling, 54", "Max Rolland, 31"]),
        ("<p>Ida Norling, 54<br>Max Rolland, 31</p>", ["Ida Norling, 54 Max Rolland, 31"]),
        ("<dl><dt>Ida Norling</dt><dd>54, teacher</dd></dl>", ["Ida Norling", "54, teacher"]),
        (
            "<table><tr><th>Name</th><th>Age</th></tr><tr><td>Ida Norling</td><td>54</td></tr></table>",
            ["Name | Age", "Ida Norling | 54"],
        ),
        (f"<figure><ul>{DEAD}</ul></figure>", ["Ida Norling, 54", "Max Rolland, 31"]),
        (f"<div><div><ul>{DEAD}</ul></div></div>", ["Ida Norling, 54", "Max Rolland, 31"]),
        ("<ul><li><a href=/1>Ida Norling</a>, 54</li></ul>", ["Ida Norling, 54"]),
        ("<ul><li><a href=/1>Ida Norling</a></li></ul>", ["Ida Norling"]),
    ],
)
def test_a_heading_and_a_list_at_the_end_are_kept(listed: str, expected: list[str]) -> None:
    found = read(f"<article>{HEADLINE}{p(FERRY, WAVES)}<h2>The dead</h2>{listed}</article>")
    assert lines(found) == [FERRY, WAVES, "# The dead", *expected]


@pytest.mark.parametrize(
    "body",
    [
        "<article>{h}<section>{text}</section><section><h2>The dead</h2><ul>{dead}</ul></section></article>",
        "<div><div>{h}{text}</div><div><h3>The dead</h3><ol>{dead}</ol></div></div>{footer}",
        "<main><div>{h}</div><div class=b><div class=t>{text}</div><div class=l><h3>The dead</h3><ul>{dead}</ul></div>"
        "</div></main>",
    ],
)
def test_a_list_in_a_box_of_its_own_is_kept(body: str) -> None:
    page = body.format(h=HEADLINE, text=p(FERRY, WAVES), dead=DEAD, footer=FOOTER)
    assert lines(read(page)) == [FERRY, WAVES, "# The dead", "Ida Norling, 54", "Max Rolland, 31"]


@pytest.mark.parametrize(
    "body",
    [
        "<div>{h}{a}<ul><li>{b}</li><li>Short item</li></ul>{c}</div>",
        "{menu}<div class=page><div class=col>{h}{a}<div><ul><li>{b}</li><li>Short item</li></ul></div>{c}</div>"
        "<div class=side><ul><li><a href=/1>A story of the day</a></li></ul></div></div>{footer}",
        "<table><tr><td>{h}{a}<ol><li>{b}</li><li>Short item</li></ol>{c}</td></tr></table>",
    ],
)
def test_lists_outside_article_and_main_are_kept(body: str) -> None:
    page = body.format(h=HEADLINE, a=p(FERRY), b=WAVES, c=p(BOATS), menu=MENU, footer=FOOTER)
    assert lines(read(page)) == [FERRY, WAVES, "Short item", BOATS]


@pytest.mark.parametrize(
    "verse",
    [
        p(*VERSE),
        f"<p>{'<br>'.join(VERSE)}</p>",
        f"<p>{'<br><br>'.join(VERSE)}</p>",
        f"<pre>{chr(10).join(VERSE)}</pre>",
        f"<pre class=wp-block-verse>{'<br>'.join(VERSE)}</pre>",
        f"<div class=verse>{''.join(f'<div>{line}</div>' for line in VERSE)}</div>",
        f"<blockquote>{p(*VERSE)}</blockquote>",
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        "<article>{h}{verse}</article>",
        "<article>{h}{verse}{text}</article>",
        "<article>{h}{text}{verse}{more}</article>",
        "<article>{h}{text}{verse}</article>",
        "<div>{h}{verse}</div>",
    ],
)
def test_the_short_lines_of_a_poem_are_kept(verse: str, body: str) -> None:
    found = lines(read(body.format(h=HEADLINE, verse=verse, text=p(FERRY, WAVES), more=p(BOATS))))
    assert " ".join(VERSE) in " ".join(found)


def test_a_line_that_a_poem_repeats_is_kept() -> None:
    body = f"<article>{HEADLINE}{p(VERSE[2], VERSE[2], *VERSE)}</article>"
    assert lines(read(body)) == [VERSE[2], VERSE[2], *VERSE]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>Nobody knows</p>{text}", ["Nobody knows", FERRY, WAVES]),
        ("{text}<p>Nobody knows</p>", [FERRY, WAVES, "Nobody knows"]),
        ("<p>The council decided:</p><ul><li>Two boats</li></ul>{text}", ["The council decided:", "Two boats", FERRY]),
    ],
)
def test_short_paragraphs_at_the_edges_are_kept(body: str, expected: list[str]) -> None:
    found = lines(read(f"<article>{HEADLINE}{body.format(text=p(FERRY, WAVES))}</article>"))
    assert found[: len(expected)] == expected


@pytest.mark.parametrize(
    ("language", "title", "heading", "text", "names"),
    [
        (
            "ar",
            "العبارة",
            "الضحايا",
            "غادرت العبارة الأولى إلى الجزيرة في الساعة السابعة والنصف صباحا.",
            ("سعيد", "مريم"),
        ),
        (
            "ja",
            "洪水の町",
            "犠牲者",
            "台風が港を閉ざしてから四日後、最初の船が午前七時半に港を出た。",
            ("山田太郎さん", "鈴木花子さん"),
        ),
        (
            "de",
            "Die Fähre",
            "Die Toten",
            "Die erste Fähre nach Lindwick verließ Tollen erst um halb acht, sagte der Hafenmeister.",
            ("Ida Norling", "X"),
        ),
    ],
)
def test_lists_and_headings_are_kept_in_other_scripts(
    language: str, title: str, heading: str, text: str, names: tuple[str, ...]
) -> None:
    listed = "".join(f"<li>{name}</li>" for name in names)
    body = f"<article><h1>{title}</h1><h2>1. {title} 1</h2>{p(text)}<h2>{heading}</h2><ul>{listed}</ul></article>"
    expected = [f"# 1. {title} 1", text, f"# {heading}", *names]
    assert lines(read(body, title=title, language=language)) == expected


@pytest.mark.parametrize(
    "aside",
    [
        f"<h3>Related articles</h3><ul>{LINKS}</ul>",
        f"<div class=related-links><ul>{LINKS}</ul></div>",
        f"<h2>More on this story</h2><ul>{LINKS}</ul>",
        f"<p>Read more:</p><ul>{LINKS}</ul>",
        f"<p><strong>Read also</strong></p><ul>{LINKS}</ul>",
        f"<h3>Lesen Sie auch</h3><ul>{LINKS}</ul>",
        f"<aside><ul>{LINKS}</ul></aside>",
        f"<div><div><ul>{LINKS}</ul></div></div>",
        "<ul class=tags><li><a href=/t>Harbours</a></li></ul>",
        "<div class=social-share><ul><li><button>Share</button></li><li>Copy link</li></ul></div>",
        "<figure><img src=a><figcaption>A boat in the harbour of Tollen.</figcaption></figure>",
        "<div class=wp-caption><img src=b><p class=wp-caption-text>The pier, as it was before the storm.</p></div>",
        "<div class=newsletter-signup><h3>Our letter</h3><p>The best of the Courier, every morning.</p></div>",
        "<article><h3><a href=/1>Storm</a></h3><p>Another article, with a text of some length.</p></article>",
        "<div><h3><a href=/1>Storm</a></h3><p>Another article altogether</p></div>",
        "<p class=byline>By Jane Bland</p>",
        "<p aria-hidden=true>Nobody knows</p>",
    ],
)
def test_menus_captions_promotions_and_boxes_are_left_out(aside: str) -> None:
    for body in (aside + p(FERRY, WAVES, BOATS), p(FERRY, WAVES) + aside + p(BOATS), p(FERRY, WAVES, BOATS) + aside):
        assert lines(read(f"<article>{HEADLINE}{body}</article>")) == [FERRY, WAVES, BOATS], body


@pytest.mark.parametrize(
    "aside",
    [
        "<div role=dialog><h2>Your privacy</h2><p>We and our partners store cookies on your device.</p></div>",
        "<div class=paywall><p>Subscribe now, and read on for one euro in the first month of the year.</p></div>",
        "<a class=card href=/1><h3>Storm</h3><p>After the long rain of spring the bridge fell on Sunday.</p></a>",
        "<article class=teaser><h3><a href=/1>Storm</a></h3>"
        "<p>After the long rain of spring the bridge of Tarn fell into the river on Sunday evening.</p></article>",
        "<div class=poll><p>Should the ferry sail?</p><button>Yes</button></div>",
    ],
)
def test_a_box_with_a_good_part_of_a_short_page_is_left_out(aside: str) -> None:
    for page in (
        f"<article>{HEADLINE}{p(FERRY, WAVES, BOATS)}{aside}</article>",
        f"<main>{HEADLINE}{aside}<div class=text>{p(FERRY, WAVES, BOATS)}</div></main>",
        f"<div>{HEADLINE}<div class=text>{p(FERRY, WAVES, BOATS)}{aside}</div></div>",
    ):
        assert lines(read(page)) == [FERRY, WAVES, BOATS], page


_ROLES = "<div role=list><div role=listitem>Ida Norling, 54</div><div role=listitem>Max Rolland, 31</div></div>"
_ROLE_TABLE = (
    "<div role=table><div role=row><span role=cell>Ida Norling</span></div>"
    "<div role=row><div role=cell>Max Rolland</div></div></div>"
)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [(_ROLES, ["Ida Norling, 54", "Max Rolland, 31"]), (_ROLE_TABLE, ["Ida Norling", "Max Rolland"])],
)
@pytest.mark.parametrize(
    "body",
    [
        "<article>{h}{text}<h2>The dead</h2>{listed}</article>",
        "<main>{h}<div class=text>{text}</div><div class=more><h2>The dead</h2>{listed}</div></main>",
    ],
)
def test_lists_and_tables_by_role_are_kept(body: str, listed: str, expected: list[str]) -> None:
    page = body.format(h=HEADLINE, text=p(FERRY, WAVES, BOATS), listed=listed)
    assert lines(read(page)) == [FERRY, WAVES, BOATS, "# The dead", *expected]


@pytest.mark.parametrize(
    "points",
    [
        "<ul><li><p>Nobody hurt</p></li><li><p>Pier mended</p></li></ul>",
        "<div role=list><div role=listitem>Nobody hurt</div><div role=listitem>Pier mended</div></div>",
        "<dl><dt><div>Nobody hurt</div></dt><dd><p>Pier mended</p></dd></dl>",
    ],
)
def test_key_points_in_a_header_are_kept_beside_lines_about_the_article(points: str) -> None:
    header = f"<header>{HEADLINE}{points}<p>Harbour desk</p><p class=byline>By Jane Bland</p></header>"
    found = lines(read(f"<article>{header}<div>{p(FERRY, WAVES)}</div></article>"))
    assert found == ["Nobody hurt", "Pier mended", FERRY, WAVES]


@pytest.mark.parametrize("form", ["<div class=bullets>{}</div>", "<section class=key-points>{}</section>"])
def test_boxes_in_a_summary_are_text(form: str) -> None:
    points = form.format("<div>Nobody hurt</div><div>Pier mended</div>")
    for above in (f"{HEADLINE}{points}", f"<header>{HEADLINE}{points}</header>"):
        found = lines(read(f"<article>{above}<div>{p(FERRY, WAVES)}</div></article>"))
        assert found == ["Nobody hurt", "Pier mended", FERRY, WAVES]


@pytest.mark.parametrize(
    "lead", [f"<div class=intro>{LEAD}</div>", f"<strong>{LEAD}</strong>", f"<div><span>{LEAD}</span></div>"]
)
@pytest.mark.parametrize(
    "body",
    [
        "<main><header>{h}<p class=byline>By Jane Bland</p>{lead}</header><div class=body>{text}</div></main>",
        "<div class=page>{h}<p class=byline>By Jane Bland</p>{lead}<div class=body>{text}</div></div>",
    ],
)
def test_a_lead_in_a_box_below_the_byline_is_kept(body: str, lead: str) -> None:
    assert lines(read(body.format(h=HEADLINE, lead=lead, text=p(FERRY, WAVES)))) == [LEAD, FERRY, WAVES]


def test_days_within_a_chronicle_are_kept_and_the_day_of_the_article_is_not() -> None:
    days = "<p><strong>1 June 2025</strong></p><p>Storm</p><p>2 June 2025</p><p>Calm</p>"
    body = (
        f"<article>{HEADLINE}<p>3 June 2025</p>{p(FERRY, WAVES)}<h2>Chronicle</h2>{days}<p>4 June 2025</p></article>"
    )
    assert lines(read(body)) == [FERRY, WAVES, "# Chronicle", "1 June 2025", "Storm", "2 June 2025", "Calm"]


@pytest.mark.parametrize(
    "foot",
    [
        "<div class=article-footer><p class=correction>{}</p></div>",
        "<footer><div class=clarifications><p>{}</p></div><p>Imprint</p></footer>",
        "<div class=sidebar><span class=label>About</span><div class='note amended'>{}</div></div>",
    ],
)
def test_a_correction_is_kept_wherever_it_is(foot: str) -> None:
    text = "This article was amended on 3 June 2025 to correct the year of the storm."
    found = lines(read(f"<article>{HEADLINE}{p(FERRY, WAVES, BOATS)}{foot.format(text)}</article>"))
    assert found == [FERRY, WAVES, BOATS, text]


@pytest.mark.parametrize(
    "listed", [f"<ul>{DEAD}</ul>", "<table><tr><td>Ida Norling, 54</td></tr><tr><td>Max Rolland, 31</td></tr></table>"]
)
def test_a_list_below_the_text_of_a_page_without_boxes_is_kept(listed: str) -> None:
    page = f"{MENU}{HEADLINE}<div>{p(FERRY, WAVES)}</div><div>{listed}</div>{FOOTER}"
    assert lines(read(page)) == [FERRY, WAVES, "Ida Norling, 54", "Max Rolland, 31"]


def test_verse_in_a_box_among_paragraphs_is_kept() -> None:
    for verse in (
        f"<div>{'<br>'.join(VERSE)}</div>",
        f"<section>{'<br/>'.join(f'<i>{line}</i>' for line in VERSE)}</section>",
    ):
        body = f"<article>{HEADLINE}<div class=text>{p(FERRY, WAVES)}{verse}</div></article>"
        assert lines(read(body)) == [FERRY, WAVES, " ".join(VERSE)]


def test_prose_that_is_hidden_from_screen_readers_alone_is_kept() -> None:
    body = f"<article>{HEADLINE}{p(FERRY)}<div aria-hidden=true><p>{WAVES}</p><p>Swipe</p></div>{p(BOATS)}</article>"
    assert lines(read(body)) == [FERRY, WAVES, BOATS]


def test_a_written_time_at_the_edge_is_left_out() -> None:
    assert lines(read(f"<article>{HEADLINE}<p>2 June 2025, 08:00</p>{p(FERRY, WAVES)}</article>")) == [FERRY, WAVES]


def test_a_name_says_nothing_about_what_has_the_article_in_it() -> None:
    body = f"<div class='card sidebar'>{HEADLINE}{p(FERRY)}<ul>{DEAD}</ul>{p(WAVES, BOATS)}</div>"
    assert lines(read(body)) == [FERRY, "Ida Norling, 54", "Max Rolland, 31", WAVES, BOATS]


def test_a_page_without_blocks_has_no_main_part() -> None:
    nothing: list[Any] = []
    assert find_main_text(nothing, []).kept == ()
