"""Lets transactional tests empty tables whose rows the database refuses to remove.

SQLite has no TRUNCATE: Django empties its tables by DELETE, which the guards of ``core.db.guards`` rightly refuse.
"""

from django.db.backends.sqlite3.base import DatabaseWrapper

Operations = DatabaseWrapper.ops_class
_flush = Operations.sql_flush


def sql_flush(self, style, tables, **options) -> list[str]:
    """The statements of Django between the removal and the return of every trigger."""
    with self.connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    removed = [f"DROP TRIGGER {name}" for name, _ in triggers]
    return [*removed, *_flush(self, style, tables, **options), *(sql for _, sql in triggers)]


def let_tables_be_emptied() -> None:
    Operations.sql_flush = sql_flush
