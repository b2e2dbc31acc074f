"""Which proxies are believed when they say who the client is (X-Forwarded-For, X-Forwarded-Proto)."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address


class TrustedProxies:
    """Made from addresses and networks (CIDR); raises ``ValueError`` for anything else."""

    def __init__(self, names: Iterable[str]) -> None:
        self._networks = [ip_network(name.strip(), strict=False) for name in names]

    def __contains__(self, host: str) -> bool:
        address = _read_address(host)
        return address is not None and any(address in network for network in self._networks)

    def client_of(self, peer: str, forwarded_for: Sequence[str]) -> str:
        """The address of the client behind ``peer``, given the values of X-Forwarded-For.

        Every proxy appends whom it saw, so the list is read from its end for as long as a trusted proxy speaks: what
        stands before the first stranger was written by that stranger. Anything unreadable ends it as well.
        """
        client = peer
        for name in reversed([name for value in forwarded_for for name in value.split(",")]):
            if client not in self:
                break
            address = _read_address(name)
            if address is None:
                break
            client = str(address)
        return client


def _read_address(text: str) -> Address | None:
    """``192.0.2.1``, ``192.0.2.1:80``, ``2001:db8::1`` or ``[2001:db8::1]:80``; IPv4 within IPv6 as IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
