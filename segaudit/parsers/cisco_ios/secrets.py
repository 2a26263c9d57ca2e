"""Where secrets stand in a configuration, whatever the statement; also in statements that are not modelled."""

from __future__ import annotations

import re
from typing import Final

#: Words between the keyword and the secret: how it is encrypted, which side it is for.
_HOW: Final = r"(?:(?:level\s+\d+|encrypted|encryption|local|remote|hex|ascii|sha512|sha256|md5|type\s+\d|\d{1,2})\s+)*"
_TYPE: Final = r"(?:[0-9]\s+)?"
_WORD: Final = r"(?P<secret>\S+)"

_PATTERNS: Final = (
    r"\bkey\s+config-key\s+password-encrypt\S*\s+" + _WORD,
    r"\b(?:tacacs-server|radius-server)\b.*\bkey\s+" + _TYPE + r"(?P<secret>\S.*)$",
    r"\b(?:server-private|server|host|client)\s+\S+.*\b(?:key|server-key)\s+" + _TYPE + _WORD,
    r"\bcrypto\s+isakmp\s+key\s+" + _TYPE + _WORD,
    r"\bpre-shared-key\s+(?:address\s+.*?\bkey\s+|hostname\s+\S+\s+key\s+|local\s+|remote\s+)?(?:[0-9]\s+|hex\s+)?"
    + _WORD
    + r"\s*$",
    r"\bsnmp-server\s+community\s+" + _WORD,
    r"\bsnmp-server\s+host\s+\S+\s+(?:vrf\s+\S+\s+)?(?:(?:traps|informs)\s+)?"
    r"(?:version\s+(?:1|2c|3\s+(?:noauth|auth|priv))\s+)?" + _WORD,
    r"\bsnmp-server\s+user\b.*?\bauth\s+(?:md5|sha\d*|sha-2\s+\d+)\s+" + _WORD,
    r"\bsnmp-server\s+user\b.*?\bpriv\s+(?:des|3des|aes)\s+(?:\d+\s+)?" + _WORD,
    r"\b(?:standby|vrrp|glbp)\s+(?:\d+\s+)?authentication\s+(?:text\s+|md5\s+key-string\s+(?:\d\s+)?)?(?!md5\b|text\b)"
    + _WORD,
    r"\bip\s+ospf\s+authentication-key\s+" + _TYPE + _WORD,
    r"\bmessage-digest-key\s+\d+\s+md5\s+" + _TYPE + _WORD,
    r"\bauthentication-key\s+\d+\s+(?:md5|sha1|hmac\S*|cmac\S*)\s+" + _WORD,
    r"\bneighbor\s+\S+\s+password\s+" + _TYPE + _WORD,
    r"\b(?:ospfv3|area\s+\S+)\s+(?:authentication|encryption)\s+ipsec\s+spi\s+\d+\s+.*?(?P<secret>[0-9A-Fa-f]{16,})\s*$",
    r"\bip\s+nhrp\s+authentication\s+" + _WORD,
    r"\b(?:isis|area|domain)[- ]password\s+" + _TYPE + _WORD,
    r"\bwpa-psk\s+(?:ascii|hex)\s+" + _TYPE + _WORD,
    r"\bencryption\s+key\s+\d+\s+size\s+\S+\s+" + _TYPE + _WORD,
    r"\b(?:ftp|scp|http|https|sftp|rcp)://[^\s:/@]+:(?P<secret>[^\s@]+)@",
    r"\bauthentication\s+(?:mode\s+md5\s+key|text|password)\s+" + _TYPE + _WORD,
    r"\bset\s+session-key\s+(?:inbound|outbound)\s+.*?\s(?P<secret>[0-9A-Fa-f]{8,})\s*$",
    r"\bset\s+session-key\s+.*?\b(?:cipher|authenticator)\s+" + _WORD,
    r"\brevocation\s+password\s+" + _WORD,
    r"\$(?:1|5|6|8|9|14)\$(?P<secret>[./0-9A-Za-z]+\$[./0-9A-Za-z]+)",
    r"\bsdi-key\s+" + _WORD,
    # The general forms last: they would take a word for the secret that belongs to a longer form.
    # enable secret 5 X, username U password 7 X, key-string 7 X, server-key 7 X, secret 0 X
    r"(?<![\w-])(?:secret|password|passwd|passphrase|key-string|server-key|authentication-key|auth-key|shared-secret|pac\s+key"
    r"|shared-key|key-hash|hash-key|psk|nas-key|cak|cookie-secret)\s+" + _HOW + _WORD,
    r"(?<![\w-])(?:secret|password|key|key-string|server-key)\s+\d{1,2}\s+" + _WORD,
    r"^\s*(?:key|password)\s+(?!chain\b|\d{1,10}\s*$|config-key\b|generate\b|pubkey\b)" + _WORD + r"\s*$",
)

#: Patterns whose group ``secret`` is masked in every quotation.
SECRETS: Final[tuple[re.Pattern[str], ...]] = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS)
