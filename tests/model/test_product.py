"""Lists of pairs as products of sources and destinations."""

from hypothesis import given
from hypothesis import strategies as st

from segaudit.model import (
    ANY_IPV4,
    AddressComplement,
    AddressExpr,
    AddressIntersection,
    AddressRange,
    AddressRef,
    AddressUnion,
    AnyAddress,
    network,
    permitted_pairs,
)

_SPANS = st.tuples(st.integers(0, 11), st.integers(0, 11)).map(lambda p: AddressRange(4, min(p), max(p)))
_ADDRESSES = st.one_of(
    _SPANS, st.lists(_SPANS, min_size=1, max_size=2).map(lambda items: AddressUnion(tuple(items))), st.just(ANY_IPV4)
)
_ENTRIES = st.lists(st.tuples(st.booleans(), _ADDRESSES, _ADDRESSES), max_size=5)


def _holds(expr: AddressExpr, address: int) -> bool:
    match expr:
        case AnyAddress():
            return True
        case AddressRange(first=first, last=last):
            return first <= address <= last
        case AddressUnion(items=items):
            return any(_holds(item, address) for item in items)
        case _:
            raise AssertionError(expr)


@given(_ENTRIES)
def test_the_pairs_are_what_the_list_permits(entries: list[tuple[bool, AddressExpr, AddressExpr]]) -> None:
    pairs = permitted_pairs(entries)
    for source in range(12):
        for destination in range(12):
            first = next((e[0] for e in entries if _holds(e[1], source) and _holds(e[2], destination)), False)
            assert first == any(_holds(a, source) and _holds(b, destination) for a, b in pairs)


def test_one_product_is_one_pair() -> None:
    a, b, x, y = (network(f"10.{n}.0.0/16") for n in range(4))
    assert permitted_pairs([(True, a, x), (True, a, y)]) == ((a, AddressUnion((x, y))),)
    assert permitted_pairs([(True, a, x), (True, b, y)]) == ((a, x), (b, y))
    assert permitted_pairs([]) == ()


def test_names_of_groups_are_cut_by_expressions() -> None:
    group, wide, narrow = AddressRef("G"), network("10.0.0.0/8"), network("10.9.0.0/16")
    (pair,) = permitted_pairs([(False, group, narrow), (True, group, wide)])
    assert pair == (
        group,
        AddressUnion((AddressRange(4, 0x0A000000, 0x0A08FFFF), AddressRange(4, 0x0A0A0000, 0x0AFFFFFF))),
    )
    (pair,) = permitted_pairs([(False, wide, group), (True, narrow, wide)])
    assert pair == (narrow, AddressIntersection((wide, AddressComplement(group))))
