"""The judge: checks, grading and gradebook, on nbgrader's own extension points."""
