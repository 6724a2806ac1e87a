"""The archive: formats, the record of captures, articles and sections, and curation. Never imports `search`."""
