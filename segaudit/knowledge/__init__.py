"""The facts that ship as data: services and their risk, words that betray a role, numbers of the standards."""
