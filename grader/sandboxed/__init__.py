"""All that a sandbox may see: observers, toy networks, the worker. No answer is known here."""
