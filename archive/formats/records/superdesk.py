"""Superdesk Live Blog: the posts of a blog, as its API returns them (`/posts`, `/client_blogs/ID/posts`).

In this response of Eve, `_items` are posts, each a package whose group `main` refers to items (text, quote, image,
embed). It identifies the blog by its id alone, so the id replaces the headline if no post has the title of the blog.
Imported by `formats` alone.
"""

import re
from collections.abc import Iterator
from typing import Any

from ...errors import ReadError
from ...items import ArticleItem, Hints, Item, SectionItem
from ..input import Limits
from ..json_values import Fields, a_type, load_json
from ..loose_values import line_of, names_of, text_of
from ..markup import plain

READER = "superdesk/1"

_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
_POSTS = re.compile(rb'"_items"\s*:\s*\[')
_POST = (b'"groups"', b'"particular_type"')

# Statuses of posts that were never public.
_UNPUBLISHED = frozenset(("draft", "submitted", "comment", "ml"))

# Types of items without words. Items of other types have them in `text`, embeds in `meta`.
_MEDIA_TYPES = frozenset(("image", "video", "audio"))
_ADVERTISEMENT = "advert"


def sniff(head: bytes, name: str) -> bool:
    """Whether this is a response with the posts of a blog, or a post."""
    return (
        bool(_OBJECT.match(head))
        and all(mark in head for mark in _POST)
        and (_POSTS.search(head) is not None or b'"post_status"' in head)
    )


def read(raw: bytes, hints: Hints, limits: Limits) -> Iterator[Item]:
    """Yields the blog. Raises ReadError if there is none."""
    response = load_json(raw, limits)
    posts = response.get("_items", [response]) if isinstance(response, dict) else None
    if not isinstance(posts, list):
        raise ReadError("no list of posts under `_items`")
    yield _blog(posts, raw, hints)


def _blog(posts: list[Any], raw: bytes, hints: Hints) -> ArticleItem:
    problems: list[str] = []
    blogs: dict[str, str] = {}
    languages: list[str] = []
    sections: list[tuple[float, SectionItem]] = []
    for number, post in enumerate(posts, start=1):
        if not isinstance(post, dict):
            problems.append(f"post {number} is {a_type(post)}, not an object; left out")
            continue
        key, title = _blog_of(post)
        blogs[key] = blogs.get(key) or title
        language = post.get("language")
        languages += [plain(language)] if isinstance(language, str) else []
        fields = Fields(post, f"post {number}: ")
        reason = _unpublished_reason(post)
        section = _section(post, fields) if not reason else None
        if section is not None and not (section.paragraphs or section.heading or section.withdrawn):
            reason, section = "has no words", None
        if section is None:
            problems.append(f"post {number} {reason}; left out")
        else:
            sections.append((_order_of(post), section))
        problems += fields.all_problems()
    if len(blogs) > 1:
        raise ReadError(f"posts of {len(blogs)} blogs in one file; save each blog's posts by themselves")
    if not sections:
        raise ReadError(f"no published post in it: {'; '.join(problems[:3]) or 'the list is empty'}")
    ((blog_id, title),) = blogs.items()
    if not title:
        problems.append("the posts do not name their blog; its id is used as the headline")
    # As the blog shows them: the highest order first. Pinned posts keep their ordinary place.
    sections.sort(key=lambda ordered: -ordered[0])
    return ArticleItem(
        headline=title or f"Live blog {blog_id}".strip(),
        sections=tuple(section for _, section in sections),
        raw=raw,
        media_type="application/json",
        reader=READER,
        kind="live",
        source=hints.source,
        external_id=blog_id,
        url=hints.url,
        language=max(languages, key=languages.count, default=""),
        published=hints.published,
        problems=tuple(problems),
        whole_stream=True,
    )


_MAX_BLOG_ID_CHARS = 100


def _blog_of(post: dict[str, Any]) -> tuple[str, str]:
    """Returns the id and the title of the blog of a post, as far as they are there."""
    blog = post.get("blog")
    if not isinstance(blog, dict):
        return plain(str(blog or ""))[:_MAX_BLOG_ID_CHARS], ""
    blog_id = plain(str(blog.get("_id") or blog.get("id") or ""))[:_MAX_BLOG_ID_CHARS]
    return blog_id, line_of(blog.get("title"))


def _order_of(post: dict[str, Any]) -> float:
    order = post.get("order")
    return float(order) if isinstance(order, int | float) and abs(order) < 1e15 else 0.0


def _unpublished_reason(post: dict[str, Any]) -> str:
    """Returns why a post is not an entry, empty if it is: a post that was never public cannot be cited."""
    if post.get("marked_for_not_publication") is True:
        return "is marked not for publication"
    status = str(post.get("post_status") or "open").lower()
    return f"is not published ({status})" if status in _UNPUBLISHED and not post.get("deleted") else ""


def _section(post: dict[str, Any], fields: Fields) -> SectionItem:
    items = list(_items(post))
    withdrawn = post.get("deleted") is True or str(post.get("pubstatus")).lower() in ("canceled", "cancelled")
    people = [post.get("byline"), *(item.get("original_creator") for item in items), post.get("publisher")]
    return SectionItem(
        paragraphs=tuple(line for item in items for line in _paragraphs(item)),
        heading=line_of(fields.text("headline")),
        key=fields.line("_id") or fields.line("guid"),
        byline=next((name for person in people if (name := _name(person))), ""),
        published=fields.moment("published_date") or fields.moment("firstcreated"),
        updated=fields.moment("content_updated_date") or fields.moment("_updated"),
        key_event=post.get("lb_highlight") is True or post.get("highlight") is True,
        withdrawn=withdrawn,
    )


def _items(post: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields the items of the post's main group, in order."""
    groups = post.get("groups")
    for group in groups if isinstance(groups, list) else []:
        refs = group.get("refs") if isinstance(group, dict) and group.get("id") != "root" else None
        for ref in refs if isinstance(refs, list) else []:
            item = ref.get("item") if isinstance(ref, dict) else None
            if isinstance(item, dict):
                yield item


def _name(person: Any) -> str:
    """Returns the name of a person; empty for an id alone."""
    return names_of(person.get("display_name") or person.get("name") if isinstance(person, dict) else None, {})


def _paragraphs(item: dict[str, Any]) -> tuple[str, ...]:
    """Returns the paragraphs of an item; of an embed the words that it quotes, else its title and description."""
    kind = str(item.get("item_type") or "text").lower()
    if kind in _MEDIA_TYPES or kind.startswith(_ADVERTISEMENT):
        return ()
    if kind != "embed":
        return text_of(item.get("text"))
    value = item.get("meta")
    meta = value if isinstance(value, dict) else {}
    html = meta.get("html")
    if isinstance(html, str) and "<blockquote" in html:
        return text_of(html)
    return text_of([meta.get("title"), meta.get("description")])
