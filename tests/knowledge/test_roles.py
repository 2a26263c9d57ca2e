from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.knowledge.roles import (
    NamePlace,
    Role,
    RoleVote,
    decide_role,
    load_roles,
    name_pieces,
    normal_romaji,
    normal_text,
    role_votes_for_name,
)
from segaudit.knowledge.shipped import load_shipped
from segaudit.model.device import HostSign

VOCABULARY = load_roles()
DATA = cast("Mapping[str, list[Mapping[str, object]]]", load_shipped("roles.yaml"))
WORDS = [
    (str(item["role"]), str(token))
    for item in DATA["words"]
    for key in ("en", "romaji", "ja")
    for token in cast("list[str]", item.get(key, []))
]
AMBIGUOUS = [str(token) for item in DATA["ambiguous"] for token in cast("list[str]", item["words"])]


def meant(text: str) -> str:
    """The one role that the clear words of a name mean, or ``?``."""
    votes = role_votes_for_name(text)
    roles = {vote.role for vote in votes if not vote.ambiguous}
    assert len(roles) <= 1
    return roles.pop().value if roles else "?"


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("GUEST-WIFI", "guest"),
        ("GuestWiFi", "guest"),
        ("guestwifi", "guest"),
        ("来客用WiFi", "guest"),
        ("フリーＷｉＦｉ", "guest"),
        ("BACKUP-SV", "backup"),
        ("WAN-BACKUP", "internet"),
        ("公開サーバ", "dmz"),
        ("公開サーバー", "dmz"),
        ("外部公開", "dmz"),
        ("EXT-DMZ", "dmz"),
        ("ＤＭＺ", "dmz"),
        ("DMZ1", "dmz"),
        ("publicdmz", "dmz"),
        ("非公開サーバ", "server"),
        ("開発サーバ", "dev"),
        ("SERVER-MGMT", "management"),
        ("管理LAN", "management"),
        ("運用管理", "management"),
        ("管理部", "terminal"),
        ("営業部", "terminal"),
        ("営業所", "branch"),
        ("ｻｰﾊﾞｰ", "server"),
        ("ｻｰﾊﾞｾｸﾞﾒﾝﾄ", "server"),
        ("ﾌﾟﾘﾝﾀｰ", "printer"),
        ("SV-SEG01", "server"),
        ("svlan", "server"),
        ("dbnet", "database"),
        ("userlan", "terminal"),
        ("PCs", "terminal"),
        ("無線LAN", "terminal"),
        ("koujou", "ot"),
        ("KOJO", "ot"),
        ("Kojyo-LAN", "ot"),
        ("koujounet", "ot"),
        ("seizo", "ot"),
        ("seizou2F", "ot"),
        ("Factory-OA", "ot"),
        ("factory-dmz", "ot-dmz"),
        ("production-line", "ot"),
        ("基幹系", "server"),
        ("監視カメラ", "iot"),
        ("VoIP", "voice"),
        ("IP電話", "voice"),
        ("IoT", "iot"),
        ("webcam", "iot"),
        ("l2tp", "vpn"),
        ("SSL-VPN", "vpn"),
        ("vpn-users", "vpn"),
        ("インターネットVPN", "branch"),
        ("wan1", "internet"),
        ("untrust", "internet"),
        ("globalprotect", "vpn"),
        ("dc01", "directory"),
        ("HA1", "ha-sync"),
        ("l3sw-link", "transit"),
        ("データセンター", "server"),
        ("ユーザー", "terminal"),
        ("toujitsu-torihikisaki", "partner"),
        ("kyouryoku", "partner"),
        ("kyoryoku", "partner"),
        ("shinbashi-jimusho", "terminal"),
        ("jimusyo", "terminal"),
    ],
)
def test_names_and_the_roles_they_mean(name: str, role: str) -> None:
    assert meant(name) == role


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ﾌﾙｻｲｽﾞ",
        "port1",
        "vlan10",
        "GigabitEthernet0/1",
        "ethernet1/2",
        "opt3",
        "オンライン資格確認",
        "プログラム",
        "復旧",
        "telnet",
        "office365",
        "アクセス制御",
        "addressbook",
        "🔥",
        "\x00",
    ],
)
def test_names_that_mean_nothing(name: str) -> None:
    assert role_votes_for_name(name) == ()


@pytest.mark.parametrize(("role", "token"), WORDS)
def test_every_word_of_the_vocabulary_is_found_and_votes_for_its_role(role: str, token: str) -> None:
    assert meant(token) == role
    assert meant(token.upper()) == role
    assert meant(f"192.0.2.1_{token}_x") in {role, meant(f"{token}_x")}


