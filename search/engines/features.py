"""What an engine does beside what all engines do. Pure; engines, the search help and the contract suite read it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Features:
    """What an engine does beside what all engines do. The search help says what it lacks.

    `reranking`: the order by relevance also counts how near each other the words of a query are, and how much a hit
    has in common with the first ones. `checksums`: `check_files` reads every file of the index.
    """

    reranking: bool = True
    checksums: bool = True
