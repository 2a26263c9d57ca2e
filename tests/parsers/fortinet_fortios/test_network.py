"""What joins a device to its neighbours: shared addresses, links between VDOMs, bridges, clusters, peers."""

from segaudit.model import format_address
from tests.parsers.fortinet_fortios.reading import read


def test_addresses_that_vrrp_shares_are_virtual() -> None:
    made = read("""
        config system interface
            edit "lan"
                set ip 10.1.0.2 255.255.255.0
                config vrrp
                    edit 1
                        set vrip 10.1.0.1
                    next
                    edit 2
                        set vrip 10.1.0.9
                        set status disable
                    next
                end
                set secondary-IP enable
                config secondaryip
                    edit 1
                        set ip 10.1.1.2 255.255.255.0
                    next
                end
                config ipv6
                    set ip6-address 2001:db8:1::2/64
                    config vrrp6
                        edit 1
                            set vrip6 2001:db8:1::1
                        next
                        edit 2
                            set vrip6 fe80::1
                        next
                    end
                end
            next
            edit "dmz"
                set ip 10.2.0.1 255.255.255.0
                config vrrp
                    edit 3
                        set vrip 10.2.0.1
                    next
                end
            next
        end
    """)
    lan, dmz = made.device.interfaces
    assert [(format_address(a.prefix.version, a.address), str(a.prefix), a.virtual) for a in lan.addresses] == [
        ("10.1.0.2", "10.1.0.0/24", False),
        ("10.1.1.2", "10.1.1.0/24", False),
        ("10.1.0.1", "10.1.0.0/24", True),
        ("2001:db8:1::2", "2001:db8:1::/64", False),
        ("2001:db8:1::1", "2001:db8:1::/64", True),
    ]
    assert [a.secondary for a in lan.addresses] == [False, True, False, False, False]
    # The owner of the address answers for it as long as it lives: it is its own.
    assert [(a.address, a.virtual) for a in dmz.addresses] == [(0x0A020001, False)]
    assert made.left == []
