"""`watch`: beside whoever works on a home, alone, and what it says of its own channels."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fullcourt.clock import SystemClock, iso
from fullcourt.opening import sole_controller
from fullcourt.settings import Home
from fullcourt.stores.ledger import Ledger
from fullcourt.watchdog.watch import watched_at
from tests.alerting.webhook import Webhook, webhook
from tests.cli.conftest import Program
from tests.cli.small_world import as_json

SECRET = "hunter2"
CODE = "from fullcourt.cli.main import main; main()"


@pytest.fixture
def hook() -> Iterator[Webhook]:
    """A webhook on the loopback."""
    with webhook() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, fullcourt: Program, hook: Webhook) -> Path:
    """A live home whose vendors are out of reach and whose alerts go to the webhook."""
    path = tmp_path / "home"
    assert fullcourt("init", "--home", path).exit_code == 0
    settings = path / "fullcourt.toml"
    # Nobody listens on port 1: the vendors fail at once and no network is needed.
    text = settings.read_text().replace("https://cdn.nba.com", "http://127.0.0.1:1")
    settings.write_text(text.replace("https://stats.nba.com", "http://127.0.0.1:1"))
    address(path, hook.url(SECRET))
    return path


@pytest.fixture
def watched(home: Path, fullcourt: Program, hook: Webhook) -> Path:
    """That home, judged; whatever was open before is told: what comes now is an alert."""
    assert fullcourt("watch", "--once", "--home", home).exit_code in (0, 1)
    hook.told.clear()
    return home


def address(home: Path, *urls: str) -> None:
    """Write the home's channels."""
    file = home / "alerts.urls"
    file.write_text("\n".join(urls), encoding="utf-8")
    file.chmod(0o600)


