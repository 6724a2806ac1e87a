"""No reader, and no library that it uses, ever accesses the network: no socket, no look-up of a name, not in C."""

import io
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest

from archive import formats
from archive.errors import ReadError
from archive.formats.containers.members import Member
from archive.formats.input import DEFAULT_LIMITS
from archive.items import Hints
from tests.paths import ROOT

FILES = sorted(path for folder in ("tests/data", "seeds") for path in (ROOT / folder).rglob("*") if path.is_file())

# What asks for something by its address, in every way that XML and HTML have; {} is the address.
BAITS = {
    "dtd": '<!DOCTYPE rss SYSTEM "{}/a.dtd"><rss><channel><item><title>a</title></item></channel></rss>',
    "public dtd": '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "{}/a.dtd"><html><p>a</p></html>',
    "entity": '<!DOCTYPE nitf [<!ENTITY a SYSTEM "{}/a.ent">]><nitf><body><p>&a;</p></body></nitf>',
    "parameter entity": '<!DOCTYPE rss [<!ENTITY % a SYSTEM "{}/a.ent"> %a;]><rss><channel/></rss>',
    "include": '<rss xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{}/a.xml"/></rss>',
    "stylesheet": '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{}/a.xsl"?><rss><channel/></rss>',
    "schema": '<NewsML xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:noNamespaceSchemaLocation="{}/a.xsd"/>',
    "catalog": '<?oasis-xml-catalog catalog="{}/catalog.xml"?><!DOCTYPE rss SYSTEM "urn:x"><rss/>',
    "page": """<!doctype html><html manifest="{0}/m"><head><base href="{0}/"><link rel="canonical" href="{0}/a">
        <link rel="stylesheet" href="a.css"><meta http-equiv="refresh" content="0;url={0}/b">
        <script src="a.js"></script><script type="application/ld+json">
          {{"@context": "{0}/context", "@type": "LiveBlogPosting", "@id": "{0}/id"}}
        </script></head>
        <body><article><h1>Quay</h1><p>The quay of Marbeck is closed.</p><img src="a.png"></article></body></html>""",
    "feed": """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{0}/"><link rel="next" href="2"/>
        <entry><title>a</title><link href="1"/><content src="{0}/c"/><summary>a</summary></entry></feed>""",
    "json feed": """{{"version": "https://jsonfeed.org/version/1.1", "feed_url": "{0}", "next_url": "{0}/2",
        "items": [{{"url": "{0}/1", "external_url": "{0}/2", "content_text": "a"}}]}}""",
    "linked json": '{{"@context": "{0}/context.jsonld", "uri": "{0}/1", "headline": "a", "text": "b"}}',
    "address": "{}/an-address-alone\n",
}


class AskedTheNetworkError(BaseException):
    """Not an Exception, so that no reader can catch it."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Blocks sockets of every family and every look-up of a name; returns what was tried all the same."""
    tried: list[str] = []

    def refuse(name: str) -> object:
        def refused(*args: object, **kwargs: object) -> NoReturn:
            tried.append(f"{name}{args}")
            raise AskedTheNetworkError(name)

        return refused

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname", "gethostbyname_ex", "getnameinfo"):
        monkeypatch.setattr(socket, name, refuse(name))
    return tried


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A server of this machine, which takes the connections of what is written in C too."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def read_in_every_way(data: bytes, name: str) -> None:
    """Reads as the archive does, then by each reader and container as if it were that format."""
    for _ in formats.read(io.BytesIO(data), Hints(name)):
        pass
    for known in formats.FORMATS:
        with suppress(ReadError):
            for _ in known.items(io.BufferedReader(io.BytesIO(data)), Hints(name), DEFAULT_LIMITS):
                pass
    for container in formats.CONTAINERS:
        with suppress(ReadError):
            for member in container.open(io.BytesIO(data), Hints(name), DEFAULT_LIMITS):
                if isinstance(member, Member):
                    member.stream.read()


def test_the_block_of_the_network_works(asked: list[str]) -> None:
    with pytest.raises(AskedTheNetworkError):
        socket.socket(socket.AF_UNIX)
    with pytest.raises(AskedTheNetworkError):
        socket.getaddrinfo("courier.example", 80)
    assert len(asked) == 2


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_reader_of_any_golden_file_asks_the_network(path: Path, asked: list[str]) -> None:
    read_in_every_way(path.read_bytes(), path.name)
    assert asked == []


@pytest.mark.parametrize("bait", BAITS)
def test_no_document_can_make_a_reader_ask_the_network(
    bait: str, listening: socket.socket, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    asked: list[str] = request.getfixturevalue("asked")
    read_in_every_way(BAITS[bait].format(address).encode(), address)
    assert asked == []
    with pytest.raises(BlockingIOError):
        listening.accept()
