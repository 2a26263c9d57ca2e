"""Address expressions, as a config writes them; they become packet sets in `semantics`."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

#: Highest address of each family, by IP version.
HIGHEST = {4: (1 << 32) - 1, 6: (1 << 128) - 1}


@dataclass(frozen=True, slots=True)
class AnyAddress:
    """Every address; of one family where ``version`` (4 or 6) says so, else of both."""

    version: int | None = None


@dataclass(frozen=True, slots=True)
class AddressRange:
    """``first`` to ``last``, both inclusive, as integers of IP ``version`` 4 or 6."""

    version: int
    first: int
    last: int

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last <= HIGHEST[self.version]:
            message = f"not an IPv{self.version} range: {self.first:#x} to {self.last:#x}"
            raise ValueError(message)

    @property
    def size(self) -> int:
        """How many addresses."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class MaskedAddress:
    """Addresses that agree with ``value`` in the bits that are one in ``care``.

    For wildcard masks that are not contiguous (IOS) and for odd netmasks (Linux); ``value & ~care`` is zero.
    """

    version: int
    value: int
    care: int

    def __post_init__(self) -> None:
        if self.value & ~self.care or not 0 <= self.care <= HIGHEST[self.version]:
            message = f"value bits outside of the care bits: {self.value:#x} / {self.care:#x}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Fqdn:
    """The addresses behind a DNS name, which no config shows: none surely, any possibly."""

    name: str


@dataclass(frozen=True, slots=True)
class UndecidedAddress:
    """Addresses that the config does not tell: none surely, ``within`` possibly.

    ``kind`` is a word for people: ``geography``, ``dynamic list``, ``ipset``, ``mac``, ``undefined object``,
    ``address by DHCP`` …; ``name`` is what the config calls it.
    """

    kind: str
    name: str
    within: AddressExpr = AnyAddress()


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """Addresses of the device itself: of one interface, or of all where ``interface`` is empty.

    Resolved from the device's interfaces; where one gets its address by DHCP or PPPoE it is undecided.
    """

    interface: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class AddressRef:
    """An object or group of `Device.addresses` by name; an undefined one opens the bounds and is reported."""

    name: str


@dataclass(frozen=True, slots=True)
class AddressUnion:
    """Any of ``items``; of no items: no address."""

    items: tuple[AddressExpr, ...]


@dataclass(frozen=True, slots=True)
class AddressIntersection:
    """All of ``items`` at once; of no items: every address."""

    items: tuple[AddressExpr, ...]


@dataclass(frozen=True, slots=True)
class AddressComplement:
    """Every address (of both families, or of ``version``) that ``item`` does not hold."""

    item: AddressExpr
    version: int | None = None


AddressExpr = (
    AnyAddress
    | AddressRange
    | MaskedAddress
    | Fqdn
    | UndecidedAddress
    | OwnAddress
    | AddressRef
    | AddressUnion
    | AddressIntersection
    | AddressComplement
)

ANY_ADDRESS = AnyAddress()
ANY_IPV4 = AnyAddress(4)
ANY_IPV6 = AnyAddress(6)
NO_ADDRESS = AddressUnion(())


@dataclass(frozen=True, slots=True, order=True)
class Prefix:
    """A prefix: ``network`` is the integer of its first address, ``length`` the prefix length in bits."""

    version: int
    network: int
    length: int

    @property
    def first(self) -> int:
        """The first address, as an integer."""
        return self.network

    @property
    def last(self) -> int:
        """The last address, as an integer."""
        return self.network | (HIGHEST[self.version] >> self.length)

    @property
    def size(self) -> int:
        """How many addresses."""
        return self.last - self.network + 1

    def contains(self, version: int, address: int) -> bool:
        """Whether ``address`` of IP ``version`` lies inside."""
        return version == self.version and self.first <= address <= self.last

    def covers(self, other: Prefix) -> bool:
        """Whether ``other`` lies inside, or is the same."""
        return self.version == other.version and self.first <= other.first and other.last <= self.last

    def overlaps(self, other: Prefix) -> bool:
        """Whether the two share an address."""
        return self.version == other.version and self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        return f"{format_address(self.version, self.network)}/{self.length}"

    def expr(self) -> AddressRange:
        """The prefix as an address expression."""
        return AddressRange(self.version, self.first, self.last)


def format_address(version: int, value: int) -> str:
    """``value`` in the usual spelling (RFC 5952 for IPv6)."""
    return str(IPv4Address(value) if version == 4 else IPv6Address(value))


def parse_address(text: str) -> tuple[int, int]:
    """IP version and integer of a dotted quad or an IPv6 address; ``ValueError`` if it is neither."""
    text = text.strip().partition("%")[0]
    if ":" in text:
        return 6, int(IPv6Address(text))
    return 4, int(IPv4Address(text))


def parse_prefix(text: str) -> Prefix:
    """A prefix in CIDR or address/netmask notation, host bits cleared; ``ValueError`` if it is none."""
    network: IPv4Network | IPv6Network = ip_network(text.strip(), strict=False)
    return Prefix(network.version, int(network.network_address), network.prefixlen)


def host(text: str) -> AddressRange:
    """One address as an expression."""
    version, value = parse_address(text)
    return AddressRange(version, value, value)


def network(text: str) -> AddressRange:
    """A prefix in CIDR or address/netmask notation as an expression."""
    return parse_prefix(text).expr()


def masked(version: int, value: int, care: int) -> AddressRange | MaskedAddress:
    """Addresses that agree with ``value`` on ``care``: a range where ``care`` is a prefix mask."""
    highest = HIGHEST[version]
    value &= care
    hole = highest ^ care
    if hole & (hole + 1) == 0:
        return AddressRange(version, value, value | hole)
    return MaskedAddress(version, value, care)
