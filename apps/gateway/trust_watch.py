"""Sockets that a certificate opened (security profile 3), judged again when what counts has changed."""

import asyncio
from typing import TYPE_CHECKING

from apps.gateway.door import REVOKED
from apps.gateway.station_socket import StationSocket

if TYPE_CHECKING:
    from apps.gateway.process import Gateway

POLICY_VIOLATION = 1008


async def close_untrusted(gateway: "Gateway") -> None:
    """Close the sockets whose certificate was revoked, or whose CA counts no more.

    That a certificate ran out since is nothing against a socket it opened in time. A chain is checked only where the
    CAs of its organisation changed, and others are served between two of them.
    """
    trust = gateway.door.trust
    for socket in gateway.sockets.all():
        admission = socket.admission
        if not admission.certificate_fingerprint or socket.trust is trust:
            continue
        problem = await _problem(gateway, socket)
        if problem:
            gateway.sockets.close(socket, POLICY_VIOLATION, problem)
        socket.trust = trust


async def _problem(gateway: "Gateway", socket: StationSocket) -> str:
    """Why the socket may not stay, empty if it may."""
    trust, admission = gateway.door.trust, socket.admission
    if admission.certificate_fingerprint in trust.revoked:
        return REVOKED
    if socket.trust is not None and socket.trust.counts_the_same(trust, admission.credentials.organisation_id):
        return ""
    await asyncio.sleep(0)
    verdict = await gateway.door.judge_certificate(
        socket.request, admission.credentials, trust=trust, at=socket.connected_at
    )
    return verdict.problem if verdict is not None else ""
