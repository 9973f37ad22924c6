"""Open a home for a command and close it whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fullcourt.errors import HomeBusy
from fullcourt.settings import Home

if TYPE_CHECKING:
    from fullcourt.controller import Controller
    from fullcourt.opening import Opened


@contextmanager
def working_on(
    home: Home, say: Callable[[str], None] = lambda text: None
) -> Iterator[tuple[Opened, Controller]]:
    """The home under its lock, with its controller; a virtual clock's instant is kept at the end.

    Raises:
        HomeBusy: another process works on it.
        SettingsError, StoreUnreadable: see `open_home`.
    """
    from fullcourt.opening import open_home, sole_controller

    # Without this a mistyped --home would get a folder and a lock file.
    home.settings()
    with sole_controller(home):
        opened = open_home(home.path)
        try:
            controller = opened.controller()
            controller.say = say
            try:
                yield opened, controller
            finally:
                opened.keep_clock()
                controller.executor.close()
        finally:
            opened.close()


@contextmanager
def looking_at(home: Home) -> Iterator[tuple[Opened, Controller]]:
    """The home read-only, with a controller that can look and judge but not act. Takes no lock."""
    from fullcourt.opening import open_home
    from fullcourt.pipeline.execute import InlineExecutor

    opened = open_home(home.path, read_only=True, vendors=False)
    try:
        yield opened, opened.controller(InlineExecutor())
    finally:
        opened.close()


@contextmanager
def judged_at(home: Home) -> Iterator[tuple[Opened, Controller]]:
    """The home read-only, as `looking_at`, with its cells judged now; or as judged last, while
    another process works on it (which judges all the time)."""
    from fullcourt.opening import sole_controller

    home.settings()
    with looking_at(home) as (opened, controller):
        try:
            with sole_controller(home):
                controller.judge_now()
        except HomeBusy:
            controller.grid.notice(opened.stores.clock.now())
        yield opened, controller
