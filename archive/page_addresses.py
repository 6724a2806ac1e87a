"""Addresses of articles on several pages: which page an address names, and the address of the first. Pure."""

import re

from w3lib.url import url_query_cleaner

# The parameters and the end of a path by which outlets count the pages of an article. A number of more digits is that
# of a document.
_PARAMETERS = ("page", "pageno", "page_no", "pagenum", "paged", "pg", "seite", "pagina", "página", "sida", "strona")
_PARAMETER = re.compile(rf"[?&](?:{'|'.join(_PARAMETERS)})=(?P<number>[1-9]\d?\d?)(?=[&#]|$)", re.IGNORECASE)
_PATH = re.compile(r"/(?:page|seite|pagina|sida)[/-](?P<number>[1-9]\d?)/?(?=[?#]|$)", re.IGNORECASE)


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
