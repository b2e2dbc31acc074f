"""Test databases are copies of one that was migrated before: migrating takes ten times as long."""

import sqlite3
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management.commands.migrate import Command
from django.db import connection

from tests.support.server import kept_sqlite_file, migrated_template

_migrate = Command.handle


def copy_instead_of_migrating(scratch: Path) -> None:
    """Have the coming test database copied. ``scratch`` is an empty directory for what migrating writes."""
    if settings.DATABASE_URL:
        server = settings.DATABASE_URL.rsplit("/", 1)[0]
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template(admin, server, scratch)
    Command.handle = _copy


def _copy(self, *arguments, **options) -> None:
    if connection.vendor == "postgresql":
        return None  # Django has just made it from the template
    if connection.introspection.table_names():
        return _migrate(self, *arguments, **options)
    with sqlite3.connect(kept_sqlite_file()) as kept:
        kept.backup(connection.connection)
    return None
