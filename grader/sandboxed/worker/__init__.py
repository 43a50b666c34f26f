"""The process that runs a student's code: it executes cells, looks, and reports facts.

A sandbox holds this folder and ``grader/sandboxed/observers``, and nothing that knows an answer.
"""
