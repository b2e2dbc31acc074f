"""Monthly range partitions on PostgreSQL for tables of telemetry; plain tables elsewhere.

A partitioned model names its key column in ``PARTITION_COLUMN`` and, where that column is not a
timestamp, maps an instant to a key value with ``partition_key(at)``.
"""

from datetime import UTC, datetime

from django.apps import apps
from django.db import connection, models
from django.db.migrations.operations import CreateModel

MONTHS_AHEAD = 2


class CreatePartitionedModel(CreateModel):
    """``CreateModel`` that declares the table ``PARTITION BY RANGE (partition_column)`` on PostgreSQL.

    A default partition catches every row whose month has no partition of its own, so that an insert
    never fails for want of one; the months around now have theirs from the beginning. ``partition_column`` must
    belong to the primary key.
    """

    def __init__(self, *args, partition_column: str, **kwargs) -> None:
        self.partition_column = partition_column
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, args, kwargs = super().deconstruct()
        return name, args, {**kwargs, "partition_column": self.partition_column}

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return super().database_forwards(app_label, schema_editor, from_state, to_state)
        plain = schema_editor.sql_create_table
        schema_editor.sql_create_table = f'{plain} PARTITION BY RANGE ("{self.partition_column}")'
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            schema_editor.sql_create_table = plain
        table = to_state.apps.get_model(app_label, self.name)._meta.db_table
        schema_editor.execute(f'CREATE TABLE "{table}_default" PARTITION OF "{table}" DEFAULT')
        model = apps.get_model(app_label, self.name)
        for months_later in range(MONTHS_AHEAD + 1):
            ensure_month(model, month_start(datetime.now(UTC), months_later=months_later))


def month_start(at: datetime, *, months_later: int = 0) -> datetime:
    """The first instant (UTC) of the month of ``at``, moved by ``months_later`` months."""
    months = at.year * 12 + at.month - 1 + months_later
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def ensure_month(model: type[models.Model], at: datetime) -> bool:
    """Create the partition of ``model`` that holds ``at``; return whether one was created.

    Does nothing outside PostgreSQL, and nothing where rows of that month already lie in the default
    partition (PostgreSQL would refuse): those months stay there until they are retired.
    """
    if connection.vendor != "postgresql":
        return False
    table = model._meta.db_table
    start, end = month_start(at), month_start(at, months_later=1)
    name = f"{table}_{start:%Y_%m}"
    key = getattr(model, "partition_key", lambda instant: instant)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone()[0] is not None:
            return False
        column = model.PARTITION_COLUMN
        cursor.execute(
            f'SELECT EXISTS (SELECT 1 FROM "{table}_default" WHERE "{column}" >= %s AND "{column}" < %s)',
            [key(start), key(end)],
        )
        if cursor.fetchone()[0]:
            return False
        first, last = _literal(key(start)), _literal(key(end))
        cursor.execute(
            f'CREATE TABLE IF NOT EXISTS "{name}" PARTITION OF "{table}" FOR VALUES FROM ({first}) TO ({last})'
        )
    return True


def drop_rows_before(model: type[models.Model], at: datetime) -> int:
    """Remove what is older than the month of ``at``; return how many partitions (PostgreSQL) or rows went.

    Whole months are dropped, so that forgetting a year of telemetry costs what forgetting a day does. Rows of the
    default partition, and of SQLite, are deleted up to ``at`` itself.
    """
    key = getattr(model, "partition_key", lambda instant: instant)
    if connection.vendor != "postgresql":
        return model.objects.filter(**{f"{model.PARTITION_COLUMN}__lt": key(at)}).delete()[0]
    table, column, limit = model._meta.db_table, model.PARTITION_COLUMN, f"_{month_start(at):%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table])
        names = [name.strip('"') for (name,) in cursor.fetchall()]
        old = [name for name in names if name != f"{table}_default" and name.removeprefix(table) < limit]
        for name in old:
            cursor.execute(f'DROP TABLE "{name}"')
        cursor.execute(f'DELETE FROM "{table}_default" WHERE "{column}" < %s', [key(at)])
    return len(old)


def _literal(value: datetime | int) -> str:
    return str(value) if isinstance(value, int) else f"'{value.isoformat()}'"
