"""The archive: formats, the record of captures, articles and sections, and curation. Never imports `search`."""

# The release of both apps; pyproject.toml reads it here.
VERSION = "0.1.0"
