"""The key that equivalent addresses share. Pure; ingest, the admin and search import from here."""

import re
from functools import lru_cache

from w3lib.url import canonicalize_url, url_query_cleaner

# Parameters that say where a reader came from, or choose a layout; none of them identifies the page. In lower case, as
# beginnings of names and as names. After the lists of ClearURLs (global rules, and those of news sites), Firefox
# (query stripping) and Brave (query filter). Names that sites use for content are left out: id, p, page, article,
# story, v, ref, source, s, cid.
_TRACKING_BEGINNINGS = (
    *("utm_", "itm_", "stm_"),  # Google Analytics, and what newsrooms named after it
    *("pk_", "mtm_", "matomo_", "piwik_"),  # Matomo
    *("hsa_", "_hs", "__hs", "oly_", "vero_"),  # senders of newsletters: HubSpot, Omeda, Vero
    *("at_", "ns_", "guce_"),  # AT Internet, comScore, Yahoo
)
_TRACKING_NAMES = frozenset(
    # clicks on advertisements and in networks
    "fbclid fb_action_ids fb_action_types fb_ref fb_source gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid "
    "msclkid yclid ysclid twclid ttclid li_fat_id epik sccid rb_clickid irclickid igsh igshid srsltid wickedid ef_id "
    "s_kwcid _openstat _ga _gl _ke __s dm_i mkt_tok elqtrack elqtrackid trk trkcampaign vgo_ee mc_cid mc_eid "
    "_branch_match_id _branch_referrer dicbo oborigurl tblci "
    "ml_subscriber ml_subscriber_hash hss_channel et_rid sfmc_id sc_campaign sc_channel wt_mc wt_zmc wt.mc_id "
    # campaigns and newsletters of news sites
    "ocid ncid cmp cmpid icid intcmp int_cmp mbid ref_src ref_url s_cid xtor ito smid smtyp emc nl_art echobox "
    "smprod ftag sharetype sharetoken unlocked_article_code guccounter traffic_source taid tpcc __twitter_impression "
    # layouts
    "amp _amp amp_js_v amp_gsa usqp outputtype".split()
)
# Names that some sites use for content, as in `forum.php?mod=viewthread`. They are dropped where the path names the
# page, on all hosts: lists by host (`mod` at two financial papers) miss the other papers of the same system.
_AMBIGUOUS_NAMES = frozenset("partner mod sh linkid".split())
# Paths that name a program, to which the query says which page it shall show; an empty path is one too.
_PROGRAM_PATH = re.compile(
    r"(?:https?://)?[^/]*(?:/|/.*(?:\.(?:php\d?|aspx?|jspx?|cgi|cfm|pl|dll|do)|/index\.\w+))?", re.IGNORECASE
)

# Variants of a host that show the same pages. The last two labels stay: `m.example` is a host of its own.
_VARIANT_HOST = re.compile(r"^(?:(?:www|m|mobile|amp)\.)+(?=[^/.]+\.[^/])")

# How content systems mark the path of a page in AMP.
_AMP_PATH = re.compile(r"^amp/(?=.)|(?<=.)/amp(?:\.html)?$|(?<=\w)\.amp(?=\.html?$)|(?<=\w)\.amp$")

# Caches of AMP pages: their addresses contain the page's own.
_AMP_CACHE = re.compile(r"^(?:[\w-]+\.cdn\.ampproject\.org/[cv]/(?:s/)?|www\.google\.[\w.]+/amp/(?:s/)?)")

# Fragments that lead to a place which any page has, such as its comments or the end of a teaser; they name no entry.
_PLACE_ON_ANY_PAGE = re.compile(
    r"(?:top|start|main|content|main-?content|article|story|body|text|headline|title|comments?|respond|reply|discussion"
    r"|disqus_thread|share|footer|rss|feed|more(?:-\d+)?)",
    re.IGNORECASE,
)
# Parameters in fragments that say where a reader came from, beside those in queries.
_TRACKING_FRAGMENT = re.compile(r"(?:echobox|ref|refer|referrer|source|src|from|origin|tk|track|rss)", re.IGNORECASE)
# What a browser shall highlight (WICG, URL Fragment Text Directives).
_FRAGMENT_DIRECTIVE = ":~:"

# The host of an address that somebody writes without a scheme: `example.org`, not `v2.0`.
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?:[^\W\d_]{2,}|xn--[a-z0-9-]+)(?::\d{1,5})?", re.IGNORECASE)
# PostgreSQL indexes rows of at most 2,704 bytes.
_MAX_KEY_BYTES = 2000


# An article asks for the keys of its addresses some ten times while it comes in, and each takes 0.1 ms.
@lru_cache(maxsize=4096)
def address_key(url: str, external_id: str = "") -> str:
    """Returns the key that equivalent addresses share; empty for a text that is no web address.

    Scheme, fragment, tracking parameters, `www.`, mobile and AMP variants make no difference. A fragment that contains
    the outlet's id of the entry (`#block-17` for 17) stays: it is the address of a part of a page.
    """
    address, fragment = url.strip().partition("#")[0], part_of(url)
    try:
        key = canonicalize_url(without_tracking(address))
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
    return (page + mark + query).encode("utf-8", "replace")[:_MAX_KEY_BYTES].decode("utf-8", "ignore")


def without_tracking(address: str) -> str:
    """Returns an address, or the key of one, without the parameters that say where a reader came from."""
    page, _, query = address.partition("?")
    names = {part.partition("=")[0] for part in query.split("&")}
    is_program = _PROGRAM_PATH.fullmatch(page) is not None
    dropped = [name for name in names if is_tracking(name) or (name.lower() in _AMBIGUOUS_NAMES and not is_program)]
    return url_query_cleaner(address, dropped, remove=True) if dropped else address


def is_tracking(name: str) -> bool:
    """Whether a parameter of this name says where a reader came from, on any site."""
    name = name.lower()
    return name in _TRACKING_NAMES or name.startswith(_TRACKING_BEGINNINGS)


def whole_key(url: str) -> str:
    """Returns the key of an address with the part of the page that it names; empty for a text that is no address."""
    key, part = address_key(url), part_of(url)
    return f"{key}#{part}" if key and part else key


def part_of(url: str) -> str:
    """Returns the fragment of an address if it may name a part of the page, such as an entry; else an empty text.

    Fragments that track readers (`#xtor=RSS-1`) or lead to a place on any page (`#comments`) name none.
    """
    fragment = url.strip().partition("#")[2].partition(_FRAGMENT_DIRECTIVE)[0]
    if not fragment or _PLACE_ON_ANY_PAGE.fullmatch(fragment):
        return ""
    names = [part.partition("=")[0] for part in fragment.split("&") if "=" in part]
    if names and all(is_tracking(name) or _TRACKING_FRAGMENT.fullmatch(name) for name in names):
        return ""
    return fragment


def is_site(key: str) -> bool:
    """Whether the key of an address is that of a whole site, which has no path: the address of no single story."""
    return bool(key) and not re.search(r"[/?#]", key)


def is_address(text: str) -> bool:
    """Whether a text is a whole address: with a scheme, or with a path behind the name of a host."""
    if re.search(r"[\s*]", text):
        return False
    if scheme := re.match(r"https?://(?=[^\s/?#])", text, re.IGNORECASE):
        return bool(address_key("https://" + text[scheme.end() :]))
    host, slash, _ = text.partition("/")
    return bool(slash) and is_domain(host)


def is_domain(text: str) -> bool:
    """Whether a text may be the name of a host in the web, such as example.org."""
    return bool(_DOMAIN.fullmatch(text))
