"""archive/formats/live/entry_keys.py: the outlet's id of an entry, in one spelling."""

import pytest

from archive.formats.live.entry_keys import entry_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("post-1288914", "1288914"),
        ("https://a.example/x-b2.html/#liveblogPost1288914", "1288914"),
        ("https://a.example/x-b2.html?#post-1288914", "1288914"),
        ("751101", "751101"),
        ("https://a.example/news/live-33386398#751101", "751101"),
        ("block-63f50e5f8f08ad21ea600001", "63f50e5f8f08ad21ea600001"),
        ("?page=with:block-63f50e5f8f08ad21ea600001#block-63f50e5f8f08ad21ea600001", "63f50e5f8f08ad21ea600001"),
        ("https://a.example/live?page=with%3Ablock-63f50e5f8f08ad21ea600001", "63f50e5f8f08ad21ea600001"),
        ("63f50e5f8f08ad21ea600001", "63f50e5f8f08ad21ea600001"),
        ("live-1924698-qq0im", "1924698-qq0im"),
        ("/live?post=asset%3A7c9e6679-7425-40de-944b-e07fc1f90ae7#post", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        ("asset:7c9e6679-7425-40de-944b-e07fc1f90ae7", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        ("post_5f9abc", "5f9abc"),
        ("h_0a1b2c", "h_0a1b2c"),
        ("liveblog-entry-77", "77"),
        ("https://a.example/story-120044", ""),
        ("https://a.example/story?utm_source=5#comments", ""),
        ("main-content", ""),
        ("", ""),
        ("two words 7", ""),
        ("pinned-block-63f50e5f8f08ad21ea600001", "63f50e5f8f08ad21ea600001"),
        ("#" * 5000, ""),
        ("http://[broken?post=1", "1"),
    ],
)
def test_an_entry_has_one_key_however_its_id_is_written(text: str, key: str) -> None:
    assert entry_key(text) == key
