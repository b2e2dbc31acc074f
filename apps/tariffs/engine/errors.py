"""What the rating engine refuses."""

from apps.core.errors import DomainError


class InvalidTariff(DomainError):
    """A tariff that cannot be priced with; ``field`` is the path, e.g. ``elements[0].price_components[1].price``."""

    code = "invalid_tariff"
    message = "This tariff is not valid."


class InvalidUsage(DomainError):
    """Facts about a session that contradict each other: overlapping segments, naive times, negative energy."""

    code = "invalid_usage"
    message = "The recorded usage of this session is not consistent."


class SessionNotEnded(DomainError):
    """A final price was asked for a session that still runs."""

    code = "not_ended"
    message = "This session has not ended, so only its running cost can be told."


class UnknownTimeZone(DomainError):
    """Pricing by wall clock needs a real IANA zone; there is no silent fall-back to UTC."""

    code = "time_zone"
    message = "The time zone of the site is not known."


class NoActiveTariff(DomainError):
    """None of the tariffs offered was valid when the session started."""

    code = "no_active_tariff"
    message = "No tariff was valid at the start of this session."


class UnknownTariff(DomainError):
    """A charging period names a tariff that was not supplied."""

    code = "unknown_tariff"
    message = "A charging period names a tariff that is not known."
