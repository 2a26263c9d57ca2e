"""The report as one HTML file that needs nothing else: no network, no library, and with JavaScript off all is there."""

from segaudit.reporter import Reporter
from segaudit.reporters.html.document import render

__all__ = ["REPORTER"]

REPORTER = Reporter(name="html", title="one page to hand over, for screen and paper", render=render, extension="html")
