"""PostgreSQL as the threads of the gateway speak it: Django's connection, but instants are read by psycopg itself.

Django's loader runs in Python for each value. Psycopg's own, in C where it is installed so, gives the same instants,
since Django sets the time zone of the connection to UTC.
"""

from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as DjangoWrapper
from psycopg import adapters
from psycopg.postgres import types
from psycopg.pq import Format

_TIMESTAMPTZ = types["timestamptz"].oid


class DatabaseWrapper(DjangoWrapper):
    """A connection whose cursors read instants fast. It needs the option ``server_side_binding``."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        opened = super().get_new_connection(conn_params)
        opened.adapters.register_loader(_TIMESTAMPTZ, adapters.get_loader(_TIMESTAMPTZ, Format.TEXT))
        return opened

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's, which would put its own loader back."""
        if name:
            return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
        return self.connection.cursor()
