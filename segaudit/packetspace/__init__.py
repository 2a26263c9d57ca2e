"""Exact packet sets over a BDD library; knows no firewall.

`packet` can be imported without the BDD library; everything else is imported from its module where it is used.
"""
