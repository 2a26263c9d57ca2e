"""Administration at an address that the config does not show: proven by a packet that `trace` judges alike."""

from pathlib import Path

import pytest

from segaudit.model import Certainty
from segaudit.pipeline.collect import Selection
from segaudit.pipeline.facts import load_site
from segaudit.pipeline.read import read
from tests.proofs.inputs import Case, audited
from tests.proofs.replay import Replay
from tests.proofs.test_witnesses import findings

CHECK = "management-from-internet"

ASA = """ASA Version 9.12(4)
hostname gw
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address dhcp setroute
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 192.168.1.1 255.255.255.0
ssh 0.0.0.0 0.0.0.0 outside
"""
IOS = """version 15.7
hostname gw
interface GigabitEthernet0/1
 ip address 192.168.42.1 255.255.255.0
 ip nat inside
interface Dialer1
 ip address negotiated
 ip access-group OUTSIDE in
 ip nat outside
ip nat inside source list 10 interface Dialer1 overload
access-list 10 permit 192.168.42.0 0.0.0.255
ip route 0.0.0.0 0.0.0.0 Dialer1
ip access-list extended OUTSIDE
 permit tcp any any eq 22
username admin secret 9 $9$aaaaaaaaaaaaaa$bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
line vty 0 4
 login local
 transport input ssh
"""
FORTIOS = """#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin
config system global
    set hostname "gw"
end
config system interface
    edit "wan1"
        set vdom "root"
        set mode pppoe
        set allowaccess ssh
        set role wan
    next
    edit "lan"
        set vdom "root"
        set ip 192.168.10.1 255.255.255.0
    next
end
"""


@pytest.mark.parametrize("text", [ASA, IOS, FORTIOS], ids=["asa", "ios", "fortios"])
def test_an_assigned_address_is_an_address(text: str, tmp_path: Path) -> None:
    (tmp_path / "gw.cfg").write_text(text, encoding="utf-8")
    case = Case("gw", read(Selection(paths=(str(tmp_path),)), jobs=1, debug=True), load_site((str(tmp_path),), None))
    report = audited(case)
    (one,) = [f for f in report.findings if f.check == CHECK]
    assert one.certainty == Certainty.CONFIRMED, one.certainty_reasons
    assert any("stands for the address of" in str(note) for note in one.notes)
    (as_json,) = [f for f in findings(report) if f["check"] == CHECK]
    assert as_json["witness"]["sent"]["dst_ip"] == "203.0.113.1"
    assert not list(Replay(case).problems(as_json))
