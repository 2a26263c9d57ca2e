"""Network namespaces that nobody else sees: they have no names, and are gone with the process that made them.

A namespace belongs to a thread, so each is made, and entered, by a thread that ends when it has done its work. Programs
that such a thread starts run inside; so do the sockets that it opens, for as long as they are open.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_CLONE_NEWNET: Final = 0x40000000  # linux/sched.h
_PROGRAMS: Final = ("ip", "sysctl", "iptables-restore", "ip6tables-restore", "iptables-save", "ip6tables-save")


class NoNamespacesError(OSError):
    """Why this machine makes no network namespaces."""


class Namespace:
    """One network namespace; `close` frees it, as does the end of the process."""

    def __init__(self) -> None:
        self._descriptor = _in_thread(_made)

    @property
    def path(self) -> str:
        """A file that stands for it, for ``ip link … netns``."""
        return f"/proc/{os.getpid()}/fd/{self._descriptor}"

    def inside(self, work: Callable[[], T]) -> T:
        """What ``work`` returns when it is done inside."""

        def entered() -> T:
            _system("setns", self._descriptor, _CLONE_NEWNET)
            return work()

        return _in_thread(entered)

    def run(self, *command: str, stdin: str | None = None) -> str:
        """What a program prints that runs inside; `OSError` with its complaint where it fails."""

        def ran() -> str:
            done = subprocess.run(command, input=stdin, text=True, capture_output=True, check=False)
            if done.returncode:
                raise OSError(f"{' '.join(command)}: {done.stderr.strip()}")
            return done.stdout

        return self.inside(ran)

    def set(self, **settings: int | str) -> None:
        """Writes kernel settings below ``/proc/sys/net``; ``__`` in a name stands for a slash."""

        def written() -> None:
            for name, value in settings.items():
                Path("/proc/sys/net", *name.split("__")).write_text(f"{value}\n", encoding="ascii")

        self.inside(written)

    def close(self) -> None:
        """Frees it, with its interfaces and their other ends."""
        os.close(self._descriptor)


def require_namespaces() -> None:
    """`NoNamespacesError` with the reason where networks of namespaces cannot be made here."""
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if missing:
        raise NoNamespacesError(f"a kernel can be asked only with {', '.join(missing)}")
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise NoNamespacesError("only root may make network namespaces")
    try:
        space = Namespace()
    except OSError as error:
        raise NoNamespacesError(f"this machine makes no network namespace (CAP_SYS_ADMIN?): {error}") from error
    try:
        space.run("ip", "link", "add", "one", "type", "veth", "peer", "name", "other")
        space.run("ip", "link", "add", "between", "type", "bridge")
        for program in ("iptables-restore", "ip6tables-restore"):
            space.run(program, stdin="*nat\n-A POSTROUTING -m conntrack --ctstate NEW -j MASQUERADE\nCOMMIT\n")
    except OSError as error:
        raise NoNamespacesError(f"this machine makes no router of namespaces: {error}") from error
    finally:
        space.close()


def _made() -> int:
    _system("unshare", _CLONE_NEWNET)
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _system(name: str, *arguments: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


class _Outcome(Generic[T]):
    """What a thread returned or raised."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._value: list[T] = []
        self._error: list[BaseException] = []

    def run(self) -> None:
        try:
            self._value.append(self._work())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error.append(error)

    def get(self) -> T:
        if self._error:
            raise self._error[0]
        return self._value[0]


def _in_thread(work: Callable[[], T]) -> T:
    """What ``work`` returns, done in a thread of its own: a namespace that it enters is left with its end."""
    outcome = _Outcome(work)
    thread = Thread(target=outcome.run)
    thread.start()
    thread.join()
    return outcome.get()
