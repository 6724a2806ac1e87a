"""The formats of news agencies: ANPA 1312, IPTC 7901, NewsML and NITF, ninjs.

Imported by `formats` alone.
"""

from . import anpa, iptc7901, newsml, ninjs

__all__ = ["anpa", "iptc7901", "newsml", "ninjs"]
