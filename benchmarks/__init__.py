"""Benchmarks: they print figures and ratios, and assert nothing. ``python -m benchmarks`` (``make bench``)."""
