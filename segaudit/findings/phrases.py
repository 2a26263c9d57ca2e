"""What parsers write in English about ways to log in and about what no header decides, as messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from segaudit.model import Message, msg
from segaudit.model.message import MessageParam

#: Ways to log in; ``{login}`` is such a way itself, the other holes are names of the config, or numbers.
#: messages
WAYS: Final = (
    "{login}, and a client certificate",
    "{login} and a certificate",
    "{count} local users, {strong} of them with a token",
    "local users",
    "local user {name}",
    "certificate",
    "certificate {name}",
    "client certificate ({name})",
    "a certificate alone",
    "a pre-shared key alone",
    "pre-shared key of the group",
    "group key only",
    "password of the group",
    "group password and user password",
    "guest accounts",
    "no members",
    "no authentication",
    "no authentication that the configuration shows",
    "none",
    "SAML identity provider",
    "SAML identity provider {name}",
    "RADIUS server {name}",
    "RADIUS servers {name}",
    "TACACS+ server {name}",
    "TACACS+ servers {name}",
    "LDAP server {name}",
    "LDAP servers {name}",
    "Kerberos servers {name}",
    "SecurID servers {name}",
    "POP3 server {name}",
    "FSSO collector {name}",
    "FSSO group {name}",
    "NT domain {name}",
    "HTTP form {name}",
    "server group {name}",
    "servers {name}",
    "member {name}",
    "method list {name}, which is not defined",
    "group {name}, which the configuration does not define",
    "user {name}, whom the configuration does not define",
    "authentication profile {name}, which the configuration does not define",
    "users of groups that the configuration does not name",
)

#: What decides instead of a header, with its name in the config.
#: messages
CONDITIONS: Final = (
    "user {name}",
    "application {name}",
    "url {name}",
    "geography {name}",
    "schedule {name}",
    "rate {name}",
    "mac {name}",
    "mark {name}",
    "fragment {name}",
    "device posture {name}",
    "name {name}",
    "address of the device",
    "address of {name}",
    "address by DHCP {name}",
    "delegated prefix {name}",
    "IP pool {name}",
    "address pool {name}",
    "undefined object {name}",
    "undefined list {name}",
    "undefined access list {name}",
    "undefined pool {name}",
    "undefined name {name}",
    "recursive group {name}",
    "empty object group {name}",
    "unreadable address {name}",
    "unreadable object {name}",
    "unreadable service {name}",
    "dynamic group {name}",
    "dynamic list {name}",
    "external list {name}",
    "internet service {name}",
    "ipset {name}",
    "MAC address {name}",
)
#: Where one way ends and the next begins, in a list of several.
_BETWEEN: Final = re.compile(r", (?!\d+ of them|and a client|which |whom )")


def ways_to_log_in(text: str) -> tuple[Message, ...]:
    """The ways that ``text`` lists, each as a message; what no parser of ours writes stays as it is."""
    return tuple(_phrase(one, _WAYS) for one in _BETWEEN.split(text) if one)


def condition(text: str) -> Message:
    """What a match hangs on, as a message; what no table holds stays as it is."""
    return _phrase(text.removeprefix("other "), _CONDITIONS)


_Patterns = Sequence[tuple[str, re.Pattern[str]]]


def _patterns(templates: Sequence[str]) -> _Patterns:
    def pattern(template: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(template)))

    return tuple((template, pattern(template)) for template in templates)


_WAYS: Final = _patterns(WAYS)
_CONDITIONS: Final = _patterns(CONDITIONS)


def _phrase(text: str, patterns: _Patterns) -> Message:
    for template, pattern in patterns:
        found = pattern.fullmatch(text)
        if found is not None:
            holes: dict[str, MessageParam] = dict(found.groupdict())
            if "login" in holes:
                holes["login"] = _phrase(str(holes["login"]), patterns)
            return Message(template, MappingProxyType(holes))  # messages: WAYS CONDITIONS
    return msg("{words}", words=text)
