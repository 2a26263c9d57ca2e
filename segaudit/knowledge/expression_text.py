"""Addresses, services, rules and translations of the model as people read them: short, in the device's own names."""

from __future__ import annotations

from segaudit.knowledge.protocols import protocol_name
from segaudit.model import (
    ALL_PORTS,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressRange,
    AddressRef,
    AddressRewrite,
    AddressUnion,
    AnyAddress,
    AnyService,
    Fqdn,
    InterfaceMatch,
    MaskedAddress,
    OwnAddress,
    PortRewrite,
    Range,
    Service,
    ServiceComplement,
    ServiceExpr,
    ServiceIntersection,
    ServiceRef,
    ServiceUnion,
    TcpFlag,
    Translation,
    UndecidedAddress,
    UndecidedService,
    format_address,
)


def address_text(expr: AddressExpr) -> str:
    """``10.0.0.0/24``, ``WEB-SERVERS``, ``not (A or B)``, ``any``, ``geography JP``."""
    match expr:
        case AnyAddress(version=version):
            return "any" if version is None else f"any IPv{version}"
        case AddressRange():
            return _range_text(expr)
        case MaskedAddress():
            value, care = (format_address(expr.version, one) for one in (expr.value, expr.care))
            return f"{value} mask {care}"
        case Fqdn(name=name):
            return f"name {name}"
        case UndecidedAddress(kind=kind, name=name):
            return f"{kind} {name}".strip()
        case OwnAddress(interface=interface):
            return f"own address of {interface}" if interface else "own addresses"
        case AddressRef(name=name):
            return name
        case AddressUnion(items=items):
            return " or ".join(map(_inner_address, items)) or "no address"
        case AddressIntersection(items=items):
            return " and ".join(map(_inner_address, items)) or "any"
        case AddressComplement(item=item):
            return f"not {_inner_address(item)}"


def _inner_address(expr: AddressExpr) -> str:
    text = address_text(expr)
    return f"({text})" if isinstance(expr, AddressUnion | AddressIntersection) and len(expr.items) > 1 else text


def _range_text(expr: AddressRange) -> str:
    bits = 32 if expr.version == 4 else 128
    first, size = format_address(expr.version, expr.first), expr.size
    if size == 1:
        return first
    if size & (size - 1) == 0 and expr.first % size == 0:
        return f"{first}/{bits - size.bit_length() + 1}"
    return f"{first}-{format_address(expr.version, expr.last)}"


def service_expr_text(expr: ServiceExpr) -> str:
    """``tcp/443``, ``HTTPS``, ``udp from 500 to 500``, ``tcp flags SYN of SYN,ACK``, ``new,related``."""
    match expr:
        case AnyService():
            return "any"
        case Service():
            return _service_text(expr)
        case ServiceRef(name=name):
            return name
        case UndecidedService(kind=kind, name=name):
            return f"{kind} {name}".strip()
        case ServiceUnion(items=items):
            return " or ".join(map(_inner_service, items)) or "no service"
        case ServiceIntersection(items=items):
            return " and ".join(map(_inner_service, items)) or "any"
        case ServiceComplement(item=item):
            return f"not {_inner_service(item)}"


def _inner_service(expr: ServiceExpr) -> str:
    text = service_expr_text(expr)
    return f"({text})" if isinstance(expr, ServiceUnion | ServiceIntersection) and len(expr.items) > 1 else text


def _service_text(service: Service) -> str:
    parts = ["any" if service.protocol is None else protocol_name(service.protocol)]
    if service.icmp_types is not None:
        codes = f"/{_ranges(service.icmp_codes)}" if service.icmp_codes is not None else ""
        parts[0] += f"/{_ranges(service.icmp_types)}{codes}"
    destination = service.destination_ports if service.destination_ports != (ALL_PORTS,) else None
    if destination is not None and service.source_ports is None:
        parts[0] += f"/{_ranges(destination)}"
    elif service.source_ports is not None:
        parts.append(f"from {_ranges(service.source_ports)}")
        if destination is not None:
            parts.append(f"to {_ranges(destination)}")
    if service.tcp_flags is not None:
        value, mask = _flags(service.tcp_flags.value), _flags(service.tcp_flags.mask)
        parts.append(f"flags {value or 'none'} of {mask}")
    if service.states is not None:
        parts.append(",".join(state.name.lower() for state in sorted(service.states)) or "no state")
    if parts[0] == "any" and len(parts) > 1:
        parts.pop(0)
    return " ".join(parts)


def _ranges(ranges: tuple[Range, ...]) -> str:
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges) or "none"


def _flags(bits: int) -> str:
    return ",".join(flag.name for flag in TcpFlag if bits & flag and flag.name is not None)


def interfaces_text(match: InterfaceMatch) -> str:
    """``any``, ``lan``, ``not wan1 or wan2``."""
    names = " or ".join(sorted(match.items)) or ("none" if match.negated else "any")
    return f"not {names}" if match.negated and match.items else names


def translation_text(translation: Translation) -> str:
    """``destination 10.0.0.5:443``, ``source own address of wan1``, ``to the device``."""
    parts: list[str] = []
    for side, address, port in (
        ("source", translation.source, translation.source_port),
        ("destination", translation.destination, translation.destination_port),
    ):
        if address is not None or port is not None:
            parts.append(f"{side} {_rewrite(address)}{_port(port)}".rstrip())
    if translation.to_device:
        parts.append("to the device")
    if translation.state is not None:
        parts.append(translation.state.name.lower())
    return ", ".join(parts) or "as it is"


def _rewrite(rewrite: AddressRewrite | None) -> str:
    return "" if rewrite is None else address_text(rewrite.to)


def _port(rewrite: PortRewrite | None) -> str:
    return "" if rewrite is None else f" port {_ranges((rewrite.to,))}"
