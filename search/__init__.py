"""Finding: the index, the query language, the search pages. Sees `archive`; `archive` never sees it."""
