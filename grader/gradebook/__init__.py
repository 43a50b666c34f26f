"""nbgrader's gradebook and everything made from it; one scorer for both routes."""