@pytest.mark.parametrize("token", AMBIGUOUS)
def test_a_word_with_several_meanings_never_decides_alone(token: str) -> None:
    votes = role_votes_for_name(token)
    assert votes
    assert all(vote.ambiguous for vote in votes)
    assert decide_role(votes).role is Role.UNKNOWN
    # Nor said twice, in two places, nor beside a word of its own kind.
    twice = [*votes, *role_votes_for_name(token, NamePlace.DESCRIPTION), *role_votes_for_name("inside vpn dc fa")]
    assert decide_role(twice).role is Role.UNKNOWN


def test_a_word_with_several_meanings_supports_another_sign() -> None:
    scope = VOCABULARY.evidence("dhcp-scope").vote()
    alone = decide_role([scope])
    assert alone.role is Role.TERMINAL
    assert alone.certainty < 0.85
    decision = decide_role([scope, *role_votes_for_name("LAN")])
    assert decision.role is Role.TERMINAL
    assert decision.certainty == pytest.approx(1 - 0.20 * 0.70)


def test_a_clear_name_with_a_dhcp_scope_is_certain_enough_to_confirm() -> None:
    decision = decide_role([VOCABULARY.evidence("dhcp-scope").vote(), *role_votes_for_name("office")])
    assert decision.role is Role.TERMINAL
    assert decision.certainty >= 0.85


def test_a_clear_name_is_not_overturned_by_a_dhcp_scope() -> None:
    for name, role in [("guest", Role.GUEST), ("voice", Role.VOICE), ("cctv", Role.IOT), ("開発", Role.DEV)]:
        votes = [VOCABULARY.evidence("dhcp-scope").vote(), *role_votes_for_name(name)]
        assert decide_role(votes).role is role


def test_two_roles_too_near_are_unknown() -> None:
    votes = [RoleVote(Role.SERVER, 0.70, "server"), RoleVote(Role.TERMINAL, 0.67, "pc")]
    decision = decide_role(votes)
    assert decision.role is Role.UNKNOWN
    assert [role for role, _ in decision.scores] == [Role.SERVER, Role.TERMINAL]
    assert decide_role([]).role is Role.UNKNOWN


def test_words_that_say_out_of_use_halve_the_vote() -> None:
    assert role_votes_for_name("旧サーバ")[0].weight == pytest.approx(0.35)
    assert decide_role(role_votes_for_name("tmp-server")).role is Role.UNKNOWN


def test_a_name_says_less_the_further_it_stands_from_the_segment() -> None:
    weights = [role_votes_for_name("server", place)[0].weight for place in NamePlace]
    assert weights == sorted(weights, reverse=True)
    assert role_votes_for_name("server", NamePlace.COMMENT)[0].weight == pytest.approx(0.28)


@pytest.mark.parametrize(
    ("spellings", "same"),
    [
        (("koujou", "kojo", "koojoo", "kojyo", "koujyou", "kozyo"), "kojo"),
        (("kyouyuu", "kyoyu"), "kyoyu"),
        (("kansi", "kanshi"), "kanshi"),
        (("eigyosyo", "eigyousho"), "eigyosho"),
        (("tenpo", "tempo"), "tenpo"),
        (("insatsu", "insatu"), "insatsu"),
        (("jinji", "zinzi"), "jinji"),
        (("butsuryuu", "buturyu"), "butsuryu"),
        (("kaihatsu", "kaihatu"), "kaihatsu"),
        (("shiten", "siten"), "shiten"),
    ],
)
def test_romaji_has_one_spelling(spellings: tuple[str, ...], same: str) -> None:
    assert {normal_romaji(word) for word in spellings} == {same}


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=12))
def test_the_one_spelling_of_romaji_is_stable_and_never_longer_than_half_as_much_again(word: str) -> None:
    once = normal_romaji(word)
    assert len(once) <= len(word) * 1.5 + 1


def test_names_are_split_into_words() -> None:
    assert name_pieces("SV-SEG01") == ("sv", "seg", "01")
    assert name_pieces("DMZWeb_Farm2") == ("dmz", "web", "farm", "2")
    assert name_pieces("ＤＭＺ公開web") == ("dmz", "web")
    assert name_pieces("") == ()


@given(st.text(max_size=40))
def test_any_text_is_answered_alike_in_half_and_full_width_and_any_place_of_it(text: str) -> None:
    votes = role_votes_for_name(text)
    assert votes == role_votes_for_name(normal_text(text))
    assert list(votes) == sorted(votes, key=lambda vote: (-vote.weight, vote.role, vote.token))
    assert all(0 < vote.weight < 1 for vote in votes)
    clear = {vote.role for vote in votes if not vote.ambiguous}
    assert len(clear) <= 1
    assert not (clear and any(vote.ambiguous for vote in votes))


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
def test_the_first_in_the_order_of_precedence_is_meant(words: list[tuple[str, str]]) -> None:
    order = VOCABULARY.precedence
    assert meant("、".join(token for _, token in words)) == min(
        (role for role, _ in words), key=lambda role: order.index(Role(role))
    )


