"""Search: the index, the query language and the public pages. Imports `archive`; `archive` never imports search."""
