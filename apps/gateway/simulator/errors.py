"""What can go wrong between a simulated station and the central system."""


class SimulatorError(Exception):
    """Anything the simulator reports about its conversation with the central system."""


class CallError(SimulatorError):
    """A CALLERROR: received for one of our requests, or raised by a handler to be sent as the answer."""

    def __init__(self, code: str, description: str = "", details: dict | None = None) -> None:
        super().__init__(f"{code}: {description}" if description else code)
        self.code = code
        self.description = description
        self.details = details or {}


class CallTimeout(SimulatorError):
    """The central system did not answer a request in time."""


class NotConnected(SimulatorError):
    """There is no open socket, or it closed before the answer came."""


class ConnectionRefused(SimulatorError):
    """The server refused the upgrade; `http_status` is its answer, None when nobody answered at all."""

    def __init__(self, http_status: int | None, text: str) -> None:
        super().__init__(text)
        self.http_status = http_status
