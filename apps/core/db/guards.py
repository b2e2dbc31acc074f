"""Rows that the database itself refuses to change: triggers, written once for both databases."""

from collections.abc import Collection

from django.db.migrations.operations.base import Operation

EVENTS = ("INSERT", "UPDATE", "DELETE")


def changed(*columns: str) -> str:
    """A condition for ``RefuseChanges``: one of ``columns`` is not what it was."""
    return "(" + " OR ".join(
        f"(NEW.{column} IS NULL) <> (OLD.{column} IS NULL) OR NEW.{column} <> OLD.{column}" for column in columns
    ) + ")"  # fmt: skip


class RefuseChanges(Operation):
    """Refuse to ``on`` (INSERT, UPDATE, DELETE) rows of ``model_name`` where ``when`` holds.

    ``when`` is SQL over ``OLD`` and ``NEW`` that PostgreSQL and SQLite both understand; ``name`` names the triggers.
    SQLite makes a table anew when its columns change and loses its triggers: such a migration adds them again.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, *, name: str, on: Collection[str], message: str, when: str = "1 = 1") -> None:
        self.model_name = model_name
        self.name = name
        self.on = tuple(on)
        self.message = message
        self.when = when

    def deconstruct(self):
        arguments = {"name": self.name, "on": self.on, "message": self.message, "when": self.when}
        return self.__class__.__qualname__, [self.model_name], arguments

    def state_forwards(self, app_label, state) -> None:
        """The models stay as they are."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        for event in self.on:
            trigger = f"{self.name}_{event.lower()}"
            if schema_editor.connection.vendor == "postgresql":
                row = "OLD" if event == "DELETE" else "NEW"
                schema_editor.execute(
                    f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                    f"IF {self.when} THEN RAISE EXCEPTION '{self.message}' "
                    f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
                )
                schema_editor.execute(
                    f'CREATE TRIGGER {trigger} BEFORE {event} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {trigger}()'
                )
            else:
                schema_editor.execute(
                    f'CREATE TRIGGER {trigger} BEFORE {event} ON "{table}" FOR EACH ROW WHEN {self.when} '
                    f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
                )

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        table = from_state.apps.get_model(app_label, self.model_name)._meta.db_table
        for event in self.on:
            trigger = f"{self.name}_{event.lower()}"
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(f'DROP TRIGGER {trigger} ON "{table}"')
                schema_editor.execute(f"DROP FUNCTION {trigger}()")
            else:
                schema_editor.execute(f"DROP TRIGGER {trigger}")

    def describe(self) -> str:
        return f"Refuse {', '.join(self.on).lower()} of {self.model_name}"
