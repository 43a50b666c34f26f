"""One case per known attack on a grader: what is handed in, and what must not come of it."""
