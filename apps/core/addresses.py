"""Where chargers reach this server, as far as a request can tell."""

from django.conf import settings


def base_url_for(request) -> str:
    """``PUBLIC_URL``, or the address that the asking person used."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
