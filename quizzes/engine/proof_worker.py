"""Run the proofs of one framework, in a process of its own: jobs on stdin, evidence on stdout.

``python -m quizzes.engine.proof_worker pytorch`` reads a JSON list of jobs (``id``, ``code``,
``stem``, ``options``) and prints one JSON object: job id to ``{"evidence": ..., "seconds": ...}``,
seconds of CPU, or to ``{"error": ...}``. The names that a proof finds are listed in
``quizzes.engine.proof_kit``.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
import traceback
import warnings
from typing import Any

from quizzes.engine.proof_kit import fix_seeds, names_for


def main(argv: list[str]) -> None:
    """Read the jobs, run each, print the evidence."""
    framework = argv[0] if argv[0] != "neither" else None
    jobs = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()):
        results = {job["id"]: _settle(job, framework) for job in jobs}
    print(json.dumps(results))


def _settle(job: dict[str, Any], framework: str | None) -> dict[str, Any]:
    """Run one proof in a fresh namespace with fixed seeds."""
    fix_seeds(framework)
    names = names_for(framework, job["stem"], job["options"])
    started = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(job["code"], f"<proof of {job['id']}>", "exec"), names)
        evidence = json.loads(json.dumps(names["evidence"], default=_plain))
    except Exception:
        return {"error": traceback.format_exc(limit=-3)}
    return {"evidence": evidence, "seconds": round(time.process_time() - started, 3)}


def _plain(value: Any) -> Any:
    """Turn a framework's or NumPy's scalar into Python's own."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"evidence holds a {type(value).__name__}; use bool, number, str, list or dict")


if __name__ == "__main__":
    main(sys.argv[1:])
