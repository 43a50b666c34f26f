# Run by each kernel of `course lab` before its first cell, in the learner's own names: make none.
__import__("course.workbench.missing_names").workbench.missing_names.watch()
