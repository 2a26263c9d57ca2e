"""The rendered reports of the examples: the command line writes the same bytes, and no secret is in them."""

import re
from pathlib import Path

import pytest

from segaudit.cli import main
from tests import render_reports

#: What stands behind these words in the examples is a secret (a password, its hash, a key, a community).
SECRET = re.compile(
    r"(?:<(?:phash|bind-password|key|secret|password|authpwd|privpwd)>"
    r"|(?:set (?:password|passwd|psksecret|secret|ppk-secret|auth-pwd|priv-pwd|private-key|passphrase|key)"
    r"|enable (?:secret|password)(?: \d+)?|(?:username|user) \S+ .*?(?:secret|password)(?: \d+)?|passwd"
    r"|pre-shared-key|key(?:-string)? (?:\d )?|ikev\d (?:local|remote)-authentication pre-shared-key"
    r"|snmp-server (?:community|host .* community)|(?:tacacs|radius)-server key(?: \d+)?|ldap-login-password)"
    r" +(?:ENC +)?\"?)([^\s\"<]{6,})",
    re.IGNORECASE,
)


@pytest.mark.slow
def test_the_command_line_writes_the_same_bytes(tmp_path: Path) -> None:
    folder = render_reports.EXAMPLES / "nagoya-branch"
    wanted = {file.name: text for file, text in render_reports.rendered(folder)}
    for language in ("en", "ja"):
        files = {name: reporter for name, (reporter, said) in render_reports.FILES.items() if said == language}
        formats = [part for name, reporter in files.items() for part in ("-f", f"{reporter}={tmp_path / name}")]
        day = render_reports.AS_OF.isoformat()
        main(["audit", str(folder), "--as-of", day, "--lang", language, "--quiet", *formats])
    assert {name: (tmp_path / name).read_bytes() for name in wanted} == wanted


@pytest.mark.parametrize("folder", render_reports.examples(), ids=lambda path: path.name)
def test_no_secret_of_an_example_is_in_its_reports(folder: Path) -> None:
    inputs = [path for path in folder.iterdir() if path.suffix not in {".md", ".yaml", ".csv"}]
    secrets = {
        found[1]
        for path in inputs
        for found in SECRET.finditer(path.read_bytes().decode("utf-8", errors="replace"))
        if not found[1].startswith(("encrypted", "disable", "enable"))
    }
    assert secrets or folder.name == "nagoya-branch", "the pattern finds what the example hides"
    for file, text in render_reports.rendered(folder):
        said = text.decode()
        assert not [secret for secret in secrets if secret in said], file.name


def test_a_report_that_differs_is_seen(tmp_path: Path) -> None:
    file = render_reports.REPORTS / "README.md"
    assert render_reports.difference(file, file.read_bytes()) == ""
    assert render_reports.difference(file, b"# Rendered reports\n\nother\n").endswith("differs from line 3 on")
    assert render_reports.difference(render_reports.REPORTS / "none.txt", b"").endswith("is missing")
