"""Write the page that JupyterLab opens on, and the picture at its top."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template

from course import settings
from course.workbench import overview, workspace

PAGE, PICTURE = "START.md", "START.png"
TEMPLATE = Path(__file__).parent / "start_page" / "START.md"
TABLE_STYLE = "width: 100%; font-size: 15px; margin-left: 0"
CELL_STYLE = "text-align: left; padding: 10px 12px; line-height: 1.6"
DOOR_STYLE = "text-align: center; padding: 10px 12px; line-height: 1.8; width: 17%"
BUTTON_STYLE = (
    "display: inline-block; color: #ffffff; padding: 1px 16px; border-radius: 14px; "
    "font-weight: bold"
)
COLORS = {"keras": "#b3261e", "pytorch": "#a8430b"}
BANNER_SEED = 3
BANNER_PX = 97
BANNER_COLUMNS = 10
GAP_PX = 6


def write() -> None:
    """Write the start page into ``work/``, with what is passed so far."""
    workspace.write_own(PAGE, page())
    picture = settings.work_dir() / PICTURE
    if not picture.exists():
        draw_banner(picture)


def page() -> str:
    """Return the start page as Markdown."""
    found = overview.overview()
    slug = found[-1].slug if found else "02-freezing"
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        lessons=table(found), example=f"{slug}/pytorch.ipynb", lesson=slug
    )


def table(lessons: list[overview.Lesson]) -> str:
    """Return the lessons as an HTML table: what one learns, how long, where to click."""
    if not lessons:
        return "There are no lessons in `lessons/`. `course doctor` says what to do."
    passed = overview.passed_checks()
    rows = [_row(lesson, passed) for lesson in lessons]
    return "\n".join([f'<table style="{TABLE_STYLE}">', *rows, "</table>"])


def _row(lesson: overview.Lesson, passed: Mapping[str, set[str]]) -> str:
    doors = "".join(_door(lesson, framework, passed) for framework in lesson.frameworks)
    goal = f"<br>You will be able to {escape(lesson.goal)}." if lesson.goal else ""
    time = f" &nbsp;{escape(lesson.time)}" if lesson.time else ""
    return (
        f'<tr><td style="{CELL_STYLE}"><b>{lesson.number} &nbsp;{escape(lesson.title)}</b>'
        f"{time}{goal}</td>{doors}</tr>"
    )


def _door(lesson: overview.Lesson, framework: str, passed: Mapping[str, set[str]]) -> str:
    done, all_checks = len(overview.done(lesson, framework, passed)), len(lesson.checks)
    count = f"{done} of {all_checks} passed" if all_checks else ""
    if all_checks and done == all_checks:
        count = "✓ all passed"
    name = overview.FRAMEWORK_NAMES[framework]
    return (
        f'<td style="{DOOR_STYLE}">'
        f'<a href="{lesson.slug}/{framework}.ipynb">'
        f'<span style="{BUTTON_STYLE}; background-color: {COLORS[framework]}">{name}</span></a>'
        f"<br>{count}</td>"
    )


def draw_banner(file: Path) -> None:
    """Draw a row of the course's own pictures, flowers and pets in turn."""
    import numpy as np
    from PIL import Image

    from course.pictures import flowers, pets

    blooms = flowers(2, seed=BANNER_SEED, size_px=BANNER_PX, workers=1).images
    animals = pets(3, seed=BANNER_SEED, size_px=BANNER_PX, workers=1).images
    order = [blooms[0], animals[0], blooms[1], blooms[2], animals[1], blooms[3], animals[2]]
    order += [blooms[4], animals[3], blooms[5]]
    gap = np.full((BANNER_PX, GAP_PX, 3), 255, np.uint8)
    strip = [part for image in order[:BANNER_COLUMNS] for part in (image, gap)][:-1]
    Image.fromarray(np.concatenate(strip, axis=1)).save(file, optimize=True)
