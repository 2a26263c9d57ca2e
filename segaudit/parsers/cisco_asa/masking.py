"""Patterns of what must never be shown: passwords, hashes, keys, communities, in any statement of the format."""

from __future__ import annotations

import re
from typing import Final

#: The group ``secret`` of each is masked. They are generous: a word too many that is hidden does no harm.
SECRETS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # enable password X, passwd X, username u password X, vpdn username u password X, ldap-login-password X
        (
            r"(?:^|[\s-])(?:password|passwd|passphrase|secret)\s+(?:[0-9]\s+)?(?P<secret>\S.*?)"
            r"(?=\s+(?:encrypted|nt-encrypted|mschap|pbkdf2|privilege|level|store-local)\b|\s*$)"
        ),
        # key X, pre-shared-key X, failover key X, message-digest-key 1 md5 X, authentication-key 1 md5 X
        (
            r"(?:^|[\s-])(?:key|pre-shared-key|authentication-key|message-digest-key|radius-common-pw|shared-secret|"
            r"policy-server-secret|token|idtoken)\s+(?:\d+\s+)?(?:md5\s+|sha\S*\s+|hex\s+|ascii\s+|encrypted\s+)?"
            r"(?!(?:eigrp|generate|zeroize|config-key|chain|exchange|modulus|rsa|ec|dsa)\b)(?P<secret>\S+)"
        ),
        r"\bcommunity\s+(?:[08]\s+)?(?P<secret>\S+)",
        # snmp-server user u g v3 encrypted auth sha X priv aes 128 Y
        r"\bauth\s+(?:md5|sha\S*)\s+(?P<secret>\S+)",
        r"\bpriv\s+(?:des|3des|aes(?:\s+\d+)?)\s+(?P<secret>\S+)",
        # aaa-server RADIUS (inside) host 10.1.1.5 X timeout 5
        r"^\s*aaa-server\s+\S+\s+\(\S+\)\s+host\s+\S+\s+(?!timeout\b)(?P<secret>\S+)",
        # isakmp key X address …, crypto isakmp key X …, vpngroup g password X
        r"\bisakmp\s+key\s+(?P<secret>\S+)",
        # set session-key inbound esp 256 cipher X authenticator Y
        r"\bset\s+session-key\s.*?\bcipher\s+(?P<secret>\S+)",
        r"\bset\s+session-key\s.*?\bauthenticator\s+(?P<secret>\S+)",
        r"\bset\s+session-key\s+(?:inbound|outbound)\s+ah\s+\S+\s+(?P<secret>\S+)",
        r"\bkey\s+eigrp\s+\d+\s+(?P<secret>\S+)",
        r"\bneighbor\s+\S+\s+password\s+(?P<secret>\S.*)",
        r"\bppp\s+(?:chap|pap)\s+\S+\s+(?P<secret>\S+)",
        r"^\s*(?:http|url-server|smtp)\b.*\bpassword\s+(?P<secret>\S+)",
        r"\bhash\s+(?P<secret>[0-9a-fA-F]{16,})",
        r"^\s*Cryptochecksum:(?P<secret>\S+)",
    )
)
