"""A class folder: its lessons, roster, receipts, verdicts."""
