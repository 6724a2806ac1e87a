"""The form of an article in the admin, as a browser sends it."""

from archive.models import Article


def form_of(article: Article, **changes: object) -> dict[str, object]:
    """Returns what the article's form posts, with changes."""
    return {
        "headline": article.headline,
        "standfirst": article.standfirst,
        "source": article.source_id,
        "kind": article.kind,
        "topics": [topic.pk for topic in article.topics.all()],
        "byline": article.byline,
        "url": article.url,
        "language": article.language,
        "published_0": "",
        "published_1": "",
        "published_precision": "",
        "updated_0": "",
        "updated_1": "",
        "status": article.status,
        "embargo_0": "",
        "embargo_1": "",
        "note": article.note,
        "sections-TOTAL_FORMS": "0",
        "sections-INITIAL_FORMS": "0",
        **changes,
    }
