"""NBA vendor data in, calibrated player-prop predictions out, with proof of completeness."""

__version__ = "0.1.0"
