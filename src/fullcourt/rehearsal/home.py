"""A home for a rehearsal: stores in memory or in a temporary folder, a world's vendors, its clock.

Everything but the vendors and the clock is what a real home runs on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from fullcourt.clock import VirtualClock
from fullcourt.controller import Controller
from fullcourt.pipeline.execute import Executor
from fullcourt.pipeline.fingerprint import code_fingerprint
from fullcourt.pipeline.work import Stores
from fullcourt.settings import ClockSettings, Home, OddsSettings, Settings, VendorSettings
from fullcourt.simulator.oracle.campaign import Call
from fullcourt.simulator.oracle.policy import OraclePolicy
from fullcourt.simulator.vendors.faults import Fault
from fullcourt.simulator.world import BuiltinWorld, world_of
from fullcourt.simulator.worldspec import WorldError, WorldSpec
from fullcourt.stores.archive import Archive, Manifest
from fullcourt.stores.lake import Lake
from fullcourt.stores.ledger import Ledger
from fullcourt.trust.gather import OddsCoverage
from fullcourt.vendors.nba_cdn import parse_boxscore
from fullcourt.vendors.outcome import require_ok
from fullcourt.vendors.transport import Request, Response, Transport, VendorError


class MemoryArchive(Archive):
    """An archive that lives with the process; bodies are kept as they came."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}
        self._lost: dict[str, int] = {}
        self._manifests: list[Manifest] = []

    def put_body(self, body: bytes) -> str:
        digest = hashlib.sha256(body).hexdigest()
        self._bodies.setdefault(digest, body)
        return digest

    def get_body(self, digest: str) -> bytes | None:
        return self._bodies.get(digest)

    def has_body(self, digest: str) -> bool:
        return digest in self._bodies

    def was_removed(self, digest: str) -> bool:
        return False

    def states(self) -> dict[str, int]:
        return dict(self._lost)

    def put_manifest(self, manifest: Manifest) -> None:
        self._manifests.append(manifest)

    def manifests(
        self, fetched_from: date | None = None, known: Collection[str] = ()
    ) -> Iterator[Manifest]:
        for manifest in self._manifests:
            old = fetched_from is not None and manifest.fetched_at.date() < fetched_from
            if not old and manifest.manifest_id not in known:
                yield manifest

    def lose(self, digest: str) -> None:
        """Delete a body behind everybody's back."""
        self._bodies.pop(digest, None)
        self._lost[digest[:2]] = self._lost.get(digest[:2], 0) + 1


class HomeClock:
    """The home's clock: the world's, and how far it is off."""

    is_virtual = True

    def __init__(self, world: VirtualClock) -> None:
        self.world = world
        self.off = timedelta(0)

    def now(self) -> datetime:
        return self.world.now() + self.off

    def sleep(self, seconds: float) -> None:
        self.world.sleep(seconds)


@dataclass(slots=True)
class CountingTransport:
    """Counts what passes: each call with its path, instant and outcome (`ok` or a cause word)."""

    inner: Transport
    world: VirtualClock
    calls: list[Call] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        at, path = self.world.now(), urlsplit(request.url).path
        try:
            response = self.inner.send(request)
        except VendorError as error:
            self.calls.append(Call(request.vendor, path, at, str(error.cause)))
            raise
        self.calls.append(Call(request.vendor, path, at, _outcome(request, response, path, at)))
        return response

    def close(self) -> None:
        self.inner.close()


def _outcome(request: Request, response: Response, path: str, at: datetime) -> str:
    """What a client concludes; of box scores by the body too: one of a game in play is no good."""
    try:
        body = require_ok(request, response, at)
        if "/boxscore/" in path:
            box = parse_boxscore(body)
            if box.is_final is False or not any(line.played for line in box.lines):
                return "vendor_empty"
    except VendorError as error:
        return str(error.cause)
    return "ok"


@dataclass(slots=True)
class RehearsalHome:
    """A home, the world around it, and the controller at work in it."""

    stores: Stores
    clock: HomeClock
    world: BuiltinWorld
    transport: CountingTransport
    credits_at_start: int

    def controller(self, executor: Executor) -> Controller:
        """A fresh controller, as a process that has just started has it."""
        self.stores.kept.clear()
        self.stores.ledger.body_contents.clear()
        return Controller(self.stores, OddsCoverage(), executor)


def oracle_policy(spec: WorldSpec, home: RehearsalHome) -> OraclePolicy:
    """The policies of the home, from its settings: what the oracle derives the truth by."""
    odds = home.stores.settings.odds
    return OraclePolicy(
        since=spec.begins, credits_a_month=odds.credits_a_month, credits_kept=odds.keep_credits
    )


@contextmanager
def rehearsal_home(spec: WorldSpec, faults: Sequence[Fault]) -> Iterator[RehearsalHome]:
    """A new home for this world, opened at noon of its eve; everything is gone afterwards.

    Raises:
        WorldError: the world cannot be built.
    """
    clock = VirtualClock(spec.opens_at)
    try:
        world = world_of(spec, clock, faults)
    except ValueError as error:
        raise WorldError(
            f"{spec.name}: this world cannot be: {error}.", next_step="give other numbers"
        ) from error
    home_clock = HomeClock(clock)
    settings = Settings(
        since=spec.begins,
        clock=ClockSettings(kind="virtual"),
        vendors=VendorSettings(
            binding="builtin", seed=spec.seed, nights=spec.nights, first_date=spec.first_date
        ),
        odds=OddsSettings(credits_a_month=spec.credits if spec.credits_monthly else None),
    )
    with TemporaryDirectory(prefix="fullcourt-rehearsal-") as folder:
        home = Home(Path(folder))
        transport = CountingTransport(world.transport(), clock)
        in_memory = spec.lake == "memory"
        lake = Lake.in_memory_lake() if in_memory else Lake.open(home.catalog_file, home.lake_dir)
        ledger = (
            Ledger.in_memory(home_clock) if in_memory else Ledger.open(home.ledger_file, home_clock)
        )
        stores = Stores(
            home=home,
            settings=settings,
            clock=home_clock,
            ledger=ledger,
            lake=lake,
            archive=MemoryArchive() if in_memory else Archive(home.archive_dir),
            transport=transport,
            fingerprint=f"{code_fingerprint()}+rehearsal",
            odds_key=world.api_key,
            odds_teams=dict(world.team_names),
        )
        try:
            yield RehearsalHome(stores, home_clock, world, transport, world.account.used)
        finally:
            transport.close()
            lake.close()
            ledger.close()


def lose_body(archive: Archive, folder: Path, digest: str) -> None:
    """Delete an archived body behind everybody's back."""
    if isinstance(archive, MemoryArchive):
        archive.lose(digest)
        return
    (folder / "objects" / digest[:2] / f"{digest}.zst").unlink(missing_ok=True)