@given(
    st.lists(
        st.builds(
            RoleVote,
            st.sampled_from(list(Role)),
            st.floats(0.01, 0.99),
            st.sampled_from(["a", "b", "c", "管理", "lan", "server"]),
        ),
        max_size=8,
    )
)
def test_a_decision_does_not_depend_on_the_order_of_votes_and_never_on_unclear_words_alone(
    votes: list[RoleVote],
) -> None:
    decision = decide_role(votes)
    assert decision == decide_role(votes[::-1])
    assert decision == decide_role([*votes, *votes])
    if decision.role is not Role.UNKNOWN:
        assert decision.certainty >= VOCABULARY.accept
        assert any(vote.role == decision.role and not vote.ambiguous for vote in votes)


def test_every_role_has_its_words_for_people_and_its_place() -> None:
    assert set(VOCABULARY.roles) == set(Role)
    assert set(VOCABULARY.precedence) == set(Role) - {Role.UNKNOWN}
    for info in VOCABULARY.roles.values():
        assert info.title
        assert info.title_ja
        assert 0 <= info.trust <= 5
        assert 0 <= info.value <= 5
    assert VOCABULARY.roles[Role.BACKUP].value == 5


def test_signs_of_the_configuration() -> None:
    assert VOCABULARY.evidence("default-route").vote() == (Role.INTERNET, 0.90, "default-route")
    ldap = VOCABULARY.host_evidence(HostSign.LDAP)
    assert ldap is not None
    assert ldap.role is Role.DIRECTORY
    assert VOCABULARY.host_evidence(HostSign.OBJECT) is None
    assert all(item.title and item.title_ja and 0 < item.weight < 1 for item in VOCABULARY.all_evidence)


@pytest.mark.parametrize(
    ("parser", "sign", "role"),
    [
        ("fortinet_fortios", "set role wan", Role.INTERNET),
        ("fortinet_fortios", "wan1", Role.INTERNET),
        ("fortinet_fortios", "ssl.root", Role.VPN),
        ("cisco_asa", "security-level 0", Role.INTERNET),
        ("cisco_asa", "OUTSIDE", Role.INTERNET),
        ("cisco_asa", "management-only", Role.MANAGEMENT),
        ("linux_iptables", "wg0", Role.VPN),
        ("paloalto_panos", "zone untrust-isp", Role.INTERNET),
        ("paloalto_panos", "zone l3-untrust", Role.INTERNET),
        ("paloalto_panos", "zone DMZ1", Role.DMZ),
        ("paloalto_panos", "zone GlobalProtect", Role.VPN),
        ("juniper_srx", "zone untrust", Role.INTERNET),
        ("juniper_srx", "zone dmz-web", Role.DMZ),
        ("juniper_srx", "fxp0.0", Role.MANAGEMENT),
        ("juniper_srx", "pp0.0", Role.INTERNET),
        ("yamaha_rtx", "pp1", Role.INTERNET),
        ("yamaha_rtx", "pp anonymous", Role.VPN),
        ("yamaha_rtx", "nat descriptor masquerade", Role.INTERNET),
    ],
)
def test_makers_own_words(parser: str, sign: str, role: Role) -> None:
    (vote,) = VOCABULARY.native_votes(parser, sign)
    assert vote.role is role
    assert not vote.ambiguous


def test_a_makers_default_never_settles_a_role() -> None:
    """An ASA's "inside" at level 100 is what most sites keep, whatever stands there."""
    votes = [
        *role_votes_for_name("inside"),
        *VOCABULARY.native_votes("cisco_asa", "inside"),
        *VOCABULARY.native_votes("cisco_asa", "security-level 100"),
        *VOCABULARY.native_votes("yamaha_rtx", "lan1"),
        *VOCABULARY.native_votes("paloalto_panos", "zone trust"),
        *VOCABULARY.native_votes("juniper_srx", "zone trust"),
    ]
    assert all(vote.ambiguous for vote in votes)
    assert decide_role(votes).role is Role.UNKNOWN
    scope = VOCABULARY.evidence("dhcp-scope").vote()
    assert decide_role([*votes, scope]).role is Role.TERMINAL


def test_makers_words_of_another_format_say_nothing() -> None:
    assert VOCABULARY.native_votes("cisco_asa", "ssl.root") == ()
    assert VOCABULARY.native_votes("nobody", "outside") == ()
