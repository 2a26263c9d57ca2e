"""Which devices a configuration is of: the virtual systems of a firewall, or the firewalls that a Panorama manages.

A firewall evaluates the rules that Panorama pushes around its own: shared pre-rules, those of the device groups from the
top of the hierarchy down, its own, then the post-rules of the device groups from the nearest up, the shared ones, and the
default rules (Panorama Administrator's Guide 10.1, "Device Group Policies" and "Device Group Hierarchy").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from segaudit.model import Span
from segaudit.parsers.paloalto_panos.config import FIRST_VSYS, NOTHING, Node, PanosFile, merged

#: Deepest hierarchy of device groups below Shared is four; more is a cycle.
_DEEPEST_GROUPS: Final = 16
#: What makes a virtual system one that is there: not a name alone.
_CONTENT: Final = ("zone", "rulebase", "address", "import", "global-protect", "address-group", "service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one device sees.

    ``device`` is the level with its network and management, ``vsys`` its virtual system, ``groups`` the device groups
    that push to it from the nearest to the farthest, ``shared`` what Panorama shares. ``others`` are the other virtual
    systems of the same firewall by name. ``manages``: it is the one of them to which management belongs.
    """

    file: PanosFile
    name: str
    device: Node
    vsys: Node
    vsys_name: str = FIRST_VSYS
    groups: tuple[Node, ...] = ()
    shared: Node = NOTHING
    others: dict[str, Node] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    serial: str = ""
    manages: bool = True
    forwards: bool = True
    pushed_only: bool = False

    def span(self, node: Node) -> Span:
        """Where ``node`` stands."""
        return self.file.span(node)

    @property
    def levels(self) -> tuple[Node, ...]:
        """Where objects stand, the nearest first: of two of one name the first one is meant."""
        return tuple(one for one in (self.vsys, *self.groups, self.device.at("shared"), self.shared) if one)

    def objects(self, *path: str) -> Iterator[Node]:
        """The entries at ``path`` of all levels, each name once."""
        seen: set[str] = set()
        for level in self.levels:
            for entry in level.entries(*path):
                if entry.name not in seen:
                    seen.add(entry.name)
                    yield entry

    def rules(self, base: str) -> Iterator[Node]:
        """The rules of ``base`` (``security``, ``nat``, ``pbf``) in the order of evaluation."""
        before = (self.shared, *reversed(self.groups))
        for level in before:
            yield from level.entries("pre-rulebase", base, "rules")
        yield from self.vsys.entries("rulebase", base, "rules")
        for level in reversed(before):
            yield from level.entries("post-rulebase", base, "rules")

    def default_rule(self, name: str) -> Node:
        """The default rule ``name`` as it is overridden, the nearest first (Panorama Administrator's Guide, "Manage the
        Rule Hierarchy"); nothing where it is not.
        """
        for level in (self.vsys, *self.groups, self.shared):
            for base in ("rulebase", "post-rulebase"):
                found = level.at(base, "default-security-rules", "rules", name)
                if found:
                    return found
        return NOTHING

    def applies(self, rule: Node) -> bool:
        """Whether a pushed rule is meant for this firewall (``target``)."""
        targets = rule.words("target", "devices")
        if not targets:
            return True
        return (self.serial in targets) != rule.is_on("target", "negate")

    def value(self, text: str) -> str:
        """``text``, or what the template variable of that name stands for."""
        return self.variables.get(text, text) if text.startswith("$") else text

    def values(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Each text as `value` has it."""
        return tuple(self.value(text) for text in texts)


def scopes_of(file: PanosFile) -> tuple[Scope, ...]:
    """The devices of ``file``."""
    top = file.top
    if top.has("device-group") or top.has("template") or top.has("template-stack"):
        return tuple(_panorama(file))
    return tuple(_firewall(file))


def _firewall(file: PanosFile) -> Iterator[Scope]:
    top = file.top
    pushed = top.at("policy", "panorama")
    systems = {one.name: one for one in top.entries("vsys")}
    used = {name: one for name, one in systems.items() if any(one.has(word) for word in _CONTENT)} or systems
    hostname = top.word("deviceconfig", "system", "hostname") or file.source.stem
    if len(used) < 2:
        name, vsys = next(iter(used.items()), (FIRST_VSYS, NOTHING))
        yield Scope(
            file=file,
            name=hostname,
            device=top,
            vsys=vsys,
            vsys_name=name,
            groups=(pushed,) if pushed else (),
        )
        return
    for place, (name, vsys) in enumerate(used.items()):
        yield Scope(
            file=file,
            name=f"{hostname}/{name}",
            device=top,
            vsys=vsys,
            vsys_name=name,
            groups=(pushed,) if pushed else (),
            others={other: node for other, node in used.items() if other != name},
            manages=place == 0,
        )


# ---------------------------------------------------------------------------------------------------------------------
# Panorama


@dataclass(frozen=True, slots=True, kw_only=True)
class _Managed:
    """A firewall by serial number: its template stack (or template), and the group of each of its virtual systems."""

    serial: str
    stack: Node
    groups: dict[str, Node]


def _panorama(file: PanosFile) -> Iterator[Scope]:
    top = file.top
    managed = list(_managed(top))
    hostnames = [_hostname(top, one.stack) for one in managed]
    for one, hostname in zip(managed, hostnames, strict=True):
        name = hostname if hostname and hostnames.count(hostname) == 1 else one.serial
        yield from _pushed(file, one, name)
    used = {group.name for one in managed for node in one.groups.values() for group in _chain(top, node)}
    panorama = top.word("deviceconfig", "system", "hostname") or file.source.stem
    for group in top.entries("device-group"):
        # Nobody gets these rules yet, and they are judged as rules.
        if group.name not in used and not _has_children(top, group):
            yield Scope(
                file=file,
                name=f"{panorama}/{group.name}",
                device=_template_of(top, group),
                vsys=_only_vsys(_template_of(top, group)),
                groups=_chain(top, group),
                shared=top.at("shared"),
                variables=_variables(top, NOTHING, ""),
                manages=False,
                pushed_only=True,
            )
    if top.has("deviceconfig") or top.has("mgt-config"):
        own = Node("", top.first_line, top.last_line, top.family)
        own.children = {name: node for name, node in top.children.items() if name in {"deviceconfig", "mgt-config"}}
        own.children["shared"] = top.at("panorama") or NOTHING
        yield Scope(file=file, name=panorama, device=own, vsys=NOTHING, forwards=False)


def _managed(top: Node) -> Iterator[_Managed]:
    """Every firewall that a device group or a template stack names."""
    stacks: dict[str, Node] = {}
    for kind in ("template", "template-stack"):
        for stack in top.entries(kind):
            for serial in stack.words("devices"):
                stacks[serial] = stack
    groups: dict[str, dict[str, Node]] = {}
    for group in top.entries("device-group"):
        for device in group.entries("devices"):
            for vsys in device.words("vsys") or (FIRST_VSYS,):
                groups.setdefault(device.name, {})[vsys] = group
    for serial in dict.fromkeys([*groups, *stacks]):
        named = groups.get(serial, {})
        stack = stacks.get(serial, NOTHING)
        if not stack and len(named) == 1:
            stack = _referenced(top, next(iter(named.values())))
        yield _Managed(serial=serial, stack=stack, groups=named)


def _pushed(file: PanosFile, one: _Managed, name: str) -> Iterator[Scope]:
    top = file.top
    device = _template(top, one.stack)
    systems = {node.name: node for node in device.entries("vsys")}
    used = {vsys: node for vsys, node in systems.items() if vsys in one.groups or any(node.has(w) for w in _CONTENT)}
    for vsys in one.groups:
        used.setdefault(vsys, NOTHING)
    used = used or {FIRST_VSYS: NOTHING}
    for place, (vsys, node) in enumerate(used.items()):
        group = one.groups.get(vsys, NOTHING)
        yield Scope(
            file=file,
            name=name if len(used) == 1 else f"{name}/{vsys}",
            device=device,
            vsys=node,
            vsys_name=vsys,
            groups=_chain(top, group),
            shared=top.at("shared"),
            others={other: system for other, system in used.items() if other != vsys} if len(used) > 1 else {},
            variables=_variables(top, one.stack, one.serial),
            serial=one.serial,
            manages=place == 0,
            pushed_only=True,
        )


def _chain(top: Node, group: Node) -> tuple[Node, ...]:
    """``group`` and its ancestors, the nearest first."""
    found: list[Node] = []
    while group and group not in found and len(found) < _DEEPEST_GROUPS:
        found.append(group)
        parent = group.word("parent-dg") or top.word("readonly", "device-group", group.name, "parent-dg")
        group = top.at("device-group", parent) if parent else NOTHING
    return tuple(found)


def _has_children(top: Node, group: Node) -> bool:
    return any(group in _chain(top, other)[1:] for other in top.entries("device-group"))


def _template(top: Node, stack: Node) -> Node:
    """What a template, or a stack with its templates, configures: the stack itself wins, then the templates in order
    (Panorama Administrator's Guide, "Templates and Template Stacks").
    """
    result = stack.at("config")
    for name in stack.words("templates"):
        result = merged(result, top.at("template", name, "config"))
    return result


def _referenced(top: Node, group: Node) -> Node:
    """The only template or stack that a device group refers to."""
    names = group.words("reference-templates")
    if len(names) != 1:
        return NOTHING
    return top.at("template-stack", names[0]) or top.at("template", names[0])


def _template_of(top: Node, group: Node) -> Node:
    return _template(top, _referenced(top, group))


def _only_vsys(device: Node) -> Node:
    return device.at("vsys", FIRST_VSYS)


def _hostname(top: Node, stack: Node) -> str:
    said = _template(top, stack).word("deviceconfig", "system", "hostname")
    return "" if said.startswith("$") else said


def _variables(top: Node, stack: Node, serial: str) -> dict[str, str]:
    """Template variables: those of the templates, the stack, the firewall; the last said wins."""
    found: dict[str, str] = {}
    templates = [top.at("template", name) for name in reversed(stack.words("templates"))] if stack else []
    for level in (*templates, stack, stack.at("devices", serial)):
        for variable in level.entries("variable"):
            for kind in variable.entries("type"):
                for value in kind.children:
                    if value != "None":
                        found[variable.name] = value
    return found
