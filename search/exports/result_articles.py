"""The articles of a whole result, or of hits picked from it, by number: for acts of curators on all of them."""

from django.http import QueryDict
from django.utils import timezone

from archive.models import Section

from ..index import shown_index
from ..results import Question
from .picks import parse_pick, read_picked


def find_result_articles(querystring: str) -> tuple[list[int], str]:
    """Returns the articles of the result that an address of the search page asks for, and its query as a title.

    Copies that the page folds are among them. With `pick`, those of the picked hits alone, sections with their
    articles. Raises SearchError.
    """
    parameters = QueryDict(querystring)
    question = Question.from_parameters(parameters).with_grouping(grouped=True).with_page(1)
    if names := read_picked(parameters.getlist("pick")):
        picks = [parse_pick(name) for name in names]
        sections = [pick.number for pick in picks if pick.unit == "section"]
        of_sections = dict(Section.objects.filter(pk__in=sections).values_list("pk", "article"))
        articles = [pick.number if pick.unit == "article" else of_sections.get(pick.number, 0) for pick in picks]
        return list(dict.fromkeys(filter(None, articles))), "the picked hits"
    now = timezone.now()
    index = shown_index()
    request = question.to_request(question.parse(now, index=index), now=now, by_article=True)
    found = [article.article_id for article in index.scan_articles(request)]
    return found, f"“{question.short_query}”" if question.q else "all articles of the filters"
