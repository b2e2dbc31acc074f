"""The ASGI application: HTTP to Django, ``/ocpp/`` to the gateway, ``/live/`` to open pages."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")

from chargenet.routing import application

__all__ = ["application"]
