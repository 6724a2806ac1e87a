"""Which addresses are one page. Pure; used by ingest alone."""

import re

from w3lib.url import canonicalize_url, url_query_cleaner

# Parameters that tell where a reader came from or on what screen, never which page it is.
_NOT_THE_PAGE = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|msclkid|yclid|wbraid|gbraid|mc_cid|mc_eid|mkt_tok|igshid|ocid|ncid|cmp|cmpid"
    r"|at_\w+|ns_\w+|ref_src|s_cid|xtor|ito|__twitter_impression|_?amp|amp_js_v|amp_gsa|usqp|outputtype)$",
    re.IGNORECASE,
)

# Hosts that show the pages of the host without this; it stays where what is left would be no host of a site.
_VARIANT_HOST = re.compile(r"^(?:(?:www|m|mobile|amp)\.)+(?=[^/.]+\.[^/])")

# What content systems put into the path of a page in AMP.
_AMP_PATH = re.compile(r"^amp/(?=.)|(?<=.)/amp(?:\.html)?$|(?<=\w)\.amp(?=\.html?$)|(?<=\w)\.amp$")

# Caches of AMP pages, which have the page's own address in theirs.
_AMP_CACHE = re.compile(r"^(?:[\w-]+\.cdn\.ampproject\.org/[cv]/(?:s/)?|www\.google\.[\w.]+/amp/(?:s/)?)")

# In bytes: PostgreSQL's index takes no row beyond 2,704.
_MAX_KEY = 2000


def address_key(url: str, external_id: str = "") -> str:
    """Returns what the addresses of one page have in common; an empty text for what is no web address.

    Scheme, fragment, tracking parameters, `www.`, mobile and AMP variants make no difference. But a fragment that
    names the entry itself (`#block-17` for the id 17) stays: it is the address of a part of a page.
    """
    url = url.strip()
    address, _, fragment = url.partition("#")
    try:
        parameters = {part.split("=")[0] for part in address.partition("?")[2].split("&")}
        dropped = [name for name in parameters if _NOT_THE_PAGE.match(name)]
        if dropped:
            address = url_query_cleaner(address, dropped, remove=True)
        key = canonicalize_url(address)
    except ValueError:
        return ""
    scheme, _, rest = key.partition("://")
    if scheme not in ("http", "https") or not rest:
        return ""
    rest = _AMP_CACHE.sub("", rest)
    page, mark, query = _VARIANT_HOST.sub("", rest).partition("?")
    host, _, path = page.rstrip("/").partition("/")
    path = _AMP_PATH.sub("", path).rstrip("/")
    page = f"{host}/{path}" if path else host
    if fragment and external_id and (fragment.endswith(external_id) or external_id.endswith(fragment)):
        query += f"#{fragment}"
    return (page + mark + query).encode("utf-8", "replace")[:_MAX_KEY].decode("utf-8", "ignore")
