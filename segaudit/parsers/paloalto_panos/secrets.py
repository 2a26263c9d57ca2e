"""Patterns of what must not be quoted: hashes, passwords, pre-shared keys, communities, private keys, tokens.

Each in all three forms: ``<phash>…</phash>``, ``set … phash …`` and ``phash …;``. Key material that goes on over lines
is hidden by the ledger.
"""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = (
    r"(?:[\w-]*(?:password|passwd|passphrase|phash|pwd|secret|community(?:-string)?|authpwd|privpwd|preshared|pre-shared)[\w-]*"
    r"|(?:private|public|auth|api|enc|encryption|authentication|license|activation|integration|secret|shared|bind|ssh|cookie|"
    r"agent|master|seed|sp|client|access|device-registration-auth|vm-auth)[-_]?(?:key|pin|token|code)(?:[-_](?:id|value|string))?"
    r"|key|token|pin|hash-key|authkey|privkey|user-password|agent-user-override-key|authcode)"
)
_ELEMENT: Final = re.compile(rf"<{_NAMES}(?:\s[^>]*)?>(?P<secret>[^<]+)", re.IGNORECASE)
#: An element that is cut off, or goes on over lines.
_WORDS: Final = re.compile(
    rf"""(?:^|[\s"'])"?{_NAMES}"?(?:\s+{_NAMES})*\s+(?!(?:\{{|\[)\s*$)(?P<secret>"[^"]*"?|'[^']*'?|[^\s;{{]+)""",
    re.IGNORECASE,
)
#: What the firmware stores hashed or encrypted, wherever it stands.
_HASHES: Final = re.compile(r"(?P<secret>\$[156y]\$[^\s<;\"']{8,})")
_ENCRYPTED: Final = re.compile(r"(?P<secret>-AQ==[A-Za-z0-9+/=]{12,})")
_PEM: Final = re.compile(r"(?P<secret>-----BEGIN [A-Z ]+-----.*)$")

SECRETS: Final = (_ELEMENT, _WORDS, _HASHES, _ENCRYPTED, _PEM)
