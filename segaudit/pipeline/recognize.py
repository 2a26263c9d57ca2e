"""Bytes to a source file in a format: decoding, cleaning, and every parser asked how surely it recognises the content."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from segaudit.model import Failure, Ignored, Message, SourceFile, msg
from segaudit.parser import DETECTION_THRESHOLD, Detection, Parser
from segaudit.pipeline.collect import NO_SIGN_OF_A_CONFIG, RawFile, matches, named_like_a_config
from segaudit.syntax.capture import Cleaned, clean
from segaudit.syntax.decode import NotTextError, decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognized:
    """A file whose format is known. ``cleaned`` says which of its lines were a terminal's, ``forced`` that a person said
    the format.
    """

    source: SourceFile
    parser: str
    evidence: str
    cleaned: Cleaned
    notes: tuple[Message, ...] = ()
    forced: bool = False


def recognize(
    raw: RawFile, parsers: Mapping[str, Parser], formats: Sequence[tuple[str, str]], *, debug: bool = False
) -> Recognized | Ignored | Failure:
    """What ``raw`` is. A file that was wanted, or shows a sign of being a configuration, fails where nobody claims it.

    ``formats`` are (glob, parser name) pairs that go before detection. ``debug``: a detector's error is raised.
    """
    wanted = raw.wanted or named_like_a_config(raw.path)
    try:
        text = decode(raw.data)
    except NotTextError as error:
        if wanted:
            return Failure(path=raw.path, line=None, problem=error.problem)
        return Ignored(path=raw.path, reason=NO_SIGN_OF_A_CONFIG)
    source = SourceFile(path=raw.path, lines=text.lines, encoding=text.encoding, sha256=raw.sha256, size=len(raw.data))
    # A terminal is asked for once, whichever parser it is that reads terminal output.
    cleaned = clean(text.lines)
    plain = SourceFile(
        path=raw.path, lines=cleaned.lines, encoding=text.encoding, sha256=source.sha256, size=source.size
    )
    untouched = Cleaned(lines=text.lines)
    said = next((name for glob, name in formats if matches(raw.path, (glob,))), None)
    if said is not None:
        terminal = parsers[said].terminal
        return Recognized(
            source=plain if terminal else source,
            parser=said,
            evidence="--input-format",
            cleaned=cleaned if terminal else untouched,
            notes=(*text.notes, *(cleaned.notes if terminal else ())),
            forced=True,
        )
    scores: list[tuple[int, str, str]] = []
    for name, parser in parsers.items():
        try:
            found = parser.detect(plain if parser.terminal else source)
        except Exception as error:
            if debug:
                raise
            return Failure(path=raw.path, line=None, problem=detector_failed(name, error))
        if found.score > 0:
            scores.append((-found.score, name, found.evidence))
    scores.sort()
    claims = [(-score, name, evidence) for score, name, evidence in scores if -score >= DETECTION_THRESHOLD]
    if len(claims) > 1 and claims[0][0] == claims[1][0]:
        equal = " and ".join(name for score, name, _ in claims if score == claims[0][0])
        problem = msg(
            "the content reads equally well as {formats}; say which it is with --input-format '{path}=FORMAT'",
            formats=equal,
            path=raw.path,
        )
        return Failure(path=raw.path, line=None, problem=problem)
    if claims:
        _, name, evidence = claims[0]
        terminal = parsers[name].terminal
        return Recognized(
            source=plain if terminal else source,
            parser=name,
            evidence=evidence,
            cleaned=cleaned if terminal else untouched,
            notes=(*text.notes, *(cleaned.notes if terminal else ())),
        )
    if wanted or scores or looks_like_a_config(cleaned.lines):
        return Failure(path=raw.path, line=None, problem=_NOBODY)
    return Ignored(path=raw.path, reason=NO_SIGN_OF_A_CONFIG)


def best_claim(source: SourceFile, parsers: Mapping[str, Parser]) -> tuple[str, Detection] | None:
    """The parser that recognises ``source`` best, where one does; for messages about a wrong format."""
    claims = [(name, parser.detect(source)) for name, parser in parsers.items()]
    name, found = max(claims, key=lambda claim: claim[1].score)
    return (name, found) if found.score >= DETECTION_THRESHOLD else None


_NOBODY: Final = msg(
    "no format is recognised (they are listed by: segaudit parsers); name one with --input-format, or leave it out with"
    " --exclude"
)


def detector_failed(name: str, error: Exception) -> Message:
    """What is said when a parser's ``detect`` raises, which is a defect of it."""
    return msg(
        "the parser {parser} failed on it ({error}); this is a defect in segaudit: report it, and leave the file out with"
        " --exclude meanwhile",
        parser=name,
        error=type(error).__name__,
    )


#: Statements of network devices, whether or not there is a parser for their format: what a line of theirs begins with.
_STATEMENT: Final = re.compile(
    r"""(?x) \s*
    (?: access-list\s | ip(?:v6)?\s(?:access-list|address|route|filter|nat|forward|secure|\S+\ssecure\sfilter|lan\d)\b
      | interface\s\S | hostname\s\S | router\s(?:ospf|bgp|rip|eigrp)\b | object(?:-group)?\s(?:network|service)\s
      | nat\sdescriptor\s | (?:pp|tunnel)\sselect\s | switchport\s | vlan\s\d | crypto\s(?:isakmp|ikev[12]|map|ipsec)\b
      | config\s(?:system|firewall|router|vpn)\b | set\s(?:security|firewall|interfaces|system|network|rulebase|zone|nat
          |deviceconfig|address|srcintf|dstintf|srcaddr|dstaddr|policy-options|routing-options|protocols)\b
      | (?:security|firewall|interfaces|routing-options|policy-options|applications)\s\{ | security-zone\s
      | -[AI]\s\w+\s-|:(?:INPUT|FORWARD|OUTPUT)\s | table\s(?:inet|ip|ip6|bridge|arp|netdev)\s | chain\s\w+\s\{
      | /(?:ip|ipv6|interface|system|routing)\b | add\s(?:action|chain|address|list|dst-address|interface)=
      | config\s(?:zone|rule|forwarding|redirect|interface)\b\s*(?:'|$) | option\s(?:src|dest|proto|network|masquerade)\s
      | (?:\d+\s)?(?:permit|deny)\s(?:ip|tcp|udp|icmp|any|host|\d) | aaa\s\S+\s | snmp-server\s | line\svty\s
      | (?:security-policy|firewall-policy|zone-policy|address-object|access-rule)\b )"""
)
#: The outermost word of exports that are XML or JSON.
_STRUCTURED: Final = re.compile(
    r"<(?:pfsense|opnsense|config\s[^>]*version=|devices|profile|rule-base)|\"(?:nftables|rulebase|access-rulebase|objects-dictionary"
    r"|SecurityGroups|NetworkAcls|securityRules|networkPolicies)\"\s*:"
)


def looks_like_a_config(lines: Sequence[str]) -> bool:
    """Whether the first thousand lines read like a network device's configuration, of whatever maker."""
    head = [line for line in lines[:1000] if line and not line.isspace()]
    if not head:
        return False
    if any(_STRUCTURED.search(line[:10_000]) for line in head[:200]):
        return True
    hits = sum(1 for line in head if _STATEMENT.match(line[:200]))
    return hits >= 3 and hits * 5 >= len(head)
