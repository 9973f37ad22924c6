"""One message over one real channel: taken, refused, hanging, gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fullcourt.alerting.channels import channel_of
from fullcourt.alerting.sending import ProcessSender
from tests.alerting.webhook import webhook

SECRET = "hunter2"


@pytest.fixture
def sender() -> Iterator[ProcessSender]:
    """A sender whose process is ended afterwards."""
    made = ProcessSender(deadline_s=60)
    yield made
    made.close()


def test_a_webhook_is_told_once(sender: ProcessSender) -> None:
    """The message arrives with its title, its text and its kind, exactly once."""
    with webhook() as hook:
        assert sender.send(channel_of(hook.url()), "the title", "the text", "alert") is None
    (told,) = hook.told
    assert (told["title"], told["message"], told["type"]) == ("the title", "the text", "failure")


def test_a_refusal_is_named_and_no_secret_with_it(sender: ProcessSender) -> None:
    """The status of the answer is said, and nothing of the address."""
    with webhook("fails") as hook:
        error = sender.send(channel_of(hook.url(SECRET)), "t", "b", "alert")
    assert error == "refused (HTTP 500)"
    assert len(hook.told) == 1


@pytest.mark.parametrize("mode", ["hangs", "drips"])
def test_a_channel_that_hangs_is_given_up_at_the_deadline(mode: str) -> None:
    """A server that holds the line, silent or with a byte now and then, does not hold us."""
    sender = ProcessSender(deadline_s=3)
    with webhook(mode) as hook:
        assert sender.send(channel_of(hook.url()), "t", "b", "alert") in (
            "no answer within 3 s",
            "no connection",
        )
        # The process that hung is gone; the next message has a fresh one.
        hook.mode, sender.deadline_s = "ok", 60
        assert sender.send(channel_of(hook.url()), "again", "b", "alert") is None
    sender.close()
    assert hook.told[-1]["title"] == "again"


@pytest.mark.parametrize(
    ("url", "error"),
    [
        (f"json://127.0.0.1:1/{SECRET}", "no connection"),
        (f"nosuchscheme://{SECRET}", "no address of a kind that is known"),
        (SECRET, "no address of a kind that is known"),
    ],
)
def test_what_cannot_be_reached_says_so(
    sender: ProcessSender, url: str, error: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A dead port and an address of no kind are errors in words; nothing is printed."""
    assert sender.send(channel_of(url), "t", "b", "alert") == error
    assert capfd.readouterr() == ("", "")
