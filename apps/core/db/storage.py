"""How PostgreSQL lays rows out on disk."""

from django.db.migrations.operations.base import Operation


class LeaveRoom(Operation):
    """Fill the pages of a model's table to ``percent`` only, for rows that are updated again and again.

    An update that finds room on the row's own page and changes no indexed column touches none of the table's indexes
    (a heap-only tuple). On a table with many indexes, as sessions have, that is a third of the cost. Does nothing
    outside PostgreSQL.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, *, percent: int) -> None:
        self.model_name = model_name
        self.percent = percent

    def deconstruct(self):
        return self.__class__.__qualname__, [self.model_name], {"percent": self.percent}

    def state_forwards(self, app_label, state) -> None:
        """The models stay as they are."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        self._set(app_label, schema_editor, to_state, f"SET (fillfactor = {self.percent})")

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        self._set(app_label, schema_editor, to_state, "RESET (fillfactor)")

    def describe(self) -> str:
        return f"Leave room for updates on the pages of {self.model_name}"

    def _set(self, app_label, schema_editor, state, what: str) -> None:
        if schema_editor.connection.vendor == "postgresql":
            table = state.apps.get_model(app_label, self.model_name)._meta.db_table
            schema_editor.execute(f'ALTER TABLE "{table}" {what}')
