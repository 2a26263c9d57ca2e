"""Exports of the members of one cluster: one device, in step or not."""

from collections.abc import Iterable
from dataclasses import replace

from segaudit.model import Action, Device, InterfaceAddress, InterfaceKind, Rule, RuleSet, Span
from segaudit.pipeline.clusters import one_of_each_cluster
from tests.zones.networks import device, interface


def member(name: str, *, cluster: str = "ha", rule: Action = Action.PERMIT, management: str = "10.0.0.1/24") -> Device:
    span = Span(path=f"{name}.conf", first_line=3, last_line=3)
    its = (interface("lan", "192.168.1.1/24"), interface("mgmt", management, kind=InterfaceKind.MANAGEMENT))
    made = device(name, *its, path=f"{name}.conf", cluster=cluster)
    rules = (Rule(id="1", position=1, action=rule, span=span),)
    return replace(made, rule_sets=(RuleSet(name="policy", rules=rules),))


def second(text: str) -> InterfaceAddress:
    return replace(interface("x", text).addresses[0], secondary=True)


def names(found: Iterable[Device]) -> list[str]:
    return [one.name for one in found]


def test_two_members_are_one_device() -> None:
    found, left_out = one_of_each_cluster([member("fw-b", management="10.0.0.2/24"), member("fw-a")])
    assert names(found) == ["fw-a"]
    assert left_out == {"fw-b": "fw-a"}
    (notice,) = found[0].notices
    assert "same configuration" in str(notice.message)
    assert not notice.bears_on_access
    assert notice.span.path == "fw-b.conf"


def test_an_address_for_administrators_of_each_member_tells_nothing() -> None:
    found, left_out = one_of_each_cluster(
        [
            replace(one, interfaces=(*one.interfaces, replace(wan, addresses=(*wan.addresses, own))))
            for one, wan, own in (
                (member("fw-a"), interface("wan", "203.0.113.2/29"), second("203.0.113.3/29")),
                (member("fw-b"), interface("wan", "203.0.113.2/29"), second("203.0.113.4/29")),
            )
        ]
    )
    assert names(found) == ["fw-a"]
    assert left_out == {"fw-b": "fw-a"}


def test_members_out_of_step_are_told() -> None:
    found, _ = one_of_each_cluster([member("fw-a"), member("fw-b", rule=Action.DENY)])
    (notice,) = found[0].notices
    assert notice.bears_on_access
    assert "not in step" in str(notice.message)
    assert "rules" in str(notice.message)


def test_equal_addresses_alone_are_no_cluster() -> None:
    found, left_out = one_of_each_cluster([member("branch-1", cluster=""), member("branch-2", cluster="")])
    assert names(found) == ["branch-1", "branch-2"]
    assert left_out == {}


def test_an_equal_cluster_name_at_another_place_is_another_cluster() -> None:
    other = replace(member("fw-x"), interfaces=(interface("lan", "192.168.2.1/24"),))
    found, _ = one_of_each_cluster([member("fw-a"), other])
    assert names(found) == ["fw-a", "fw-x"]
