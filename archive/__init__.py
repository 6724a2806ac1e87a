"""The record: captures, articles, sections and their versions. Never imports `search`."""
