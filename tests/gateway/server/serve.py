"""Start one of the servers with the test application: ``serve.py daphne|uvicorn '{"limit": value}'``.

Prints the port once it serves.
"""

import json
import logging
import sys
from pathlib import Path

import uvicorn
from app import application

sys.path.insert(0, str(Path(__file__).parents[3]))

from apps.gateway.server import ServerOptions, build_server
from apps.gateway.server.listening import open_listening_socket
from apps.gateway.server.uvicorn import uvicorn_options


def main(kind: str, limits: dict) -> None:
    logging.basicConfig(level=logging.INFO)
    if kind == "uvicorn":
        listening = open_listening_socket(host="127.0.0.1", port=0, backlog=4096)
        print(listening.getsockname()[1], flush=True)
        config = uvicorn.Config(application, **uvicorn_options(ServerOptions(**limits)))
        uvicorn.Server(config).run(sockets=[listening])
    else:
        server = build_server(
            application, host="127.0.0.1", port=0, ready=lambda: print(server.port, flush=True), **limits
        )
        server.run()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
