"""Findings: what a check says, how sure it is, how it is recognised again, and the report that is made of all."""
