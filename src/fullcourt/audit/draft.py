"""A configuration while it is proposed: its lines, and what is sure and unsure of them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Draft:
    """Lines of a configuration while it is written, and what is said of them."""

    lines: list[str] = field(default_factory=list)
    sure: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    lookups: set[str] = field(default_factory=set)

    def add(self, *lines: str) -> None:
        """More lines."""
        self.lines += lines

    def fill_in(self, key: str, why: str) -> None:
        """A line that whoever knows has to fill in."""
        self.lines.append(f"# {key} =           # fill in: {why}")
        self.unsure.append(f"{key}: {why}")
