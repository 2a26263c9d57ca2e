"""Patterns of what must not be quoted: passwords, hashes, pre-shared keys, communities, keys and tokens.

Communities of SNMP stand in ``set name`` of a section that a pattern for a line cannot see; the ledger hides those
lines, and those of keys and certificates.
"""

from __future__ import annotations

import re
from typing import Final

#: A setting whose name says that its value is a secret. ``passwd-time`` and the like are masked with them: better so.
_NAMED = re.compile(
    r"""^\s*(?:set|append|select)\s+
    "?[\w+-]*(?:pass(?:wd|word|phrase|code)|passwd|psk|secret|pwd|-pass\b|
      (?:^|\b|-)(?:auth|api|access|private|secondary|tertiary|pre-?shared|wep|wpa|sae|enc|encryption|rsa|ssh|md5|ddns|
      authentication|crypto|shared|license|activation|product|host|master|app)-?key(?!-id|-type|-algo)|
      token|seed|community|credential|authkey|enckey|keystring|key-string|key-inbound|key-outbound|auth-code|pin\b|
      ddns-auth|sso-cookie)[\w+-]*"?
    \s+(?P<secret>.+)$""",
    re.VERBOSE | re.IGNORECASE,
)
#: ``set key …`` of HA, TACACS+, NTP, routing and Wi-Fi.
_KEY = re.compile(r"^\s*set\s+(?:key|key1|md5-key|keys|md5-keychain|wepkey)\s+(?P<secret>.+)$", re.IGNORECASE)
#: Whatever the firmware stored encrypted or hashed, wherever it stands.
_STORED = re.compile(r"\b(?:ENC|SH2|AK1)\s+(?P<secret>[^\s\"]+)")
_HASHES = re.compile(r"(?P<secret>(?<![A-Za-z0-9])(?:SH2|AK1|PB2)[A-Za-z0-9+/=]{20,})")
_PUBLIC_KEY = re.compile(r"^\s*set\s+ssh-public-key\d\s+(?P<secret>.+)$")
_PEM = re.compile(r"(?P<secret>-----BEGIN [A-Z ]+-----.*)$")

SECRETS: Final = (_NAMED, _KEY, _STORED, _HASHES, _PUBLIC_KEY, _PEM)
