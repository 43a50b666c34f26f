"""One submission: rebuilt, run, observed, judged."""
