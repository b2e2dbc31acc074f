"""The ASGI application: HTTP to Django, ``/ocpp/`` to the gateway, ``/live/`` to open pages."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from chargenet.routing import application  # noqa: E402

__all__ = ["application"]
