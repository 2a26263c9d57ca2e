"""Patterns of what must not be quoted: hashes, passwords, pre-shared keys, communities, keys, URLs with passwords.

In both forms: ``… encrypted-password "…";`` and ``set … encrypted-password "…"``.
"""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = (
    r"(?:encrypted-password|plain-text-password(?:-value)?|password|secret|simple-password|authentication-key|shared-secret|"
    r"pre-shared-key|ascii-text|hexadecimal|hex(?:adecimal)?-key|passphrase|privacy-password|authentication-password|"
    r"authentication-key-value|privacy-key|ssh-(?:rsa|dsa|ecdsa|ed25519)|md5|value|key|community|trap-community|chap-secret|"
    r"default-chap-secret|local-password|pap-password|firewall-user-password|ppp-password|hello-authentication-key|"
    r"license-key|token|api-key|client-secret|auth-key|bind-password|access-key|pin|vapid-key|wpa-passphrase)"
)
_WORDS: Final = re.compile(
    rf"""(?:^|[\s"]){_NAMES}(?:\s+{_NAMES})*\s+(?!(?:\{{|\[)\s*$)(?P<secret>"(?:[^"\\]|\\.)*"?|[^\s;{{]+)""",
    re.IGNORECASE,
)
#: MD5 keys of OSPF carry a number: ``md5 1 key "…"`` is caught by ``key``. What Junos marks itself:
_MARKED: Final = re.compile(r"(?P<secret>\S+?);?\s*##\s*SECRET-DATA")
#: Hashes and what the device encrypts, wherever they stand.
_HASHES: Final = re.compile(r"(?P<secret>\$[156789y]\$[^\s;\"']{4,})")
_URLS: Final = re.compile(r"[a-z+]+://[^\s:/@\"]+:(?P<secret>[^\s@\"]+)@")
_PEM: Final = re.compile(r"(?P<secret>-----BEGIN [A-Z ]+-----.*)$")
#: A key on a line of its own.
_KEYS: Final = re.compile(r"(?P<secret>(?:ssh-(?:rsa|dss|ed25519)|ecdsa-\S+) [A-Za-z0-9+/=]{20,}[^\"]*)")

SECRETS: Final = (_WORDS, _MARKED, _HASHES, _URLS, _PEM, _KEYS)
