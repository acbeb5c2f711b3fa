"""Which network addresses may be reached: public ones, and those that the operator allows by name.

The guard is at the socket: a host is resolved once, every address of the answer is judged, and the
connection goes to the judged address, so that a second answer of the name server changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence

from colophon.reading.rejections import RefusedError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], Sequence[str]]

# Public by number for the ipaddress module, private by use: protocol assignments (Oracle's metadata is in there),
# 6to4 relays, benchmarking, the host agent of Azure.
_SPECIAL = tuple(
    ipaddress.ip_network(block) for block in ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "168.63.129.16/32")
)
# NAT64: an IPv4 address in the last 32 bits, and as public as that.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host in the resolver's order."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def networks(blocks: Iterable[str]) -> tuple[Network, ...]:
    """Return CIDR blocks as objects.

    Raises:
        ValueError: one is no CIDR block.
    """
    return tuple(ipaddress.ip_network(block) for block in blocks)


def is_public(text: str, allowed: Sequence[Network] = ()) -> bool:
    """Say whether an address may be reached.

    >>> is_public("93.184.216.34"), is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("169.254.169.254")
    (True, False, False, False)
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    inner = _carried(address)
    if any(candidate in block for candidate in (address, *inner) for block in allowed):
        return True
    return all(_public(candidate) for candidate in (address, *inner))


def judged(host: str, port: int, resolver: Resolver, allowed: Sequence[Network]) -> str:
    """Return the first address of ``host``, after judging all.

    Raises:
        RefusedError: the host does not exist, or one of its addresses is not public.
    """
    try:
        found = resolver(host, port)
    except (OSError, UnicodeError) as error:
        raise RefusedError(host, "unreachable", f"no address: {error}") from error
    if not found:
        raise RefusedError(host, "unreachable", "no address")
    for text in found:
        if not is_public(text, allowed):
            detail = (
                f"{text} is not a public address; to allow it, name its network in settings.fetching.allowed_networks"
            )
            raise RefusedError(host, "refused-address", detail)
    return found[0]


def _public(address: Address) -> bool:
    if address in _NAT64:
        return True  # its IPv4 address is judged beside it
    special = address.is_multicast or address.is_reserved or any(address in block for block in _SPECIAL)
    return address.is_global and not special


def _carried(address: Address) -> tuple[ipaddress.IPv4Address, ...]:
    """Return IPv4 addresses inside an IPv6 one: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(inner for inner in found if inner is not None)
