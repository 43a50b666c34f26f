"""Read exports back as the platforms do: stem, type and right answer per question."""

from __future__ import annotations

import html
import json
import re
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass
from pathlib import Path

from quizzes.exports.parts import fixed

LETTERS = "abcdefgh"
PARSE = """
const {parse} = require(process.argv[1]);
const text = require("fs").readFileSync(process.argv[2], "utf8");
console.log(JSON.stringify(parse(text)));
"""


@dataclass(frozen=True)
class Read:
    """One question as read back; ``key`` is letters by place, or a number and its margin."""

    kind: str
    stem: str
    key: str
    options: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    solution: str = ""
    shares: tuple[float, ...] = ()  # percent of the point, in the order written


def moodle(path: Path) -> dict[str, ET.Element]:
    """Return the question elements by name."""
    nodes = ET.parse(path).getroot().findall("question")
    return {n.findtext("name/text", ""): n for n in nodes if n.get("type") != "category"}


def moodle_read(node: ET.Element) -> Read:
    answers = node.findall("answer")
    full = [a for a in answers if float(a.get("fraction", "nan")) > 0]
    kind = node.get("type", "")
    if kind == "numerical":
        [right] = full
        key = f"{right.findtext('text')} ± {right.findtext('tolerance')}"
    else:
        key = "".join(LETTERS[answers.index(a)] for a in full)
    return Read(
        kind,
        node.findtext("questiontext/text", ""),
        key,
        tuple(a.findtext("text", "") for a in answers),
        tuple(a.findtext("feedback/text", "") for a in answers),
        node.findtext("generalfeedback/text", ""),
        tuple(float(a.get("fraction", "nan")) for a in answers),
    )


def gift(path: Path) -> dict[str, Read]:
    """Return the questions by name, read as Moodle reads them: escaped signs aside, then split."""
    blocks = _aside(path.read_text(encoding="utf-8")).strip().split("\n\n")
    found = [_gift_block(block) for block in blocks if not block.startswith("$CATEGORY:")]
    return dict(found)


def _aside(text: str) -> str:
    return re.sub(r"\\([\\:#={}~n])", lambda sign: chr(0xE000 + ord(sign[1])), text)


def _back(text: str) -> str:
    return re.sub("[\ue000-\ue0ff]", lambda sign: _sign(sign[0]), text).strip()


def _sign(kept: str) -> str:
    sign = chr(ord(kept) - 0xE000)
    return "\n" if sign == "n" else sign


def _gift_block(block: str) -> tuple[str, Read]:
    match = re.fullmatch(r"::([^:]+)::\[html\]([^{}]+)\{(#?)([^{}]+)####([^{}#]+)\}", block)
    assert match, block
    name, stem, numeric, body, solution = match.groups()
    lines = [re.fullmatch(r"([=~])(?:%(.+?)%)?([^#]+)#([^#]+)", line) for line in _lines(body)]
    shares = tuple(float(line[2] or 100 * (line[1] == "=")) for line in lines)
    texts = tuple(_back(line[3]) for line in lines)
    right = [at for at, share in enumerate(shares) if share > 0]
    key = " ± ".join(texts[right[0]].split(":")) if numeric else "".join(LETTERS[r] for r in right)
    feedback = tuple(_back(line[4]) for line in lines)
    kind = "Numerical" if numeric else "MC"
    return _back(name), Read(kind, _back(stem), key, texts, feedback, _back(solution), shares)


def _lines(body: str) -> list[str]:
    return [line for line in re.split(r"\n(?=[=~])", body) if line.strip()]


