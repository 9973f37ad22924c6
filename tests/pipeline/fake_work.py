"""What workers do in tests: end well, hang, crash, or fail."""

from __future__ import annotations

import os
import time
from pathlib import Path

from fullcourt.pipeline.runner import RunReport, Task


def work(home: Path, task: Task) -> RunReport:
    """End as the task's trigger says, leaving this process's number in the home."""
    (home / f"{task.trigger}.pid").write_text(str(os.getpid()), encoding="ascii")
    if task.trigger == "hang":
        time.sleep(600)
    if task.trigger == "crash":
        os._exit(7)
    return RunReport(f"run-{task.trigger}", task.dataset, "succeeded", 3, {})
