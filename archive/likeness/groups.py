"""Which articles are copies of which first one. Pure.

A group is a star: the earliest article, and those that are copies of it. Copies of copies do not chain: a digest that
repeats two short texts would make one group of both, and a text that is rewritten step by step would end with words
that the first never had. An article which is a copy of several first ones belongs to the one that it is most like.
"""

from collections.abc import Mapping, Sequence

# For each article its copies, each with the share of the shorter text that both have.
Copies = Mapping[int, Mapping[int, float]]


def find_firsts(in_order: Sequence[int], copies: Copies) -> dict[int, int]:
    """Returns the first article of the group of each article that has one, from articles in the order of time.

    O(articles + pairs), and the same whatever the order in which the articles came in.
    """
    firsts: dict[int, int] = {}
    leading: dict[int, int] = {}
    for place, article in enumerate(in_order):
        known = [(share, -leading[other], other) for other, share in copies[article].items() if other in leading]
        if known:
            firsts[article] = max(known)[2]
        else:
            leading[article] = place
    return firsts | {first: first for first in firsts.values()}
