"""NBA vendor data in, calibrated player-prop predictions out, with proof that nothing is missing."""

__version__ = "0.1.0"
