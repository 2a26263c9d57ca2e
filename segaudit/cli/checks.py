"""`segaudit checks`: the checks there are, or the page on one of them."""

from __future__ import annotations

import argparse

from segaudit.cli import options as shared


def configure(parser: argparse.ArgumentParser) -> None:
    """A slug, the grouping, the output format."""
    parser.add_argument("slug", nargs="?", metavar="SLUG", help="the page on one check")
    parser.add_argument(
        "--by",
        choices=("question", "deck", "standard", "role"),
        default="question",
        help="group by question, statement of the deck, standard, or role in the names (default: question)",
    )
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="default: text")
    shared.add_showing(parser)


def run(options: argparse.Namespace) -> int:
    """The list or the page."""
    from segaudit.cli import check_pages

    return check_pages.show(options)
