"""segaudit shows how far an intruder gets through your firewalls, and which lines let him.

This module imports nothing, so that `segaudit --version` answers at once.
"""

__version__ = "0.1.0"
