"""A Toywall's words as the neutral model."""

from __future__ import annotations

from collections.abc import Sequence

from segaudit.knowledge.protocols import protocol_number
from segaudit.model import (
    Action,
    Attachment,
    Device,
    Hook,
    Interface,
    InterfaceAddress,
    LedgerBuilder,
    Prefix,
    Route,
    Rule,
    RuleSet,
    SourceFile,
    interfaces,
    network,
    parse_address,
    ports,
)
from segaudit.model.address import parse_prefix
from segaudit.parser import ParseResult
from tests.plugins.toywall.config import Statement, read


def parse(sources: tuple[SourceFile, ...]) -> ParseResult:
    """One device a file."""
    devices: list[Device] = []
    ledgers = []
    for source in sources:
        ledger = LedgerBuilder(source)
        statements = read(source, ledger)
        devices.append(_device(source, statements))
        ledgers.append(ledger.finish())
    return ParseResult(devices=tuple(devices), ledgers=tuple(ledgers))


def _device(source: SourceFile, statements: Sequence[Statement]) -> Device:
    names = [s.words[0] for s in statements if s.verb == "name"]
    rules = [_rule(source, s, place) for place, s in enumerate((s for s in statements if s.verb == "allow"), start=1)]
    return Device(
        name=names[-1] if names else source.stem,
        format="toywall",
        vendor="Toys",
        span=source.span(1),
        interfaces=tuple(_port(source, s) for s in statements if s.verb == "port"),
        routes=tuple(
            Route(prefix=Prefix(4, 0, 0), span=source.span(s.line), next_hop=parse_address(s.words[0])[1])
            for s in statements
            if s.verb == "gateway"
        ),
        rule_sets=(RuleSet(name="allow", rules=tuple(rules), default=Action.DENY),),
        attachments=(Attachment(rule_sets=("allow",), hook=Hook.FORWARD),),
    )


def _port(source: SourceFile, statement: Statement) -> Interface:
    name, address, description = statement.words
    own = InterfaceAddress(address=parse_address(address.partition("/")[0])[1], prefix=parse_prefix(address))
    return Interface(name=name, span=source.span(statement.line), addresses=(own,), description=description)


def _rule(source: SourceFile, statement: Statement, place: int) -> Rule:
    ingress, egress, target, protocol, port = statement.words
    number = protocol_number(protocol)
    assert number is not None, "fixtures name protocols that there are"
    return Rule(
        id=str(place),
        position=place,
        action=Action.PERMIT,
        span=source.span(statement.line),
        destination=network(target),
        service=ports(number, int(port)),
        ingress=interfaces(ingress),
        egress=interfaces(egress),
    )
