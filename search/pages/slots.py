"""How many exports and feeds are made at once, in all and for one client: the next is answered with 429. For views.

A slot is a lock on a file in the home folder, so that all processes of the site count together. The system frees it
when the process ends, however it ends. Where the home cannot be written, each process counts for itself.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, wraps
from hashlib import blake2b
from pathlib import Path
from weakref import finalize

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from archive.clients import client_network
from archive.durable_files import try_lock

from ..errors import SearchError
from .access import View
from .responses import prefers_page

# Files of slots for clients. Clients that share them by chance share their slots.
_CLIENT_FILES = 256


@dataclass(frozen=True)
class Slots:
    """So many answers of a kind are made at once. `name` is that of its lock files, `what` its name in messages."""

    name: str
    what: str
    max_running: int
    max_by_client: int
    retry_seconds: int

    def take(self, client: str) -> ExitStack:
        """Takes a slot until the stack is closed. Raises NoSlotError."""
        folder = _usable(settings.SLOTS_DIR)
        digest = int.from_bytes(blake2b(client.encode(), digest_size=2).digest(), "big") % _CLIENT_FILES
        slot = ExitStack()
        try:
            for group, count in ((f"client-{digest}", self.max_by_client), ("all", self.max_running)):
                if not any(_lock(folder / f"{self.name}-{group}-{number}", slot) for number in range(count)):
                    raise NoSlotError(self._message(of_client=group != "all"))
        except BaseException:
            slot.close()
            raise
        return slot

    def _message(self, *, of_client: bool) -> str:
        if of_client:
            return (
                f"You are getting {self.max_by_client} {self.what} already. Wait until one of them is complete, "
                "and then try again."
            )
        return f"The archive is sending as many {self.what} as it can. Try again in {self.retry_seconds} seconds."


# Exports, and pages of the sitemap. An export of a large archive takes a core for half a minute; a site has few cores,
# and people to answer.
EXPORT_SLOTS = Slots("exports", "files", max_running=4, max_by_client=2, retry_seconds=30)
# A feed takes no longer than a page. Programs that read feeds ask for several at once.
FEED_SLOTS = Slots("feeds", "feeds", max_running=8, max_by_client=4, retry_seconds=10)


class NoSlotError(SearchError):
    """All slots are taken; the message is for the client."""


def limit_running(slots: Slots) -> Callable[[View], View]:
    """Takes a slot for each answer of a view, until it is sent. HEAD takes none: the view does no work for it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.method == "HEAD":
                return view(request, *args, **kwargs)
            try:
                slot = slots.take(_client_of(request))
            except NoSlotError as error:
                return _refuse(request, error, slots)
            with slot:
                answer = view(request, *args, **kwargs)
                if isinstance(answer, StreamingHttpResponse):
                    answer.streaming_content = _Content(iter(answer), slot.pop_all())
            return answer

        return limited

    return decorate


def _refuse(request: HttpRequest, error: NoSlotError, slots: Slots) -> HttpResponse:
    """Says why there is no answer now: to people on a page, to programs in a line."""
    if prefers_page(request):
        response = render(request, "429.html", {"reason": str(error), "what": slots.what}, status=429)
    else:
        response = HttpResponse(f"{error}\n", status=429, content_type="text/plain; charset=utf-8")
    response.headers["Retry-After"] = str(slots.retry_seconds)
    return response


class _Content:
    """The content of a streamed answer. Its slot is free once the answer is closed, begun or not.

    An answer that is dropped without that, by a middleware that sends another, frees it too.
    """

    def __init__(self, content: Iterator[bytes], slot: ExitStack) -> None:
        self._content = content
        self._free = finalize(self, slot.close)

    def __iter__(self) -> Iterator[bytes]:
        return self._content

    def close(self) -> None:
        self._free()


def _client_of(request: HttpRequest) -> str:
    return f"user {request.user.pk}" if request.user.is_authenticated else client_network(request)


def _lock(path: Path, slot: ExitStack) -> bool:
    """Locks a file until the slot is closed; returns False if another has it."""
    handle = try_lock(path, mode=0o600)
    if handle is None:
        return False
    slot.callback(os.close, handle)
    return True


def _usable(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return _make_own_folder()
    return folder if os.access(folder, os.W_OK) else _make_own_folder()


@cache
def _make_own_folder() -> Path:
    """Returns a folder of this process, for an archive that can only be read."""
    return Path(tempfile.mkdtemp(prefix="cuttings-slots-"))
