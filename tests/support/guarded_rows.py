"""Lets transactional tests empty tables whose rows the database refuses to remove.

SQLite has no TRUNCATE: Django empties its tables by DELETE, which the guards of ``core.db.guards`` rightly refuse.
"""

from django.db import connection
from django.db.backends.sqlite3.operations import DatabaseOperations

_flush = DatabaseOperations.sql_flush


def sql_flush(self, style, tables, **options) -> list[str]:
    """The statements of Django between the removal and the return of every trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    removed = [f"DROP TRIGGER {name}" for name, _ in triggers]
    return [*removed, *_flush(self, style, tables, **options), *(sql for _, sql in triggers)]


def let_tables_be_emptied() -> None:
    DatabaseOperations.sql_flush = sql_flush
