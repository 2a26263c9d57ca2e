"""Formats: one folder each, with the constant ``PARSER``; they know nothing of each other."""
