"""The archive's imprint: its name, a line about it, and whom readers may ask, as the settings have them.

Every template gets it as `imprint`, and escapes it: the values are plain text. Pages, outputs and the admin
import from here.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\"]+")
_WEB_ADDRESS = re.compile(r"https?://[^\s/]+\S*")


@dataclass(frozen=True)
class Imprint:
    """What the archive says of itself. `about` and `contact` may be empty.

    `has_register` says that its register of withdrawals is public.
    """

    name: str
    about: str
    contact: str
    has_register: bool = False

    @property
    def contact_url(self) -> str:
        """The URL behind the contact; empty if it is neither an e-mail address nor the address of a page."""
        if _EMAIL.fullmatch(self.contact):
            return f"mailto:{self.contact}"
        return self.contact if _WEB_ADDRESS.fullmatch(self.contact) else ""


def imprint() -> Imprint:
    """Returns the imprint of this archive."""
    return Imprint(
        settings.ARCHIVE_NAME, settings.ARCHIVE_ABOUT, settings.ARCHIVE_CONTACT, settings.REGISTER_IS_PUBLIC
    )


def add_imprint(request: HttpRequest) -> dict[str, Imprint]:
    """Gives templates the imprint; a context processor."""
    return {"imprint": imprint()}
