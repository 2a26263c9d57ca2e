"""Scripts that are pushed to a device: lines that take back or clear what stands above them."""

import pytest

from segaudit.model import AddressUnion, LineState, host
from tests.parsers.cisco_asa.reading import in_list, read


def test_an_entry_is_taken_back() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        access-list X extended permit tcp any any eq 22
        access-list X extended permit tcp any any eq 23
        no access-list X extended permit tcp any any eq 23
        """
    )
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 22") == "permit"
    assert in_list(made, "X", "tcp 192.0.2.1 192.0.2.2 23") == "deny"
    assert made.state("access-list X extended permit tcp any any eq 23") is LineState.IRRELEVANT
    assert made.reason("access-list X extended permit tcp any any eq 23") == "taken back by line 4"
    assert made.state("no access-list") is LineState.MODELLED


@pytest.mark.parametrize(
    "line", ["clear configure access-list X", "clear config access-list X", "clear access-list X", "no access-list X"]
)
def test_a_list_is_cleared_and_written_anew(line: str) -> None:
    made = read(f"access-list X permit ip any any\n{line}\naccess-list X permit tcp any host 192.0.2.2 eq 22\n")
    rule_set = made.device.rule_set("X")
    assert rule_set is not None
    assert len(rule_set.rules) == 1
    assert made.not_understood == []


def test_clearing_all_lists() -> None:
    made = read("access-list X permit ip any any\naccess-list Y permit ip any any\nclear configure access-list\n")
    assert made.device.rule_sets == ()


def test_a_list_that_is_cleared_is_unbound() -> None:
    """ "clear configure access-list automatically unbinds an access list from … an interface" (command reference)."""
    text = (
        "ASA Version 9.1(1)\n"
        "interface GigabitEthernet0/0\n nameif inside\n security-level 100\n ip address 10.0.0.1 255.255.255.0\n"
        "access-list X extended permit ip any any\naccess-group X in interface inside\n"
        "{}access-list X extended deny ip any any\n"
    )
    bound = read(text.format("")).device.attachments
    assert any(a.rule_sets == ("X",) for a in bound)
    made = read(text.format("clear configure access-list X\n"))
    assert not any(a.rule_sets == ("X",) for a in made.device.attachments)
    assert made.state("access-group X") is LineState.IRRELEVANT


def test_a_binding_is_taken_back() -> None:
    made = read(
        "ASA Version 9.1(1)\ninterface G0\n nameif inside\n"
        "access-list X extended permit ip any any\naccess-group X in interface inside\n"
        "no access-group X in interface inside\n"
    )
    assert not any(a.rule_sets == ("X",) for a in made.device.attachments)


def test_members_of_groups_are_taken_back() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        object-group network G
         network-object host 192.0.2.1
         network-object host 192.0.2.2
        object-group network G
         no network-object host 192.0.2.1
        access-list X extended permit ip object-group G any
        """
    )
    assert in_list(made, "X", "tcp 192.0.2.1 198.51.100.1 22") == "deny"
    assert in_list(made, "X", "tcp 192.0.2.2 198.51.100.1 22") == "permit"


def test_objects_routes_and_lines_of_management_are_taken_back() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        interface G0
         nameif inside
         security-level 100
         ip address 10.0.0.1 255.255.255.0
        route inside 192.0.2.0 255.255.255.0 10.0.0.9
        no route inside 192.0.2.0 255.255.255.0 10.0.0.9
        ssh 10.0.0.0 255.255.255.0 inside
        no ssh 10.0.0.0 255.255.255.0 inside
        object network A
         host 192.0.2.1
        no object network A
        """
    )
    assert made.device.routes == ()
    assert [service.kind for service in made.device.local_services] == ["ping"]
    assert "A" not in made.device.addresses
    assert made.not_understood == []


def test_clear_configure_of_other_families() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        interface G0
         nameif inside
        icmp deny any inside
        telnet 10.0.0.0 255.0.0.0 inside
        object network A
         host 192.0.2.1
        clear config icmp
        clear config telnet
        clear config object
        clear xlate
        clear counters
        """
    )
    assert [service.kind for service in made.device.local_services] == ["ping"]
    assert dict(made.device.addresses) == {}
    assert made.state("clear xlate") is LineState.IRRELEVANT
    assert made.state("clear config icmp") is LineState.MODELLED


def test_session_commands_are_no_configuration() -> None:
    made = read("configure terminal\nobject network A\n host 192.0.2.1\nexit\nend\nwrite memory\n")
    assert made.not_understood == []
    assert made.state("write memory") is LineState.IRRELEVANT
    assert "A" in made.device.addresses


def test_a_paste_without_indentation() -> None:
    made = read(
        """
        ASA Version 9.1(1)
        interface GigabitEthernet0/0
        nameif outside
        security-level 0
        ip address 203.0.113.2 255.255.255.0
        no shutdown
        object network WEB
        host 10.0.0.80
        nat (inside,outside) static 203.0.113.80
        object-group service S tcp
        port-object eq https
        group-policy P attributes
        vpn-filter value F
        nat (inside,outside) source dynamic any interface
        """
    )
    assert made.not_understood == []
    (interface,) = made.device.interfaces
    assert (interface.name, str(interface.addresses[0].prefix)) == ("outside", "203.0.113.0/24")
    assert [r.id for r in made.rules("nat source")] == ["manual 1", "auto 1"]


def test_comments_inside_a_block_do_not_end_it() -> None:
    made = read("object-group network G\n network-object host 192.0.2.1\n!\n! a note\n network-object host 192.0.2.2\n")
    assert made.device.addresses["G"].value == AddressUnion((host("192.0.2.1"), host("192.0.2.2")))
