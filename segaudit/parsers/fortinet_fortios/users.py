"""Users, groups and the servers that know them: who may log in, and with how many factors.

A group is as strong as the weakest way into it. A password kept on the device without a token is one factor; what a
directory, RADIUS server or identity provider asks for besides is not in the configuration.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from segaudit.model import SecondFactor, Span, VpnGroup
from segaudit.parsers.fortinet_fortios.config import Scope, Section

_SERVERS = (
    ("user radius", "RADIUS server"),
    ("user ldap", "LDAP server"),
    ("user tacacs+", "TACACS+ server"),
    ("user saml", "SAML identity provider"),
    ("user pop3", "POP3 server"),
    ("user fsso", "FSSO collector"),
    ("user adgrp", "FSSO group"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A way to log in: the words for it, its second factor, how many accounts of the device it holds."""

    words: str
    factor: SecondFactor
    local_users: int = 0


class UserBook:
    """The users and groups of one device."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._users = {entry.name: entry for entry in scope.table("user local")}
        self._groups = {entry.name: entry for entry in scope.table("user group")}
        self._peers = {entry.name: entry for path in ("user peer",) for entry in scope.table(path)}
        self._servers = {entry.name: kind for path, kind in _SERVERS for entry in scope.table(path)}
        self._asked: dict[str, Section] = {entry.name: entry for path, _ in _SERVERS for entry in scope.table(path)}

    def group(self, name: str, span: Span, *, certificate: bool = False) -> VpnGroup:
        """The group ``name`` as a way into a VPN; ``span`` is where it is named, if it is not defined.

        ``certificate``: a client certificate is asked for besides.
        """
        entry = self._groups.get(name)
        if entry is None:
            login = Login(
                words=f"group {name}, which the configuration does not define", factor=SecondFactor.NOT_VISIBLE
            )
            return _vpn_group(name, login, span, certificate=certificate)
        return _vpn_group(name, self._members(entry), self._scope.span(entry), certificate=certificate)

    def user(self, name: str, span: Span, *, certificate: bool = False) -> VpnGroup:
        """The single user ``name`` as a way into a VPN."""
        entry = self._users.get(name)
        if entry is None:
            login = Login(words=f"user {name}, whom the configuration does not define", factor=SecondFactor.NOT_VISIBLE)
        else:
            span = self._scope.span(entry)
            login = self._local(entry)
        return _vpn_group(user_group_name(name), login, span, certificate=certificate)

    def _members(self, group: Section) -> Login:
        """All ways into a group, the weakest first factor deciding."""
        local: list[Login] = []
        other: list[Login] = []
        for name in group.words("member"):
            if name in self._users:
                user = self._users[name]
                if user.text("status", "enable") != "disable":
                    local.append(self._local(user))
            elif name in self._peers:
                other.append(_peer(self._peers[name]))
            else:
                other.append(self._server(name))
        kind = group.text("group-type", "firewall")
        if kind == "guest":
            other.append(Login(words="guest accounts", factor=SecondFactor.ABSENT))
        elif kind in {"rsso", "fsso-service"} and not other:
            other.append(Login(words=f"{kind} accounting", factor=SecondFactor.NOT_VISIBLE))
        words: list[str] = []
        if local:
            strong = sum(login.factor is SecondFactor.VISIBLE for login in local)
            words.append(f"{len(local)} local users, {strong} of them with a token")
        words.extend(login.words for login in other)
        if not words:
            return Login(words="no members", factor=SecondFactor.NOT_VISIBLE)
        return Login(words=", ".join(words), factor=_weakest((*local, *other)), local_users=len(local))

    def _local(self, user: Section) -> Login:
        """An account of the device: its password may be kept here or by a server (CLI reference, `config user local`)."""
        if _has_token(user):
            factor = SecondFactor.VISIBLE
        elif user.text("type", "password") == "password":
            factor = SecondFactor.ABSENT
        else:
            factor = SecondFactor.NOT_VISIBLE
        return Login(words=f"local user {user.name}", factor=factor, local_users=1)

    def _server(self, name: str) -> Login:
        kind = self._servers.get(name)
        if kind is None:
            return Login(words=f"member {name}", factor=SecondFactor.NOT_VISIBLE)
        asked = self._asked[name]
        factor = SecondFactor.VISIBLE if _has_token(asked) else SecondFactor.NOT_VISIBLE
        return Login(words=f"{kind} {name}", factor=factor)


def user_group_name(user: str) -> str:
    """What a single user is called where groups are named."""
    return f"user/{user}"


def _has_token(entry: Section) -> bool:
    return entry.text("two-factor", "disable") != "disable"


def _peer(entry: Section) -> Login:
    """A certificate; with ``two-factor`` a password besides (CLI reference, `config user peer`)."""
    strong = _has_token(entry) or entry.text("mfa-mode", "none") != "none" or bool(entry.words("ldap-server"))
    factor = SecondFactor.VISIBLE if strong else SecondFactor.ABSENT
    return Login(words=f"certificate {entry.name}", factor=factor)


def _weakest(logins: Iterable[Login]) -> SecondFactor:
    factors = {login.factor for login in logins}
    for factor in (SecondFactor.ABSENT, SecondFactor.NOT_VISIBLE):
        if factor in factors:
            return factor
    return SecondFactor.VISIBLE


def _vpn_group(name: str, login: Login, span: Span, *, certificate: bool) -> VpnGroup:
    words, factor = login.words, login.factor
    if certificate:
        words, factor = f"{words}, and a client certificate", SecondFactor.VISIBLE
    return VpnGroup(name=name, authentication=words, second_factor=factor, span=span, local_users=login.local_users)
