"""Addresses of articles on several pages: which page an address names, and the address of the first. Pure."""

import re
from urllib.parse import parse_qsl, urlsplit

from w3lib.url import url_query_cleaner

# The parameters and the end of a path by which outlets count the pages of an article. A number of more digits is that
# of a document.
_PARAMETERS = ("page", "pageno", "page_no", "pagenum", "paged", "pg", "seite", "pagina", "página", "sida", "strona")
_PARAMETER = re.compile(rf"[?&](?:{'|'.join(_PARAMETERS)})=(?P<number>[1-9]\d?\d?)(?=[&#]|$)", re.IGNORECASE)
_PATH = re.compile(r"/(?:page|seite|pagina|sida)[/-](?P<number>[1-9]\d?)/?(?=[?#]|$)", re.IGNORECASE)

# A bare number behind the address of a first page: the pages that follow it have two digits at most.
_CONTINUATION = re.compile(r"/([1-9]\d?)$")
_SMALL_NUMBER = re.compile(r"[1-9]\d?")
# The name of an article in an address. The numbers behind other names are those of documents and days.
_SLUG = re.compile(r"[^/]*[^\W\d_]-[^/]*")


def page_of(url: str) -> int | None:
    """Returns the number of the page that an address names, from 1; None where it names none."""
    match = _PARAMETER.search(url) or _PATH.search(url)
    return int(match["number"]) if match else None


def first_page(url: str) -> str:
    """Returns an address without the number of a page."""
    match = _PARAMETER.search(url)
    if match:
        address, mark, fragment = url.partition("#")
        name = match[0][1:].partition("=")[0]
        return url_query_cleaner(address, [name], remove=True, keep_fragments=True) + mark + fragment
    return _PATH.sub("", url)


def page_number(url: str, first: str) -> int | None:
    """Returns which page of an article an address is; None if it is none. `first` is the address of the first page.

    For links by which a page names its neighbours: they may count pages by any parameter, or by a bare number at the
    end of the path.
    """
    path, query = _parts(first_page(url))
    first_path, first_query = _parts(first)
    if (path, query) == (first_path, first_query):
        return page_of(url) or 1
    if query == first_query and (match := _CONTINUATION.search(path)) and path[: match.start()] == first_path:
        return int(match[1])
    added = query - first_query
    if path == first_path and first_query < query and len(added) == 1:
        ((_, value),) = added
        return int(value) if _SMALL_NUMBER.fullmatch(value) else None
    return None


def parent_page(url: str) -> str:
    """Returns the address without a bare number at the end of its path, if that names an article; else nothing."""
    address = re.split("[?#]", url, maxsplit=1)[0].rstrip("/")
    match = _CONTINUATION.search(address)
    parent = address[: match.start()] if match else ""
    return parent if _SLUG.fullmatch(parent.rpartition("/")[2]) else ""


def _parts(url: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """Returns host and path, and the parameters, of an address that may be written in several ways."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, frozenset()
    host = parts.netloc.lower().removeprefix("www.")
    return host + parts.path.rstrip("/"), frozenset(parse_qsl(parts.query, keep_blank_values=True))
