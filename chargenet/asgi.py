"""The ASGI application, for any ASGI server."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chargenet.settings")

from chargenet.routing import application  # noqa: E402  (needs the settings)

__all__ = ["application"]
