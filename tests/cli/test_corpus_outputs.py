"""Every verb and reporter on real configurations: no defect, and no secret of theirs in any output.

What a secret is, is said here a second time and without the parsers' patterns: by the words that stand before one in
any of the formats. A value that the same file also uses where no secret is (``cisco``, an interface's name) is left out.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from segaudit.pipeline.discover import reporters
from segaudit.syntax.decode import decode
from tests.cli.conftest import Segaudit
from tests.conftest import ROOT
from tests.material import SHARED, needs_shared, shared_files
from tests.scale import SOAK

FOLDERS = ("fortios", "cisco_asa", "cisco_ios", "iptables_save", "yamaha_rtx", "panos_xml", "panos_set")
EXAMPLES = sorted(path for path in (ROOT / "examples" / "configs").glob("*") if path.is_dir())

#: Words that stand before a secret, with what may stand between.
BEFORE = re.compile(
    r"""(?xi) (?: \b(?:password|passwd|passphrase|secret|psksecret|psk|pre-shared-key|preshared-key|key-string|auth\ (?:md5|sha)
        |shared-secret|auth-password|priv-password|auth-pwd|priv-pwd|auth-key|snmp-server\ community|isakmp\ key|server\ key|server-key
        |tacacs-server.*\ key|radius-server.*\ key|authentication-key\ \d+|message-digest-key\ \d+\ md5|ldap-login-password
        |failover\ key|wpa-psk(?:\ ascii|\ hex)?|hmac-key|private-key|sae-password|login-password)
      )
      (?:[ ](?:0|5|6|7|8|9|ENC|encrypted|nt-encrypted|ascii|hex|hexadecimal|local|remote|level|read|write|md5|sha|localized
        |unencrypted|cipher|pbkdf2|priority\ \d+|local-authentication|remote-authentication|pre-shared-key))*
      [ ] (?P<value>"[^"]+"|\S+)"""
)
#: Values that hide nothing.
HARMLESS = re.compile(
    r"(?i)[\"'<*{\[(]*(?:encrypted|removed|redacted|masked|hidden|secret|password|disable|enable|none|null|key|any|auto|policy|ascii"
    r"|min-length|minimum.*|required|expiration|prompt|storage|recovery|encryption|hash|config-key|chain|rotate|host|version|[\d.]+"
    r"|ro|rw|authentication|exit|all|list|string|type|group|lifetime|retry.*|management|history|strength.*|attribute.*|ip|port|level)"
    r"[\"'>*}\])]*|[*x.<>\"]+|.{0,4}"
)


def secrets(text: str) -> Iterator[str]:
    """The values in ``text`` that stand where secrets do, and nowhere else."""
    found: set[str] = set()
    other: list[str] = []
    for line in text.splitlines():
        values = [one["value"].strip("\"'") for one in BEFORE.finditer(line)]
        found |= {value for value in values if not HARMLESS.fullmatch(value)}
        if not values:
            other.append(line)
    elsewhere = "\n".join(other)
    yield from (value for value in sorted(found) if value not in elsewhere)


def key_lines(text: str) -> list[str]:
    """Lines of key material: within PEM blocks, and rows of hexadecimal words as certificates have them."""
    blocks = re.findall(r"-----BEGIN [^-]*PRIVATE KEY-----(.*?)-----END", text, re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if len(line.strip()) >= 40]


def test_secrets_are_seen() -> None:
    text = """enable password 8Ry2YjIyt7RRXU24 encrypted
username ops password 7 070C285F4D06485744 privilege 15
snmp-server community kouritsu ro
 pre-shared-key remote Ikea-7788
        set psksecret ENC bm90IGEgcmVhbCBzZWNyZXQ=
interface kouritsu-lan
service password-encryption
"""
    assert set(secrets(text)) == {
        "8Ry2YjIyt7RRXU24",
        "070C285F4D06485744",
        "Ikea-7788",
        "bm90IGEgcmVhbCBzZWNyZXQ=",
    }


def outputs(segaudit: Segaudit, path: Path, out: Path) -> Iterator[tuple[str, str]]:
    """Everything that segaudit says of ``path``, with the verb or reporter that said it."""
    names = [name for name, reporter in reporters().items() if not reporter.binary]
    formats = [part for name in names for part in ("-f", f"{name}={out / name}")]
    ran = segaudit("audit", path, "-v", *formats, "--as-of", "2026-11-23")
    assert ran.status in (0, 1, 3), ran.err
    assert "defect" not in ran.err, ran.err
    yield "audit", ran.out + ran.err
    for name in names:
        yield name, (out / name).read_text(encoding="utf-8")
    for what in ("ledger", "rules", "devices", "zones", "matrix"):
        for output in ("text", "json"):
            shown = segaudit("show", what, path, "-v", "-f", output)
            assert shown.status in (0, 3), shown.err
            assert "defect" not in shown.err, shown.err
            yield f"show {what} {output}", shown.out + shown.err
    yield "init", segaudit("init", path).out


def check(segaudit: Segaudit, path: Path, out: Path) -> None:
    files = [path] if path.is_file() else [one for one in sorted(path.iterdir()) if one.suffix not in {".md", ".csv"}]
    texts = ["\n".join(decode(one.read_bytes()).lines) for one in files]
    hidden = {value for text in texts for value in (*secrets(text), *key_lines(text))}
    for name, text in outputs(segaudit, path, out):
        shown = [value for value in hidden if value in text]
        # The values themselves stay out of the test's own output.
        assert not shown, f"{name} shows {len(shown)} secrets of {path.name}"


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_examples(segaudit: Segaudit, path: Path, tmp_path: Path) -> None:
    check(segaudit, path, tmp_path)


def sampled(folder: str) -> list[Path]:
    """All files in the soak; else a few that are quickly judged."""
    paths = shared_files(f"corpus/{folder}")
    if SOAK:
        return paths
    small = [path for path in paths if path.stat().st_size < 40_000]
    return sorted(random.Random(folder).sample(small, min(4, len(small))))


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [path for folder in FOLDERS for path in sampled(folder)], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_corpus(segaudit: Segaudit, path: Path, tmp_path: Path) -> None:
    assert SHARED is not None
    check(segaudit, path, tmp_path)
