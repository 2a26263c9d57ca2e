"""Ways to log in: authentication profiles and sequences, and how many factors of them the configuration shows.

A second factor of GlobalProtect and of administrators is asked for by the RADIUS server or the SAML identity provider,
not by the device (PAN-OS Administrator's Guide 10.1, "Multi-Factor Authentication"): it is not in the configuration.
Client certificates are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from segaudit.model import SecondFactor
from segaudit.parsers.paloalto_panos.config import Node
from segaudit.parsers.paloalto_panos.scope import Scope

_METHODS: Final = {
    "radius": "RADIUS server",
    "ldap": "LDAP server",
    "tacplus": "TACACS+ server",
    "kerberos": "Kerberos server",
    "saml-idp": "SAML identity provider",
    "cloud": "cloud authentication service",
}
_EVERYONE: Final = frozenset({"all", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A way to log in: the words for it, its second factor, accounts kept on the device, the groups that may use it."""

    words: str
    factor: SecondFactor
    local_users: int = 0
    groups: tuple[str, ...] = ()


class LoginBook:
    """The authentication profiles of one device."""

    def __init__(self, scope: Scope) -> None:
        self._profiles = {one.name: one for one in scope.objects("authentication-profile")}
        self._sequences = {
            one.name: one.words("authentication-profiles") for one in scope.objects("authentication-sequence")
        }
        self._users = {
            one.name for one in scope.objects("local-user-database", "user") if one.word("disabled") != "yes"
        }
        self._user_groups = {one.name: one.words("user") for one in scope.objects("local-user-database", "user-group")}

    def profile(self, name: str) -> Login:
        """The way that the profile (or sequence of profiles) ``name`` is."""
        if name in self._sequences:
            members = [self._one(member) for member in self._sequences[name]]
            if members:
                return together(members)
        return self._one(name)

    def _one(self, name: str) -> Login:
        entry = self._profiles.get(name)
        if entry is None:
            return Login(
                words=f"authentication profile {name}, which the configuration does not define",
                factor=SecondFactor.NOT_VISIBLE,
            )
        allowed = tuple(one for one in entry.words("allow-list") if one not in _EVERYONE)
        method = next(iter(entry.words("method")), "none")
        # The factors of a profile are asked for by authentication rules, for web users; whether they count here is open.
        more = entry.is_on("multi-factor-auth", "mfa-enable")
        if method in _METHODS:
            server = entry.word("method", method, "server-profile")
            words = f"{_METHODS[method]} {server}".strip()
            return Login(words=words, factor=SecondFactor.NOT_VISIBLE, groups=allowed)
        factor = SecondFactor.NOT_VISIBLE if more else SecondFactor.ABSENT
        if method == "local-database":
            return Login(words="local users", factor=factor, local_users=self._local(allowed), groups=allowed)
        return Login(words="no authentication", factor=factor, groups=allowed)

    def _local(self, allowed: tuple[str, ...]) -> int:
        """How many accounts of the device an allow list means; all of them without one."""
        if not allowed:
            return len(self._users)
        named = {user for one in allowed for user in self._user_groups.get(one, (one,))}
        return len(named & self._users)

    def portal(self, clients: Node, certificate: str) -> Login:
        """The way into a portal or gateway: its ``client-auth`` and certificate profile.

        A certificate is asked for besides the profile, unless one of the two is enough.
        """
        ways: list[Login] = []
        for entry in clients.children.values():
            name = entry.word("authentication-profile")
            login = self.profile(name) if name else Login(words="no authentication", factor=SecondFactor.ABSENT)
            if certificate and not entry.is_on("user-credential-or-client-cert-required"):
                login = Login(
                    words=f"{login.words}, and a client certificate",
                    factor=SecondFactor.VISIBLE,
                    local_users=login.local_users,
                    groups=login.groups,
                )
            ways.append(login)
        if not ways:
            if certificate:
                return Login(words=f"client certificate ({certificate})", factor=SecondFactor.ABSENT)
            return Login(words="no authentication that the configuration shows", factor=SecondFactor.NOT_VISIBLE)
        return together(ways)


def together(ways: list[Login]) -> Login:
    """Several ways as one: as strong as the weakest."""
    if len(ways) == 1:
        return ways[0]
    factors = {way.factor for way in ways}
    factor = next(
        one for one in (SecondFactor.ABSENT, SecondFactor.NOT_VISIBLE, SecondFactor.VISIBLE) if one in factors
    )
    everyone = any(not way.groups for way in ways)
    return Login(
        words=", ".join(dict.fromkeys(way.words for way in ways)),
        factor=factor,
        local_users=max(way.local_users for way in ways),
        groups=() if everyone else tuple(dict.fromkeys(group for way in ways for group in way.groups)),
    )
