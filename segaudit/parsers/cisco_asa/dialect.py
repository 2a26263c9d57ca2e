"""What the software version means for the meaning of the lines: addresses that lists see, families, NAT control."""

from __future__ import annotations

from dataclasses import dataclass

from segaudit.parsers.cisco_asa.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How this software reads its lines.

    ``real_addresses``: lists see addresses as the hosts have them, and NAT is that of 8.3 and later (Cisco ASA 5500
    Migration Guide to 8.3, "Real IP addresses in access lists"); else lists see them as the wire at the interface does.
    ``unified``: one list filters both families (9.0 and later). ``nat_control``: what no NAT rule matches does not pass
    from a higher to a lower security level.
    """

    real_addresses: bool
    unified: bool
    nat_control: bool


def decide_dialect(config: Config) -> Dialect:
    """The dialect of ``config``: by its version line, else by which NAT syntax it uses."""
    real = _real_addresses(config)
    return Dialect(
        real_addresses=real, unified=_unified(config, real=real), nat_control=_nat_control(config, real=real)
    )


def _real_addresses(config: Config) -> bool:
    if config.product in ("pix", "fwsm"):
        return False
    if config.product == "ftd":
        return True
    if config.version is not None:
        return config.at_least(8, 3)
    if any("(" in line.text and "," in line.words[1] for line in config.of("nat") if len(line.words) > 1):
        return True
    if any(child.words[0] == "nat" for line in config.of("object") for child in line.children):
        return True
    old = config.of("static") or config.of("global") or config.of("conduit") or config.of("fixup") or config.of("nat")
    return not old and not pix6(config)


def _unified(config: Config, *, real: bool) -> bool:
    if config.product == "ftd":
        return True
    if config.product in ("pix", "fwsm"):
        return False
    if config.version is not None:
        return config.at_least(9, 0)
    return real and not config.ipv6_lists


def _nat_control(config: Config, *, real: bool) -> bool:
    if real or config.denies("nat-control"):
        return False
    if config.has("nat-control"):
        return True
    # "In version 6 and earlier every packet needs a translation rule"; the command came with 7.0, where it is off by
    # default (Cisco Security Appliance CLI Configuration Guide 7.2, "Applying NAT", "NAT Control"). FWSM: 3.1 alike.
    if config.product == "fwsm":
        return config.before(3, 1)
    if config.product == "pix":
        return config.before(7, 0)
    return config.version is None and pix6(config)


def pix6(config: Config) -> bool:
    """Whether interfaces are named by the global command of PIX 6 and FWSM 2 (``nameif ethernet0 outside security0``)."""
    return any(len(line.words) >= 4 for line in config.of("nameif"))
