"""The point of the domain's tests, as pages see it."""

from tests.domain.invoicing.guests.conftest import point

__all__ = ["point"]
