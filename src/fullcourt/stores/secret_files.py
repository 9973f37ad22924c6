"""Files of secrets (keys, addresses): read only where their owner alone can read them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from fullcourt.errors import SettingsError

_NOT_ITS_OWNERS_ALONE = stat.S_IRWXG | stat.S_IRWXO


def secret_lines(path: Path, what: str, setting: str) -> list[str]:
    """The lines of a file of secrets, without empty ones and comments; none where it is absent.

    `what` it holds and the `setting` that names it are for the error.

    Raises:
        SettingsError: the file can be read by others, or not by us.
    """
    try:
        # One descriptor: what is checked is what is read.
        with path.open(encoding="utf-8") as handle:
            found = os.fstat(handle.fileno())
            if found.st_uid != os.geteuid() or found.st_mode & _NOT_ITS_OWNERS_ALONE:
                raise SettingsError(
                    f"{path}: others than its owner may read it (mode "
                    f"{stat.S_IMODE(found.st_mode):04o}), or it is somebody else's.",
                    next_step=f"`chmod 600 {path}`; change {what} if others have seen them",
                )
            text = handle.read()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path}: {what} cannot be read ({type(error).__name__}).",
            next_step=f"mend the file, or name another in `{setting}`",
        ) from None
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
