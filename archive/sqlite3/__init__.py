"""The database backend of a record in SQLite: Django's own, opened as the home of the archive allows.

Owns how the file is created and opened; the settings name it, and nothing imports it.
"""
