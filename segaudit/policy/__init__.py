"""Policies, site facts and waivers: from YAML to values. It only loads and validates."""

from segaudit.policy.errors import LocatedError, PolicyError
from segaudit.policy.load import (
    SchemaKind,
    json_schema,
    load_hosts,
    load_policy,
    load_site,
    load_waivers,
    require_checks,
    shipped_policies,
    shipped_policy,
)
from segaudit.policy.values import (
    Control,
    ParameterValue,
    Policy,
    Reference,
    ReportInfo,
    Section,
    Site,
    Standard,
    Waiver,
)

__all__ = [
    "Control",
    "LocatedError",
    "ParameterValue",
    "Policy",
    "PolicyError",
    "Reference",
    "ReportInfo",
    "SchemaKind",
    "Section",
    "Site",
    "Standard",
    "Waiver",
    "json_schema",
    "load_hosts",
    "load_policy",
    "load_site",
    "load_waivers",
    "require_checks",
    "shipped_policies",
    "shipped_policy",
]