def gift_by_npm(path: Path, parser: Path) -> dict[str, Read]:
    """Return the questions by name, read by npm's gift-pegjs."""
    run = subprocess.run(
        ["node", "-e", PARSE, str(parser), str(path)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    return {item["title"]: _gift_read(item) for item in found if item["type"] != "Category"}


def _gift_read(item: dict) -> Read:
    choices = item["choices"]
    shares = tuple(100.0 * c["isCorrect"] if c["weight"] is None else c["weight"] for c in choices)
    texts = tuple(_npm_text(choice["text"]) for choice in choices)
    right = [at for at, share in enumerate(shares) if share > 0]
    numeric = item["type"] == "Numerical"
    return Read(
        item["type"],
        item["stem"]["text"],
        texts[right[0]].replace(":", " ± ") if numeric else "".join(LETTERS[r] for r in right),
        texts,
        tuple(choice["feedback"]["text"] for choice in choices),
        item["globalFeedback"]["text"],
        shares,
    )


def _npm_text(text: dict) -> str:
    return text["text"] if "text" in text else f"{fixed(text['number'])}:{fixed(text['range'])}"


def packed(path: Path) -> dict[str, bytes]:
    """Return the files of a zip by name."""
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def qti12(path: Path) -> dict[str, ET.Element]:
    """Return the items of a QTI 1.2 package by title."""
    files = packed(path)
    [name] = [name for name in files if re.search(r"/text2qti_assessment_\w+\.xml$", name)]
    root = bare(ET.fromstring(files[name]))
    return {item.get("title", ""): item for item in root.iter("item")}


def qti12_read(item: ET.Element) -> Read:
    labels = [label.get("ident") for label in item.iterfind(".//render_choice/response_label")]
    [scored] = [c for c in item.iter("respcondition") if c.find("setvar") is not None]
    if labels:
        refused = {node.text for node in scored.iterfind(".//not/varequal")}
        named = {node.text for node in scored.iterfind(".//varequal")} - refused
        key = "".join(LETTERS[at] for at, label in enumerate(labels) if label in named)
    else:
        low, high = (scored.findtext(f".//{tag}", "") for tag in ("vargte", "varlte"))
        key = f"{scored.findtext('.//varequal')} in {low} to {high}"
    texts = {f.get("ident"): _inner(f) for f in item.iter("itemfeedback")}
    return Read(
        item.findtext(".//fieldentry", ""),
        _inner(item.find("presentation/material")),
        key,
        tuple(_inner(label) for label in item.iterfind(".//render_choice/response_label")),
        tuple(texts.get(f"{label}_fb", "") for label in labels)
        or (texts.get("general_incorrect_fb", ""),),
        texts.get("general_fb", ""),
    )


def _inner(node: ET.Element | None) -> str:
    assert node is not None
    text = node.findtext(".//mattext", "")
    [inside] = re.findall(r"<div(?: class=\"[^\"]+\")?>(.*)</div>", text, re.DOTALL)
    return inside


def qti21(path: Path) -> dict[str, ET.Element]:
    """Return the items of a QTI 2.1 package by title, without their namespace."""
    files = packed(path)
    manifest = bare(ET.fromstring(files["imsmanifest.xml"]))
    hrefs = [resource.get("href", "") for resource in manifest.iter("resource")]
    items = [bare(ET.fromstring(files[href])) for href in hrefs]
    return {item.get("title", ""): item for item in items}


def qti21_read(item: ET.Element) -> Read:
    values = [v.text or "" for v in item.iterfind("responseDeclaration/correctResponse/value")]
    [kind] = [
        n.tag for n in item.find("itemBody").iter() if n.get("responseIdentifier") == "RESPONSE"
    ]
    equal = item.find(".//equal")
    margin = f" ± {equal.get('tolerance').split()[0]}" if equal is not None else ""
    modal = [m for m in item.findall("modalFeedback") if m.get("outcomeIdentifier") == "FEEDBACK"]
    return Read(
        kind,
        _markup(item.find("itemBody/div")),
        "".join(values) + margin,
        tuple(_markup(choice.find("div")) for choice in item.iter("simpleChoice")),
        tuple(_markup(text.find("div")) for text in modal),
        _markup(item.find("modalFeedback[@outcomeIdentifier='SOLUTION']/div")),
    )


def _markup(node: ET.Element | None) -> str:
    assert node is not None
    text = ET.tostring(node, encoding="unicode").removeprefix("<div>").removesuffix("</div>")
    return plain(text)


def plain(markup: str) -> str:
    """Return ``markup`` with its entities read, to compare what two writers escape differently."""
    return html.unescape(markup)


def bare(root: ET.Element) -> ET.Element:
    """Take the namespace off every tag."""
    for node in root.iter():
        node.tag = node.tag.split("}")[-1]
    return root
