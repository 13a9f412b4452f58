"""Which addresses of the network may be asked: public ones, and networks that the operator has named."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
_LOW_32 = 0xFFFF_FFFF

_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    ipaddress.IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""IANA's special-purpose registries (RFC 6890 and its successors), without what is globally reachable by design."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be reached: ports of public hosts, and networks that may be asked although they are not public.

    ``networks`` are the operator's own (an agency's server behind the same wall; the loopback in tests), on any port.
    """

    ports: frozenset[int] = frozenset({80, 443})
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, ports: Iterable[int] = (), networks: Iterable[str] = ()) -> Guard:
        """Make a guard of the operator's words. Raises ValueError where one is no network."""
        return cls(frozenset({80, 443, *ports}), tuple(ipaddress.ip_network(one.strip()) for one in networks))

    def allows(self, address: str, port: int) -> bool:
        """Say whether this very address, as the socket is going to use it, may be connected to."""
        if "%" in address:  # an address of one link, with the name of the link
            return False
        try:
            found = _plain(ipaddress.ip_address(address))
        except ValueError:
            return False
        if any(found in network for network in self.networks if network.version == found.version):
            return True
        return port in self.ports and is_public(found)


def written(host: str) -> str:
    """Give the address that a host itself is, in whatever way it is written; "" for a name, which has to be looked up.

    Resolvers take ``2130706433``, ``0x7f.1`` and ``0177.0.0.1`` for 127.0.0.1, as the system's own function does.
    """
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host.removesuffix(".")))
    except (OSError, ValueError):
        return ""


def _plain(address: Address) -> Address:
    """Take an IPv4 address out of the form in which IPv6 carries it."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_public(address: Address) -> bool:
    """Say whether an address is one of the public internet, whatever other address is hidden inside it."""
    if isinstance(address, ipaddress.IPv4Address):
        return not _within(address, _NOT_PUBLIC_4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    low = ipaddress.IPv4Address(int(address) & _LOW_32)
    if address in _NAT64:
        return is_public(low)
    if (int(address) >> 32) & _LOW_32 in _ISATAP and not is_public(low):
        return False
    return address in _PUBLIC_6 and not _within(address, _NOT_PUBLIC_6)


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
