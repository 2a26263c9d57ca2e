"""The stages in their order, and the only place that reads or writes users' files.

``collect`` finds the files, ``recognize`` makes text of them and asks every parser, ``parse`` reads them (in worker
processes where that is worth it), ``read`` puts the network together. ``discover`` finds parsers, checks, reporters.
"""
