"""What a segment is for: the vocabulary of roles, and the signs and words that betray one.

The data is ``policies/roles.yaml``; its head says how votes become a decision. Names are read in English, in Japanese
and in Japanese written with Latin letters; all functions are pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple, cast

from segaudit.knowledge.shipped import load_shipped
from segaudit.model.device import HostSign
from segaudit.model.message import Words


class Role(StrEnum):
    """What a segment or host is for."""

    INTERNET = "internet"
    DMZ = "dmz"
    TERMINAL = "terminal"
    SERVER = "server"
    DIRECTORY = "directory"
    DATABASE = "database"
    HYPERVISOR = "hypervisor"
    STORAGE = "storage"
    BACKUP = "backup"
    MANAGEMENT = "management"
    SECURITY = "security"
    VPN = "vpn"
    GUEST = "guest"
    IOT = "iot"
    PRINTER = "printer"
    VOICE = "voice"
    PARTNER = "partner"
    BRANCH = "branch"
    CLOUD = "cloud"
    DEV = "dev"
    OT_DMZ = "ot-dmz"
    OT = "ot"
    QUARANTINE = "quarantine"
    TRANSIT = "transit"
    HA_SYNC = "ha-sync"
    UNKNOWN = "unknown"


class NamePlace(StrEnum):
    """Where a name stands; the less it is a name for the segment itself, the less it says."""

    ZONE = "zone"
    INTERFACE = "interface"
    DESCRIPTION = "description"
    VLAN = "vlan"
    OBJECT = "object"
    COMMENT = "comment"


class RoleVote(NamedTuple):
    """A sign for ``role``: ``token`` is the word found in a name, or the id of the evidence; ``weight`` is 0 to 1."""

    role: Role
    weight: float
    token: str

    @property
    def ambiguous(self) -> bool:
        """Whether the word has several meanings: it supports a role and never decides one."""
        return load_roles().is_ambiguous(self.token)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleInfo:
    """A role for people: ``trust`` and ``value`` are 0 to 5, ``purdue`` the level after ISA-95 or empty."""

    role: Role
    title: str
    title_ja: str
    description: str
    trust: int
    value: int
    purdue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A sign that a configuration shows beside names; ``yields``: it gives way to a clear sign for another role."""

    id: str
    role: Role
    weight: float
    title: str
    title_ja: str
    yields: bool = False

    def vote(self) -> RoleVote:
        """The vote that it casts."""
        return RoleVote(self.role, self.weight, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeSign:
    """A maker's own word: ``pattern`` as in a shell, lower case."""

    pattern: str
    role: Role
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDecision:
    """What the votes say. ``certainty`` is the score of ``role``; ``scores`` are all roles with a vote, best first."""

    role: Role
    certainty: float
    scores: tuple[tuple[Role, float], ...]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the vocabulary; ``votes`` is empty for words that only hide others."""

    token: str
    votes: tuple[tuple[Role, float], ...]
    ambiguous: bool = False
    negator: bool = False

    @property
    def hides(self) -> bool:
        return not self.votes and not self.negator


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    word: _Word


_PLAIN_PIECES: Final = re.compile(r"[A-Za-z]+|[0-9]+")
_CAMEL_PIECES: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PREFIX_LETTERS: Final = 5
_ROMAJI_PREFIX_LETTERS: Final = 4
# What may stand between the parts of one word: nothing, or one of these.
_JOINTS: Final = frozenset({"", "-", "_", ".", " "})
_LOWER: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
# One spelling for romaji (Hepburn without long vowels); longer patterns first.
_ROMAJI: Final = (
    (re.compile(r"[zj]y(?=[auo])"), "j"),
    (re.compile(r"sy(?=[auo])"), "sh"),
    (re.compile(r"[tc]y(?=[auo])"), "ch"),
    (re.compile(r"(?<![sc])si"), "shi"),
    (re.compile(r"(?<![a-z])ti|(?<=[aeioun])ti"), "chi"),
    (re.compile(r"tu"), "tsu"),
    (re.compile(r"zi"), "ji"),
    (re.compile(r"(?<![sc])hu"), "fu"),
    (re.compile(r"m(?=[bp])"), "n"),
    (re.compile(r"o[uo]+"), "o"),
    (re.compile(r"uu+"), "u"),
    (re.compile(r"aa+"), "a"),
    (re.compile(r"ii+"), "i"),
    (re.compile(r"ee+"), "e"),
)


def normal_romaji(word: str) -> str:
    """Lower-case ``word`` in the one spelling that variants of a romanised word share.

    koujou, kojo and kojyo become kojo; si, ti, tu, zi, hu become shi, chi, tsu, ji, fu; sya, tyo become sha, cho; m
    before b and p becomes n; long vowels become short ones.
    """
    for pattern, spelling in _ROMAJI:
        word = pattern.sub(spelling, word)
    return word


def normal_text(text: str) -> str:
    """``text`` after NFKC (half-width kana become full-width, full-width letters ASCII), case kept."""
    return unicodedata.normalize("NFKC", text)


def name_pieces(text: str) -> tuple[str, ...]:
    """The words of a name in lower case: split at what is no ASCII letter or digit, at humps, before and after digits.

    ``SV-SEG01`` gives ``sv``, ``seg``, ``01``. Japanese is not in it: its words are looked for as parts.
    """
    return tuple(found.group().translate(_LOWER) for found in _CAMEL_PIECES.finditer(normal_text(text)))


def _without_final_long_vowel(word: str) -> str:
    # JIS Z 8301: words of three morae and more are written without it; such a word is a part of the long spelling,
    # so that names need no change. コピー would become コピ, which is part of too many words.
    return word[:-1] if word.endswith("ー") and len(word) > 3 else word


class RoleVocabulary:
    """Roles, signs and words, as ``policies/roles.yaml`` has them."""

    def __init__(self, data: Mapping[str, object]) -> None:
        decision = cast("Mapping[str, float]", data["decision"])
        #: The least score, and the least lead over the second role, that decide.
        self.accept: Final = float(decision["accept"])
        self.lead: Final = float(decision["lead"])
        #: A sign of this weight says by itself what a segment is for.
        self.clear: Final = float(decision["clear"])
        self.roles: Final[Mapping[Role, RoleInfo]] = MappingProxyType(
            {info.role: info for info in map(_role_info, _maps(data["roles"]))}
        )
        self.precedence: Final = tuple(Role(item) for item in _strings(data["precedence"]))
        self.places: Final[Mapping[NamePlace, float]] = MappingProxyType(
            {NamePlace(name): float(factor) for name, factor in cast("Mapping[str, float]", data["places"]).items()}
        )
        self._evidence: Final = {item.id: item for item in map(_evidence, _maps(data["evidence"]))}
        self._host_evidence: Final = {
            HostSign(sign): self._evidence[_string(item["id"])]
            for item in _maps(data["evidence"])
            for sign in _strings(item.get("hosts", []))
        }
        self._native: Final = {
            parser: tuple(
                NativeSign(
                    pattern=_string(item["sign"]).lower(),
                    role=Role(_string(item["role"])),
                    weight=_number(item["weight"]),
                )
                for item in _maps(items)
            )
            for parser, items in cast("Mapping[str, object]", data["native"]).items()
        }
        self._ambiguous: Final = {
            _native_token(parser, _string(item["sign"]).lower())
            for parser, items in cast("Mapping[str, object]", data["native"]).items()
            for item in _maps(items)
            if item.get("unsure")
        }
        self._affixes: Final = frozenset(_strings(data["affixes"]))
        self._romaji: Final[dict[tuple[str, ...], list[_Word]]] = {}
        self._english: Final[dict[tuple[str, ...], list[_Word]]] = {}
        self._japanese: Final[dict[str, list[_Word]]] = {}
        self._read_words(data)

    def _read_words(self, data: Mapping[str, object]) -> None:
        for item in _maps(data["words"]):
            votes = ((Role(_string(item["role"])), _number(item["weight"])),)
            for token in _strings(item.get("en", [])):
                self._add(token, _Word(token, votes))
            for token in _strings(item.get("romaji", [])):
                self._add(token, _Word(token, votes), romaji=True)
            for token in _strings(item.get("ja", [])):
                self._add(token, _Word(token, votes))
        for item in _maps(data["ambiguous"]):
            could_be = tuple(
                (Role(role), float(weight)) for role, weight in cast("Mapping[str, float]", item["could_be"]).items()
            )
            for token in _strings(item["words"]):
                word = _Word(token, could_be, ambiguous=True)
                self._add(token, word)
                self._add(token, word, romaji=True)
                self._ambiguous.add(token)
        for token in _strings(data["ignore"]):
            self._add(token, _Word(token, ()))
        for token in _strings(data["negators"]):
            self._add(token, _Word(token, (), negator=True))

    def _add(self, token: str, word: _Word, *, romaji: bool = False) -> None:
        if not token.isascii():
            if not romaji:
                self._japanese.setdefault(_without_final_long_vowel(normal_text(token).translate(_LOWER)), []).append(
                    word
                )
            return
        pieces = tuple(found.group() for found in _PLAIN_PIECES.finditer(token.lower()))
        table = self._romaji if romaji else self._english
        table.setdefault(tuple(map(normal_romaji, pieces)) if romaji else pieces, []).append(word)

    @cached_property
    def _longest(self) -> int:
        return max(len(pieces) for table in (self._english, self._romaji) for pieces in table)

    @cached_property
    def _prefixes(self) -> dict[str, list[_Word]]:
        return {
            key[0]: words for key, words in self._english.items() if len(key) == 1 and len(key[0]) >= _PREFIX_LETTERS
        }

    @cached_property
    def _romaji_prefixes(self) -> dict[str, list[_Word]]:
        return {
            key[0]: words
            for key, words in self._romaji.items()
            if len(key) == 1 and len(key[0]) >= _ROMAJI_PREFIX_LETTERS
        }

    def is_ambiguous(self, token: str) -> bool:
        """Whether ``token`` is a word with several meanings, or a maker's default that most sites keep."""
        return token in self._ambiguous

    def evidence(self, evidence_id: str) -> Evidence:
        """The sign ``evidence_id`` (``default-route``); ``KeyError`` where there is none."""
        return self._evidence[evidence_id]

    @property
    def all_evidence(self) -> tuple[Evidence, ...]:
        """Every sign, in the order of the file."""
        return tuple(self._evidence.values())

    def without_yielding(self, votes: Iterable[RoleVote]) -> list[RoleVote]:
        """``votes`` without the signs that give way to a clear one for another role."""
        given = list(votes)
        clear = {v.role for v in given if v.weight >= self.clear and not self.yields(v.token)}
        return [v for v in given if not self.yields(v.token) or clear <= {v.role, Role.INTERNET}]

    def yields(self, token: str) -> bool:
        """Whether the sign ``token`` gives way to a clear one for another role."""
        return token in self._evidence and self._evidence[token].yields

    def host_evidence(self, sign: HostSign) -> Evidence | None:
        """What a host that the config names with ``sign`` says of its segment; ``None``: nothing."""
        return self._host_evidence.get(sign)

    def native_votes(self, parser: str, text: str) -> tuple[RoleVote, ...]:
        """What the maker's own word or interface name ``text`` says in the format ``parser``; the strongest only."""
        word = text.strip().lower()
        found = [
            RoleVote(sign.role, sign.weight, _native_token(parser, sign.pattern))
            for sign in self._native.get(parser, ())
            if fnmatchcase(word, sign.pattern)
        ]
        return (max(found, key=lambda vote: vote.weight),) if found else ()

    def hits(self, text: str) -> list[_Hit]:
        """Every word of the vocabulary in ``text``, without those inside a longer one."""
        normal = normal_text(text)
        found = set(self._latin_hits(normal, _PLAIN_PIECES)) | set(self._latin_hits(normal, _CAMEL_PIECES))
        if not normal.isascii():
            found.update(self._japanese_hits(normal.translate(_LOWER)))
        hidden = [hit for hit in found if hit.word.hides]
        found = {
            hit
            for hit in found
            if not any(
                hit.start < other.end
                and other.start < hit.end
                and not (hit.start < other.start and other.end < hit.end)
                for other in hidden
            )
        }
        return sorted(
            (
                hit
                for hit in found
                if not any(
                    other.start <= hit.start and hit.end <= other.end and other.end - other.start > hit.end - hit.start
                    for other in found
                )
            ),
            key=lambda hit: (hit.start, hit.end, hit.word.token),
        )

    def _latin_hits(self, text: str, pattern: re.Pattern[str]) -> Iterator[_Hit]:
        found = list(pattern.finditer(text))
        pieces = [piece.group().translate(_LOWER) for piece in found]
        romaji = [normal_romaji(piece) for piece in pieces]
        for first, piece in enumerate(pieces):
            for last in range(first + 1, min(first + self._longest, len(pieces)) + 1):
                if last - first > 1 and text[found[last - 2].end() : found[last - 1].start()] not in _JOINTS:
                    break
                span = found[first].start(), found[last - 1].end()
                for word in self._words_of(tuple(pieces[first:last]), tuple(romaji[first:last])):
                    yield _Hit(*span, word)
            start = found[first].start()
            yield from self._prefix_hits(piece, romaji[first], start)
            if not self._words_of((piece,), (romaji[first],)):
                yield from self._compound_hits(piece, start)

    def _words_of(self, english: tuple[str, ...], romaji: tuple[str, ...]) -> list[_Word]:
        return [*self._english.get(english, ()), *self._romaji.get(romaji, ())]

    def _compound_hits(self, piece: str, start: int) -> Iterator[_Hit]:
        """Two words written as one (``userlan``, ``dbnet``): both halves must be known whole."""
        for cut in range(2, len(piece) - 1):
            left, right = self._english.get((piece[:cut],), []), self._english.get((piece[cut:],), [])
            if (left or piece[:cut] in self._affixes) and (right or piece[cut:] in self._affixes):
                for word in left:
                    yield _Hit(start, start + cut, word)
                for word in right:
                    yield _Hit(start + cut, start + len(piece), word)

    def _prefix_hits(self, piece: str, romaji: str, start: int) -> Iterator[_Hit]:
        for length in range(_PREFIX_LETTERS, len(piece)):
            for word in self._prefixes.get(piece[:length], ()):
                yield _Hit(start, start + length, word)
        for length in range(_ROMAJI_PREFIX_LETTERS, len(romaji)):
            if romaji[length:] in self._affixes:
                for word in self._romaji_prefixes.get(romaji[:length], ()):
                    yield _Hit(start, start + length, word)

    def _japanese_hits(self, text: str) -> Iterator[_Hit]:
        for token, words in self._japanese.items():
            start = text.find(token)
            while start >= 0:
                for word in words:
                    yield _Hit(start, start + len(token), word)
                start = text.find(token, start + 1)


@lru_cache(maxsize=1)
def load_roles() -> RoleVocabulary:
    """The shipped vocabulary, read once per process."""
    return RoleVocabulary(cast("Mapping[str, object]", load_shipped("roles.yaml")))


def role_words(role: str) -> Words:
    """What people call the role with this id; the id itself where there is none."""
    info = load_roles().roles.get(Role(role)) if role in set(Role) else None
    return Words(role) if info is None else Words(info.title, info.title_ja)


@lru_cache(maxsize=65536)
def role_votes_for_name(text: str, place: NamePlace = NamePlace.ZONE) -> tuple[RoleVote, ...]:
    """What the name ``text`` at ``place`` says of a role, strongest first; empty where it says nothing.

    Where several roles are named, the first in the order of precedence is meant and the others are left out. Words
    with several meanings are in it only where no other word decides.
    """
    vocabulary = load_roles()
    hits = vocabulary.hits(text)
    factor = vocabulary.places[place] * (0.5 if any(hit.word.negator for hit in hits) else 1.0)
    clear = {
        RoleVote(role, weight, hit.word.token)
        for hit in hits
        if not hit.word.ambiguous
        for role, weight in hit.word.votes
    }
    if clear:
        meant = min((vote.role for vote in clear), key=vocabulary.precedence.index)
        chosen = {vote for vote in clear if vote.role == meant}
    else:
        chosen = {RoleVote(role, weight, hit.word.token) for hit in hits for role, weight in hit.word.votes}
    scaled = (vote._replace(weight=round(vote.weight * factor, 4)) for vote in chosen)
    return tuple(sorted(scaled, key=lambda vote: (-vote.weight, vote.role, vote.token)))


def decide_role(votes: Iterable[RoleVote]) -> RoleDecision:
    """The role that ``votes`` decide; `Role.UNKNOWN` where none is strong enough or two are too near.

    A token counts once for a role, with its greatest weight. Words with several meanings count as one, the strongest,
    and only beside another sign for the same role.
    """
    vocabulary = load_roles()
    strongest: dict[Role, dict[str, float]] = {}
    for vote in vocabulary.without_yielding(votes):
        tokens = strongest.setdefault(vote.role, {})
        tokens[vote.token] = max(vote.weight, tokens.get(vote.token, 0.0))
    scores: list[tuple[Role, float]] = []
    decisive: set[Role] = set()
    for role, tokens in strongest.items():
        unsure = [weight for token, weight in tokens.items() if vocabulary.is_ambiguous(token)]
        sure = [weight for token, weight in sorted(tokens.items()) if not vocabulary.is_ambiguous(token)]
        missing = 1.0 - max(unsure, default=0.0)
        for weight in sure:
            missing *= 1.0 - weight
        if sure:
            decisive.add(role)
        scores.append((role, round(1.0 - missing, 4)))
    order = (*vocabulary.precedence, Role.UNKNOWN)
    scores.sort(key=lambda item: (-item[1], order.index(item[0])))
    best, certainty = scores[0] if scores else (Role.UNKNOWN, 0.0)
    second = scores[1][1] if len(scores) > 1 else 0.0
    # Scores are rounded to four digits, so that 0.75 leads 0.60 by 0.15 also in binary.
    if best in decisive and certainty >= vocabulary.accept and round(certainty - second, 4) >= vocabulary.lead:
        return RoleDecision(role=best, certainty=certainty, scores=tuple(scores))
    return RoleDecision(role=Role.UNKNOWN, certainty=0.0, scores=tuple(scores))


def _native_token(parser: str, pattern: str) -> str:
    return f"{parser}:{pattern}"


def _role_info(item: Mapping[str, object]) -> RoleInfo:
    return RoleInfo(
        role=Role(_string(item["id"])),
        title=_string(item["title"]),
        title_ja=_string(item["title_ja"]),
        description=_string(item["description"]),
        trust=int(_number(item["trust"])),
        value=int(_number(item["value"])),
        purdue=_string(item["purdue"]),
    )


def _evidence(item: Mapping[str, object]) -> Evidence:
    return Evidence(
        id=_string(item["id"]),
        role=Role(_string(item["role"])),
        weight=_number(item["weight"]),
        title=_string(item["title"]),
        title_ja=_string(item["title_ja"]),
        yields=item.get("yields") is True,
    )


def _maps(data: object) -> list[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", data)


def _strings(data: object) -> list[str]:
    return [_string(item) for item in cast("list[object]", data)]


def _string(data: object) -> str:
    if not isinstance(data, str):
        raise ValueError(f"expected text, found {data!r}")  # noqa: TRY004 - the data is wrong, not the call
    return data


def _number(data: object) -> float:
    return float(cast("float", data))
