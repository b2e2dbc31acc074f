"""``python -m tests.support.run_uvicorn PORT``: the product under uvicorn, with the options we document."""

import sys

import uvicorn

from apps.gateway.server import ServerOptions
from apps.gateway.server.uvicorn import uvicorn_options

if __name__ == "__main__":
    options = ServerOptions(ping_interval_s=30, ping_timeout_s=20)
    uvicorn.run("chargenet.asgi:application", host="127.0.0.1", port=int(sys.argv[1]), **uvicorn_options(options))
