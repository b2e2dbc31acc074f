"""Tables by version of OCPP, where 2.1 says the same as 2.0.1."""

from typing import Any

LIKE = {"2.1": "2.0.1"}


def of(table: dict[str, Any], version: str) -> Any:
    """The entry of ``version``, or of the one whose words it shares."""
    return table[version] if version in table else table[LIKE[version]]
