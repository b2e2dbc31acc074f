"""Kinds of sites and areas, and who may charge there."""

from django.db.models import TextChoices


class SiteKind(TextChoices):
    PUBLIC = "public", "Public charging"
    RESIDENTIAL = "residential", "Apartment block"
    WORKPLACE = "workplace", "Workplace"
    DEPOT = "depot", "Fleet depot"


class AccessPolicy(TextChoices):
    """Who may charge at a site before any finer rule is asked."""

    KNOWN_TOKENS = "known_tokens", "Every accepted card of the organisation"
    BY_RULE = "by_rule", "Only cards that an access rule admits"


class AssumedProtocol(TextChoices):
    """What to speak with a charger that offers no WebSocket subprotocol."""

    NONE = "", "Refuse it"
    OCPP16 = "ocpp1.6", "Assume OCPP 1.6"
