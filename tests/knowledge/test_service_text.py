from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaudit.knowledge.service_text import ServiceTextError, read_service, service_text
from segaudit.model.service import Service


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("tcp/443", Service(protocol=6, destination_ports=((443, 443),))),
        (" TCP/443 ", Service(protocol=6, destination_ports=((443, 443),))),
        ("udp/8000-8100", Service(protocol=17, destination_ports=((8000, 8100),))),
        ("tcp/443,80", Service(protocol=6, destination_ports=((80, 80), (443, 443)))),
        ("tcp", Service(protocol=6)),
        ("icmp", Service(protocol=1)),
        ("icmp/8", Service(protocol=1, icmp_types=((8, 8),))),
        ("icmp/3/4", Service(protocol=1, icmp_types=((3, 3),), icmp_codes=((4, 4),))),
        ("icmpv6/128", Service(protocol=58, icmp_types=((128, 128),))),
        ("esp", Service(protocol=50)),
        ("50", Service(protocol=50)),
        ("253", Service(protocol=253)),
        ("any", Service()),
    ],
)
def test_services_are_read_and_spelled(text: str, service: Service) -> None:
    assert read_service(text) == service
    assert read_service(service_text(service)) == service


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "write tcp/443"),
        ("443", "is no IP protocol"),
        ("tpc/443", "did you mean tcp?"),
        ("tcp/", "is no number"),
        ("tcp/65536", "not within 0-65535"),
        ("tcp/9-1", "low before high"),
        ("tcp/-5", "is no number"),
        ("tcp/１２", "is no number"),
        ("esp/5", "esp has no ports"),
        ("icmp/256", "not within 0-255"),
        ("http", "is no IP protocol"),
        ("tcp/" + "9" * 5000, "is no number"),
    ],
)
def test_what_is_no_service_says_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(ServiceTextError) as caught:
        read_service(text)
    assert advice in str(caught.value)


@given(
    st.sampled_from(["tcp", "udp", "sctp"]),
    st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 65535)), min_size=1),
)
def test_ports_survive_their_spelling(protocol: str, pairs: list[tuple[int, int]]) -> None:
    ports = [tuple(sorted(pair)) for pair in pairs]
    service = read_service(f"{protocol}/" + ",".join(f"{low}-{high}" for low, high in ports))
    assert service.destination_ports == tuple(sorted(ports))
    assert read_service(service_text(service)) == service or service.destination_ports == ((0, 65535),)
