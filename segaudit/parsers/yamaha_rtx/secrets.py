"""Where secrets stand in a configuration, whatever the statement; also in statements that are not modelled."""

from __future__ import annotations

import re
from typing import Final

#: The rest of the line: keys may have blanks, and an account's second password stands behind the first.
_REST: Final = r"(?P<secret>\S.*?)\s*$"
_WORD: Final = r"(?P<secret>\"[^\"]*\"|\S+)"

_PATTERNS: Final = (
    r"\b(?:login|administrator)\s+password\s+(?:encrypted\s+)?" + _REST,
    r"\blogin\s+user\s+\S+\s+(?:encrypted\s+)?" + _REST,
    r"\b(?:pp|wan\d)\s+auth\s+(?:user)?(?:name|myname)\s+\S+\s+" + _REST,
    r"\bauth\s+user\s+\d+\s+\S+\s+" + _REST,
    r"\bpre-shared-key\s+(?:\d+\s+)?(?:text\s+)?" + _REST,
    r"\bike\s+(?:eap|xauth)\s+myname\s+\d+\s+\S+\s+" + _REST,
    r"\bl2tp\s+tunnel\s+auth\s+(?:on|off)\s+" + _REST,
    r"\bradius\s+secret\s+" + _REST,
    r"\bngn\s+radius\s+(?:auth|account)\s+(?:password\s+)?" + _REST,
    r"\bsnmp(?:v2c)?\s+community\s+(?:read-only|read-write)\s+" + _REST,
    r"\bsnmp(?:v2c)?\s+trap\s+community\s+" + _REST,
    r"\bsnmp(?:v2c)?\s+host\s+\S+\s+" + _REST,
    r"\bsnmp(?:v2c)?\s+trap\s+host\s+\S+\s+(?:(?:trap|inform)\s+)?" + _REST,
    r"\bsnmpv3\s+usm\s+user\s+\d+\s+\S+\s+(?:group\s+\d+\s+)?" + _REST,
    r"\brip\s+auth\s+key\s+(?:text\s+)?" + _REST,
    r"\bhost\s+key\s+generate\s+" + _REST,
    r"\bpki\s+certificate\s+file\s+\d+\s+\S+\s+\S+\s+" + _REST,
    r"\bmail\s+server\s+(?:smtp|pop)\s+\d+\s+\S+\s+" + _REST,
    r"\bcustom-gui\s+api\s+password\s+" + _REST,
    r"\bsip\s+server\s+\d+\s+\S+\s+\S+\s+(?:\S+\s+)?sips?:\S+\s+" + _REST,
    r"\bheartbeat2\s+(?:transmit|receive)\s+\d+\s+" + _REST,
    r"\bhb46pp\s+auth\s+myname\s+\S+\s+" + _REST,
    r"\bmobile\s+pin\s+code\s+\S+\s+" + _REST,
    r"\byno\s+(?:access\s+code\s+\S+|access-code|zero-config\s+id\s+text)\s+" + _REST,
    r"\bcloud\s+vpn\s+parameter\s+\d+\s+" + _REST,
    r"\bexternal-database\s+id\s+\S+\s+" + _REST,
    r"\b(?:ex-license|license-key)\s+(?:password\s+|\d+\s+)?" + _REST,
    r"\bvrx\s+user\s+\S+\s+password\s+" + _REST,
    # Scripts keep one-time keys in variables.
    r"^\s*set\s+\w+\s*=\s*" + _REST,
    r"\b(?:external-memory|usbhost)\s+(?:config|syslog|statistics)\s+filename\s+\S.*?\s(?:aes\d+|3des|des)\s+" + _WORD,
    r"\bsyslog\s+file\s+crypto\s+" + _REST,
    r"\b(?:auth|authkey|md5key|password|passphrase|secret|psk)=" + _WORD,
    r"\bmd5key=\d+,(?P<secret>\S+)",
    r"(?<![\w-])(?:password|passwd|passphrase|secret)\s+(?!encrypted\b)" + _WORD,
)

#: Patterns whose group ``secret`` is masked in every quotation.
SECRETS: Final[tuple[re.Pattern[str], ...]] = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS)
