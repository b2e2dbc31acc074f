"""The ASGI application, for any ASGI server."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")

from chargenet.routing import application

__all__ = ["application"]
