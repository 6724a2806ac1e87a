"""Canonical keys for equivalent URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.addresses import address_key, is_site, part_of, whole_key


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://Courier.example/a/", "courier.example/a"),
        ("http://courier.example/a?b=2&a=1", "courier.example/a?a=1&b=2"),
        ("https://courier.example/a?utm_medium=x&fbclid=y", "courier.example/a"),
        ("https://courier.example/a?id=7&CMP=share&at_medium=RSS", "courier.example/a?id=7"),
        ("https://www.courier.example/a", "courier.example/a"),
        ("https://m.courier.example/a", "courier.example/a"),
        ("https://amp.courier.example/a", "courier.example/a"),
        ("https://mobile.www.courier.example/a", "courier.example/a"),
        ("https://courier.example/a/amp/", "courier.example/a"),
        ("https://courier.example/amp/a", "courier.example/a"),
        ("https://courier.example/a.amp", "courier.example/a"),
        ("https://courier.example/a.amp.html", "courier.example/a.html"),
        ("https://courier.example/a/amp.html", "courier.example/a"),
        ("https://courier.example/a?amp=1", "courier.example/a"),
        ("https://courier.example/a?outputType=amp", "courier.example/a"),
        ("https://courier-example.cdn.ampproject.org/c/s/www.courier.example/a", "courier.example/a"),
        ("https://www.google.com/amp/s/courier.example/a/amp/", "courier.example/a"),
        ("https://courier.example/camp", "courier.example/camp"),
        ("https://courier.example/amp", "courier.example/amp"),
        ("https://courier.example/music/amp/a", "courier.example/music/amp/a"),
        ("https://m.example/a", "m.example/a"),
        ("https://www.example/", "www.example"),
        ("https://courier.example/a#top", "courier.example/a"),
        ("https://courier.example/", "courier.example"),
        ("javascript:alert(1)", ""),
        ("http://[broken", ""),
        ("mailto:a@b.example", ""),
        ("/a", ""),
        ("", ""),
    ],
)
def test_equivalent_addresses_share_a_key(url: str, key: str) -> None:
    assert address_key(url) == key


@pytest.mark.parametrize(
    ("url", "external_id", "key"),
    [
        ("https://courier.example/live#17", "17", "courier.example/live#17"),
        ("https://courier.example/live#block-17", "17", "courier.example/live#block-17"),
        ("https://courier.example/live?a=1#17", "https://courier.example/live#17", "courier.example/live?a=1#17"),
        ("https://courier.example/live#top", "17", "courier.example/live"),
        ("https://courier.example/live#17", "", "courier.example/live"),
    ],
)
def test_a_fragment_that_names_the_entry_is_part_of_its_address(url: str, external_id: str, key: str) -> None:
    assert address_key(url, external_id) == key


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://a.example/", "https://www.", "//"]))
def test_any_text_has_a_key_of_limited_size(text: str, start: str) -> None:
    key = address_key(start + text)
    assert len(key.encode()) <= 2000


def test_key_fits_the_index_however_long_the_fragment_is() -> None:
    key = address_key("https://courier.example/live#" + "é" * 3000 + "17", "17")
    assert len(key.encode()) <= 2000
    assert key.startswith("courier.example/live#éé")


@pytest.mark.parametrize(
    "name",
    (
        "partner emc smid mod sh gad_source igsh guccounter traffic_source linkId itm_source itm_medium pk_campaign "
        "pk_kwd mtm_source guce_referrer_sig _hsenc hsa_cam ttclid srsltid _ga __twitter_impression UTM_Source "
        "matomo_kwd _branch_match_id dicbo obOrigUrl tblci hss_channel et_rid shareToken unlocked_article_code"
    ).split(),
)
def test_parameters_that_track_readers_make_no_difference(name: str) -> None:
    assert address_key(f"https://courier.example/2025/a.html?{name}=x1") == "courier.example/2025/a.html"
    assert address_key(f"https://courier.example/a?id=7&{name}=x1&v=2") == "courier.example/a?id=7&v=2"
    assert address_key(f"https://courier.example/a?{name}") == "courier.example/a"


@pytest.mark.parametrize(
    "query",
    ["id=7", "p=7", "page=2", "article=7", "story=7", "v=7", "ref=7", "source=7", "s=7", "model=7", "share=7", "pk=7"],
)
def test_parameters_that_name_content_stay(query: str) -> None:
    assert address_key(f"https://courier.example/a?{query}") == f"courier.example/a?{query}"


@pytest.mark.parametrize("path", ["forum.php", "", "a/index.asp", "cgi-bin/show.cgi"])
@pytest.mark.parametrize("name", ["mod", "sh", "partner", "linkid"])
def test_a_name_with_two_meanings_stays_where_the_query_names_the_page(path: str, name: str) -> None:
    assert address_key(f"https://courier.example/{path}?{name}=7").endswith(f"?{name}=7")


@pytest.mark.parametrize(
    ("fragment", "part"),
    [
        ("post-1", "post-1"),
        ("block-66abf00d", "block-66abf00d"),
        ("comment-17", "comment-17"),
        ("!/story/17", "!/story/17"),
        ("id=17", "id=17"),
        ("comments", ""),
        ("Respond", ""),
        ("more-17", ""),
        ("top", ""),
        ("xtor=RSS-1", ""),
        ("utm_source=rss&utm_medium=feed", ""),
        ("Echobox=1577", ""),
        (":~:text=fire", ""),
        ("post-1:~:text=fire", "post-1"),
        ("", ""),
    ],
)
def test_a_fragment_may_name_a_part_of_a_page(fragment: str, part: str) -> None:
    url = f"https://www.courier.example/live/?utm_source=x#{fragment}"
    assert part_of(url) == part
    assert whole_key(url) == "courier.example/live" + (f"#{part}" if part else "")


@pytest.mark.parametrize(
    ("url", "is_whole_site"),
    [
        ("https://courier.example/", True),
        ("https://www.courier.example", True),
        ("https://courier.example/?p=1", False),
        ("https://courier.example/live", False),
        ("", False),
    ],
)
def test_an_address_without_a_path_is_that_of_a_site(url: str, is_whole_site: bool) -> None:
    assert is_site(address_key(url)) == is_whole_site
