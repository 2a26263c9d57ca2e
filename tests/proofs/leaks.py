"""The secrets of a configuration, found by patterns of our own (not the parsers'), and where they stand in an output."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: A value: a quoted one, or a word.
_VALUE = r"(?:\"(?P<q>[^\"]+)\"|(?P<w>[^\s\"]+))"
#: Cisco's type of what follows: 0 in clear, 5 to 9 hashed or enciphered.
_TYPE = r"(?:(?:[0-9]|encrypted|clear|md5|sha|hmac-sha-\d+|plain-text)\s+)?"

_PATTERNS = {
    "fortios": (
        r"^\s*set\s+\S+\s+ENC\s+(?P<w>\S+)",
        rf"^\s*set\s+\S*(?:passwd|password\d?|passphrase|psksecret\S*|secret|pwd|key)\s+(?!ENC\b)(?:plainText\s+)?{_VALUE}",
    ),
    "cisco": (
        rf"\b(?:enable\s+)?(?:password|passwd|secret)\s+(?:level\s+\d+\s+)?{_TYPE}{_VALUE}",
        rf"\b(?:ikev[12]\s+)?pre-shared-key\s+(?:(?:local|remote|address\s+\S+\s+key|hex)\s+)?{_TYPE}{_VALUE}",
        rf"\bisakmp\s+key\s+{_TYPE}{_VALUE}\s+(?:address|hostname)",
        rf"\b(?:tacacs|radius)(?:-server)?\b.*?\bkey\s+{_TYPE}{_VALUE}",
        rf"^\s*(?:tacacs-server\s+|radius-server\s+)?key\s+(?!chain\b|config-key\b|\d+\s*$){_TYPE}{_VALUE}",
        rf"\bkey-string\s+{_TYPE}{_VALUE}",
        rf"\bsnmp-server\s+community\s+{_TYPE}{_VALUE}",
        rf"\bsnmp-server\s+host\s+(?:\S+\s+)?\d+\.\d+\.\d+\.\d+\s+.*?\bcommunity\s+{_TYPE}{_VALUE}",
        r"\bsnmp-server\s+host\s+\d+\.\d+\.\d+\.\d+\s+(?:traps\s+|informs\s+)?(?:version\s+(?:1|2c)\s+)?(?!version|traps|informs|vrf)(?P<w>\S+)",
        rf"\bmessage-digest-key\s+\d+\s+md5\s+{_TYPE}{_VALUE}",
        rf"\bauthentication-key\s+(?:\d+\s+md5\s+)?{_TYPE}{_VALUE}",
        rf"\bppp\s+(?:chap|pap)\s+.*?password\s+{_TYPE}{_VALUE}",
        rf"\bneighbor\s+\S+\s+password\s+{_TYPE}{_VALUE}",
        rf"\b(?:wpa-psk|ascii)\s+(?:ascii\s+)?{_TYPE}{_VALUE}",
        rf"\b(?:auth|priv)\s+(?:md5|sha|des|3des|aes)\s+(?:128\s+|192\s+|256\s+)?{_VALUE}",
        rf"\bfailover\s+key\s+{_TYPE}{_VALUE}",
        rf"\bldap-login-password\s+{_TYPE}{_VALUE}",
        rf"\bcrypto\s+isakmp\s+key\s+{_TYPE}{_VALUE}",
        rf"\bpre-shared-key\s+address\s+\S+(?:\s+\S+)?\s+key\s+{_TYPE}{_VALUE}",
    ),
    "yamaha_rtx": (
        rf"^\s*(?:login|administrator)\s+password\s+(?:encrypted\s+)?{_VALUE}",
        rf"^\s*login\s+user\s+\S+\s+(?:encrypted\s+)?{_VALUE}",
        rf"\bauth\s+(?:username|myname|user\s+\d+)\s+\S+\s+{_VALUE}",
        r"\bpre-shared-key\s+\d+\s+(?:text\s+)?(?P<w>\S.*?)\s*$",
        rf"\btunnel\s+auth\s+on\s+{_VALUE}",
        rf"\bsnmp(?:v2c)?\s+(?:trap\s+)?community\s+(?:read-(?:only|write)\s+)?{_VALUE}",
        rf"\bsnmp(?:v2c)?\s+host\s+\S+\s+{_VALUE}",
        r"\bsnmp(?:v2c)?\s+host\s+\S+\s+\S+\s+(?P<w>\S+)",
        rf"\bradius\s+secret\s+{_VALUE}",
        r"\bhost\s+key\s+generate\s+(?P<w>\S+)",
        r"\bhost\s+key\s+generate\s+\S+\s+(?P<w>\S+)",
        r"\b(?:auth|authkey|md5key)=(?P<w>\S+)",
        r"^\s*set\s+\w+\s*=\s*(?P<w>\S+)",
    ),
    "panos": (
        (
            r"<(?:phash|key|secret|password|bind-password|snmp-community-string|community|authpwd|privpwd|auth-key|private-key)>"
            r"(?P<w>[^<]+)<"
        ),
        (
            r"\b(?:phash|pre-shared-key\s+key|bind-password|snmp-community-string|community|authpwd|privpwd|auth-key)\s+"
            r"(?:\"(?P<q>[^\"]+)\"|(?P<w>[^\s\";{]+))"
        ),
        r"^\s*(?:key|secret|password)\s+(?P<w>[^\s\";{]+);",
        r"\b(?:secret|public-key)\s+(?P<w>[^\s\";{]+)",
    ),
    "iptables_save": (rf"\b(?:password|passwd|secret|psk)[=: ]\s*{_VALUE}",),
}
#: Hashes that are secrets wherever they stand: crypt(3), IOS types 5, 8 and 9, PBKDF2, FortiOS' SH2 and AK1.
_HASHES = (
    r"(?<!\S)(?P<w>\$(?:\d|2[aby]|sha\d+|apr1|y|nt)\$[^\s\"]{8,})",
    r"\b(?P<w>(?:SH2|AK1)[A-Za-z0-9+/]{30,}={0,2})",
)

#: What stands where somebody has already taken the secret out.
_GONE = re.compile(r"^(?:[*xX]+|<\w+(?: \w+)?>|<removed>|removed|REDACTED)$")
#: Values that say how, not what; and values that the pattern takes for one.
_WORDS = frozenset(
    [
        "encrypted",
        "enable",
        "disable",
        "unset",
        "always",
        "never",
        "minimum",
        "level",
        "length",
        "policy-option",
        "yes",
        "no",
        "ro",
        "rw",
        "chain",
        "add",
        "all",
        "md5",
        "sha",
        "7",
        "5",
        "9",
        "0",
        "local",
        "radius",
        "ldap",
        "rsa",
        "authentication",
        "encryption",
        "required",
        "none",
        "generate",
        "prompt",
        "recovery",
        "storage",
        "plaintext",
        "address",
        "hostname",
        "min-length",
        "lifetime",
        "days",
        "aging",
        "expire",
        "history-pattern",
    ]
)


@dataclass(frozen=True, slots=True)
class Secret:
    """One value, and the line that it stands in (1-based). ``exact``: no other use of the value could explain it."""

    line: int
    value: str
    keyword: str
    exact: bool

    def found_in(self, output: str) -> bool:
        """Whether an output shows it: the value itself, or (of a word with other uses) behind its keyword."""
        if self.exact:
            return self.value in output
        behind = rf"{re.escape(self.keyword)}\s+(?:\d\s+|plainText\s+|ENC\s+)?\"?{re.escape(self.value)}(?![\w.-])"
        return re.search(behind, output) is not None


def secrets_of(lines: Sequence[str], kind: str) -> tuple[Secret, ...]:
    """The secrets in ``lines`` of a configuration; ``kind`` is the folder of the corpus, or the parser."""
    family = next((one for one in ("fortios", "cisco", "yamaha_rtx", "panos") if one in kind), "iptables_save")
    found: dict[tuple[int, str], str] = {}
    for number, line in enumerate(lines, start=1):
        for pattern in (*_PATTERNS[family], *_HASHES):
            for match in re.finditer(pattern, line, re.IGNORECASE):
                groups = match.groupdict()
                value = groups.get("w") or groups.get("q") or ""
                before = line[: match.start("w") if groups.get("w") else match.start("q")].replace('"', " ").split()
                if value and not _GONE.match(value) and value.lower() not in _WORDS:
                    words = [w for w in before if not w.isdigit() and w not in {"ENC", "plainText"}]
                    found.setdefault((number, value), words[-1] if words else "")
    found.update(dict.fromkeys(_key_lines(lines), ""))
    if family == "fortios":
        found.update(dict.fromkeys(_communities(lines), "name"))
    return tuple(
        Secret(line=number, value=value, keyword=keyword, exact=_is_exact(value, lines, found))
        for (number, value), keyword in found.items()
    )


def _key_lines(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The lines of private keys in PEM, without those that say what it is."""
    inside = False
    for number, line in enumerate(lines, start=1):
        text = line.strip().strip('"')
        if re.search(r"-----BEGIN (?:\w+ )*PRIVATE KEY-----", text):
            inside = True
            continue
        if "-----END" in text:
            inside = False
        elif inside and len(text) >= 12 and ":" not in text:
            yield number, text


def _communities(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The names of SNMP communities of FortiOS, which are what a manager has to know."""
    inside = False
    for number, line in enumerate(lines, start=1):
        words = line.replace('"', " ").split()
        if words[:1] == ["config"]:
            inside = words[1:] == ["system", "snmp", "community"] or (inside and words[1:] in (["hosts"], ["hosts6"]))
        elif inside and words[:2] == ["set", "name"] and len(words) > 2:
            yield number, words[2]


def _is_exact(value: str, lines: Sequence[str], found: dict[tuple[int, str], str]) -> bool:
    """Whether ``value`` is no word that our own sentences use, and is nowhere in the file but where it is a secret."""
    if len(value) < 6 or re.fullmatch(r"[a-z]+", value):
        return False
    places = {number for number, other in found if other == value}
    return not any(value in line for number, line in enumerate(lines, start=1) if number not in places)


def leaks(output: str, secrets: Sequence[Secret]) -> list[str]:
    """The secrets that ``output`` shows, each with the line of the config it stands in."""
    return [f"line {one.line}: {one.value}" for one in secrets if one.found_in(output)]
