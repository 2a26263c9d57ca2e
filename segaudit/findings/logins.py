"""The ways to log in that `VpnGroup.authentication` and its like name, as messages."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from segaudit.model import Message, msg
from segaudit.model.message import MessageParam

#: What parsers write; ``{login}`` is such a way itself, the other holes are names of the config, or numbers.
#: messages
_WAYS: Final = (
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
#: Where one way ends and the next begins, in a list of several.
_BETWEEN: Final = re.compile(r", (?!\d+ of them|and a client|which |whom )")


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(template)))


_PATTERNS: Final = tuple((template, _pattern(template)) for template in _WAYS)


def ways_to_log_in(text: str) -> tuple[Message, ...]:
    """The ways that ``text`` lists, each as a message; what no parser of ours writes stays as it is."""
    return tuple(_way(one) for one in _BETWEEN.split(text) if one)


def _way(text: str) -> Message:
    for template, pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            holes: dict[str, MessageParam] = dict(found.groupdict())
            if "login" in holes:
                holes["login"] = _way(str(holes["login"]))
            return Message(template, MappingProxyType(holes))  # messages: _WAYS
    return msg("{words}", words=text)
