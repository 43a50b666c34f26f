"""Papers for grading."""
