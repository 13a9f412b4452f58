"""A mother of sandbox children forked from a process that has loaded all she needs: she is there in milliseconds.

A mother that starts as an interpreter of her own takes a second and a half of a core, which tests that start and kill
hundreds of workers cannot spend on each. This one serves by the same code on the same control socket, is a child of the
worker like any other, and when she was killed the next one starts as on any site.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import signal
import socket
from pathlib import Path
from typing import Any

from api.wiring import Site
from pipelines import mother, sandbox
from pipelines.check import examine
from pipelines.flow import Workshop
from pipelines.nursery import Nursery


class Forked:
    """A mother's process, with what a nursery asks of ``subprocess.Popen``."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


class Furnished(Nursery):
    """A nursery whose first mother is there already."""

    def __init__(self, mother_: Forked, control: socket.socket) -> None:
        super().__init__()
        self._mother: Any = mother_
        self._control = control


def nursery() -> Furnished:
    """Fork a mother from this process, which must have one thread only."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        pid = os.fork()
        if pid == 0:
            _serve(theirs.fileno())
    return Furnished(Forked(pid), ours)


def _serve(control: int) -> None:
    """Leave the house of the process that we were, as one does that was started by ``Nursery``, and be a mother."""
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_WRONLY)
        for handle, place in ((control, 0), (nothing, 1)):
            os.dup2(handle, place)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        sandbox.settle_in(Path("/"))
        mother._Mother(socket.socket(fileno=0)).serve()
    finally:
        os._exit(0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Raised(Site):
    """A site whose nursery has its mother already."""

    nursery: Nursery

    def workshop(self) -> Workshop:
        shop = Site.workshop(self)
        return dataclasses.replace(shop, examine=functools.partial(examine, start=self.nursery), start=self.nursery)

    @classmethod
    def of(cls, site: Site, nursery_: Nursery) -> Raised:
        return cls(**{one.name: getattr(site, one.name) for one in dataclasses.fields(site)}, nursery=nursery_)
