"""JSON that people type."""

import json
from typing import Any

from django import forms


def read_json(text: str) -> Any:
    """``text`` as JSON, refused in words."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise forms.ValidationError(
            f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from None