@contextmanager
def daemon(command: str, home: Path) -> Iterator[subprocess.Popen[str]]:
    """`serve` or `watch` in a process of its own, at work; it is gone afterwards."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FULLCOURT_")}
    with subprocess.Popen(
        [sys.executable, "-c", CODE, command, "--home", str(home)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as process:
        try:
            assert process.stderr is not None
            while not process.stderr.readline().startswith(("serving", "watching")):
                assert process.poll() is None, "it ended at once"
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def everything_in(home: Path) -> bytes:
    """Every byte the home keeps, but for the file of the addresses."""
    files = (path for path in home.rglob("*") if path.is_file() and path.name != "alerts.urls")
    return b"\n".join(path.read_bytes() for path in files)


def test_a_watch_beside_a_worker_tells_the_channel(
    watched: Path, fullcourt: Program, hook: Webhook
) -> None:
    """While another process holds the home it watches all the same, and says nothing twice."""
    before = as_json(fullcourt("watch", "--once", "--home", watched, "--json").stdout)
    with sole_controller(Home(watched)):
        shown = fullcourt("watch", "--once", "--home", watched, "--json")
    view = as_json(shown.stdout)
    assert view["state"]["watched_at"] > before["state"]["watched_at"]
    open_causes = view["state"]["incidents"]
    assert shown.exit_code == view["exit_code"] == (1 if open_causes else 0)
    assert hook.told == []


def test_a_killed_controller_is_noticed_by_another_process(
    watched: Path, fullcourt: Program, hook: Webhook
) -> None:
    """A killed `serve` is one alert and a word of `status` and `doctor`; a stopped one is not."""
    with daemon("serve", watched) as serving:
        assert fullcourt("watch", "--once", "--home", watched).exit_code in (0, 1)
        state = as_json(fullcourt("watch", "--once", "--home", watched, "--json").stdout)["state"]
        assert state["controller"]["state"] == "serving"
        serving.send_signal(signal.SIGKILL)
        serving.wait(30)
    for _ in range(2):
        shown = fullcourt("watch", "--once", "--home", watched)
        assert shown.exit_code == 1
        assert "controller dead" in shown.stdout
    assert sum(title.startswith("alert: the controller is dead") for title in hook.titles) == 1
    status = fullcourt("status", "--home", watched)
    assert (status.exit_code, "controller dead" in status.stdout) == (1, True)
    doctor = as_json(fullcourt("doctor", "--home", watched, "--json").stdout)
    assert {c["name"]: c["state"] for c in doctor["checks"]}["controller"] == "failed"
    with daemon("serve", watched) as serving:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=60)
        assert serving.returncode == 0
    state = as_json(fullcourt("watch", "--once", "--home", watched, "--json").stdout)["state"]
    assert state["controller"]["state"] == "stopped"


def test_serve_watches_by_itself(home: Path, fullcourt: Program) -> None:
    """The watch inside `serve` is made at once and recorded."""
    ledger = Ledger.open(home / "ledger.db", SystemClock())
    before = watched_at(ledger)
    with daemon("serve", home) as serving:
        until = time.monotonic() + 60
        while watched_at(ledger) == before and time.monotonic() < until:
            time.sleep(0.2)
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=60)
    after = watched_at(ledger)
    ledger.close()
    assert before is None
    assert after is not None
    doctor = as_json(fullcourt("doctor", "--home", home, "--json").stdout)
    watch = next(check for check in doctor["checks"] if check["name"] == "watch")
    assert watch["state"] == "ok"
    assert watch["detail"].startswith(iso(after))


def test_watch_stops_when_it_is_asked_to(home: Path) -> None:
    """SIGTERM ends the loop with exit 0."""
    with daemon("watch", home) as watching:
        watching.send_signal(signal.SIGTERM)
        _, said = watching.communicate(timeout=60)
    assert watching.returncode == 0, said
    assert "stopped between two watches" in said


def test_a_channel_that_fails_is_seen_everywhere_and_its_secret_nowhere(
    watched: Path, fullcourt: Program, hook: Webhook
) -> None:
    """Exit 1 and a word wherever one looks; the address is in no output and no file of the home."""
    hook.mode = "fails"
    address(watched, hook.url(SECRET), f"nosuchscheme://{SECRET}")
    outputs = []
    probed = fullcourt("watch", "--probe", "--home", watched)
    assert probed.exit_code == 1
    assert "refused (HTTP 500)" in probed.stdout
    outputs.append(probed)
    with daemon("serve", watched) as serving:
        serving.send_signal(signal.SIGKILL)
        serving.wait(30)
    for command, *more in (
        ("watch", "--once"),
        ("watch", "--once", "--json"),
        ("status", "--json"),
        ("status",),
        ("doctor",),
        ("doctor", "--json"),
    ):
        shown = fullcourt(command, *more, "--home", watched)
        outputs.append(shown)
        assert shown.exit_code == 1, command
        assert "refused (HTTP 500)" in shown.stdout, command
    assert all(SECRET not in shown.stdout + shown.stderr for shown in outputs)
    assert SECRET.encode() not in everything_in(watched)


def test_a_file_others_may_read_is_a_visible_verdict(
    home: Path, fullcourt: Program, hook: Webhook
) -> None:
    """The watch goes on without channels, says why, and exits 1."""
    (home / "alerts.urls").chmod(0o644)
    shown = fullcourt("watch", "--once", "--home", home)
    assert shown.exit_code == 1
    assert "others than its owner may read it" in shown.stdout.replace("\n", " ")
    assert hook.told == []


def test_a_probe_goes_to_every_channel(home: Path, fullcourt: Program, hook: Webhook) -> None:
    """The test message arrives, and the exit code says that all took it."""
    view = as_json(fullcourt("watch", "--probe", "--home", home, "--json").stdout)
    assert (view["exit_code"], view["channels"][0]["error"]) == (0, None)
    assert hook.titles == ["probe"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--override-breaker", " "), "say in a few words"),
        (("--override-breaker", "mended"), "nothing is held back"),
    ],
)
def test_an_override_needs_a_reason_and_an_open_breaker(
    arguments: tuple[str, ...], said: str, home: Path, fullcourt: Program
) -> None:
    """Neither an empty reason nor a closed breaker is passed over in silence."""
    shown = fullcourt("watch", *arguments, "--home", home)
    assert shown.exit_code == 2
    assert said in shown.stderr.replace("\n", " ")


def test_a_world_without_time_is_watched_once(week: Path, fullcourt: Program) -> None:
    """A virtual clock and a loop do not go together; one watch does."""
    shown = fullcourt("watch", "--home", week)
    assert shown.exit_code == 2
    assert "no time passes" in shown.stderr
    assert fullcourt("watch", "--once", "--home", week).exit_code == 0
