"""The doors for files, plain ASGI: what stations upload streams to disk, firmware streams to stations."""

from apps.gateway.files.download import download_door
from apps.gateway.files.upload import upload_door

DOORS = {"/files/in/": upload_door, "/files/out/": download_door}

__all__ = ["DOORS", "download_door", "upload_door"]
