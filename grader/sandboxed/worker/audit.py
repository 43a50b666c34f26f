"""Watch a student's code while it runs, and say at once what reaches for the insides.

What is noticed leaves the process as a line through a pipe that only another process reads: what
was said cannot be taken back. Nothing is refused; a person looks at it later.
"""

from __future__ import annotations

import ast
import builtins
import json
import os
import posixpath
import re
import sys
import types
from collections.abc import Callable
from typing import Any

from grader.sandboxed.worker.reach import HANDED_ON, MODULES, ONLY_OF, member_reaches, name_reaches

TOUCH = "<touch>"  # no name that a cell could spell
CELL = "<cell "
MOST_LINES = 40
# Said where a line of the student's own does it; libraries do these things all the time.
_OWN = {
    "sys._getframe": "frames of the interpreter",
    "sys._getframemodulename": "frames of the interpreter",
    "object.__getattr__": "the inside of a function or frame",
    "object.__setattr__": "the inside of a function or class",
    "object.__delattr__": "the inside of a function or class",
    "code.__new__": "code made by hand",
    "function.__new__": "a function made by hand",
    "compile": "text that is run as code",
    "exec": "text that is run as code",
    "marshal.loads": "code made by hand",
    "marshal.load": "code made by hand",
    "gc.get_referents": "the collector's own lists",
    "ctypes.dlopen": "memory of the process",
    "ctypes.dlsym": "memory of the process",
    "ctypes.cdata": "memory of the process",
    "mmap.__new__": "memory of the process",
    "os.fork": "a process of its own",
    "os.forkpty": "a process of its own",
    "os.kill": "a signal to a process",
    "os.killpg": "a signal to a process",
    "os.link": "links between files",
    "os.symlink": "links between files",
    "socket.__new__": "a socket",
    "socket.connect": "a socket",
    "resource.setrlimit": "limits of the process",
    "resource.prlimit": "limits of the process",
    "fcntl.fcntl": "an open file's inside",
    "fcntl.ioctl": "an open file's inside",
    "sys.unraisablehook": "hooks of the interpreter",
    "sys.excepthook": "hooks of the interpreter",
    "_thread.start_new_thread": "a thread of its own",
}
# Said wherever it happens while a line of the student's waits for it.
_ANYWHERE = {
    "sys.setprofile": "a profiler",
    "sys.settrace": "a tracer",
    "sys.monitoring.register_callback": "a tracer",
    "sys.addaudithook": "an audit hook",
    "sys._current_frames": "frames of the interpreter",
    "sys._current_exceptions": "frames of the interpreter",
    "gc.get_objects": "the collector's own lists",
    "gc.get_referrers": "the collector's own lists",
    "subprocess.Popen": "a program of its own",
    "os.system": "a program of its own",
    "os.exec": "a program of its own",
    "os.posix_spawn": "a program of its own",
    "pickle.find_class": "a pickle that brings code along",
    "open": "memory or open files of a process",
}
_PROCESS_FILES = re.compile(r"/(proc/[^/]+/(task/[^/]+/)?(mem|fd|maps|environ|root|cwd)|dev/fd)\b")
_LOADERS = ("serialization.py", "format.py", "npyio.py")  # what reads a file as a pickle


class Watch:
    """What is noticed in one worker.

    Parameters
    ----------
    say : function
        Takes one line; it is gone from here then.
    names : dict
        The namespace that the student's cells run in.
    alarm : function
        Called when any function is given other code or defaults.
    """

    def __init__(
        self, say: Callable[[str], None], names: dict[str, Any], alarm: Callable[[], None]
    ) -> None:
        trusted: set[str] = set()
        self.trust = trusted.add
        notice = _noticing(say, trusted)
        sys.addaudithook(_hook(notice, alarm))
        names["__builtins__"] = _builtins(notice, names)


def said_through(handle: int) -> Callable[[str], None]:
    """Return a function that writes lines to ``handle``, never waits, and soon has said enough."""
    os.set_blocking(handle, False)
    write, left = os.write, [MOST_LINES]

    def say(line: str) -> None:
        if left[0] > 0:
            left[0] -= 1
            try:
                write(handle, line.encode("ascii", "replace") + b"\n")
            except OSError:
                left[0] = 0

    return say


def _noticing(say: Callable[[str], None], trusted: set[str]) -> Callable[[str, Any], None]:
    """Return what says a thing with the student's line that is at it, once for each line."""
    said: set[tuple[str, int, str]] = set()
    dumps = json.JSONEncoder(ensure_ascii=True).encode

    def notice(what: str, frame: Any) -> None:
        while frame is not None and not frame.f_code.co_filename.startswith(CELL):
            frame = frame.f_back
        if frame is None or frame.f_code.co_filename in trusted:
            return
        where = (frame.f_code.co_filename, frame.f_lineno, what)
        if where not in said:
            said.add(where)
            say(dumps({"what": what, "cell": where[0][len(CELL) : -1].strip(), "line": where[1]}))

    return notice


def _hook(
    notice: Callable[[str, Any], None], alarm: Callable[[], None]
) -> Callable[[str, tuple[Any, ...]], None]:
    own, anywhere, watched = _OWN, _ANYWHERE, frozenset(_OWN | _ANYWHERE)
    frame_of, inside = sys._getframe, []  # type: ignore[var-annotated]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in watched or inside:
            return
        inside.append(event)  # the hook itself looks at frames
        try:
            frame = frame_of(1)
            if event == "object.__setattr__":
                alarm()
            if event in anywhere:
                if not _harmless(event, arguments, frame):
                    notice(anywhere[event], frame)
            elif frame is not None and _is_theirs(frame.f_code.co_filename):
                notice(own[event], frame)
        finally:
            inside.pop()

    return hook


def _is_theirs(filename: str) -> bool:
    """Return whether code of this name is the student's, or was made from text at run time."""
    return filename.startswith((CELL, "<string>")) or "__autograph_generated" in filename


def _harmless(event: str, arguments: tuple[Any, ...], frame: Any) -> bool:
    if event == "open":
        return _is_plain_file(arguments[0], frame)
    if event == "pickle.find_class":
        return not _brings_code(str(arguments[0]), str(arguments[1]), frame)
    return False


def _is_plain_file(path: object, frame: Any) -> bool:
    if isinstance(path, int):
        return frame is None or not _is_theirs(frame.f_code.co_filename)
    if isinstance(path, bytes):
        path = path.decode("utf-8", "replace")
    if not isinstance(path, str) or "/" not in path:
        return True
    return _PROCESS_FILES.match(posixpath.normpath(path)) is None


def _brings_code(module: str, name: str, frame: Any) -> bool:
    """Return whether an unpickled name is no mere class of data; of files only."""
    while frame is not None and not frame.f_code.co_filename.endswith(_LOADERS):
        frame = frame.f_back
    if frame is None:  # a process of multiprocessing's that is told what to run
        return False
    found = getattr(sys.modules.get(module), name.split(".")[0], None)
    return isinstance(found, types.ModuleType) or module.split(".")[0] in _CODE_OF_FILES


_CODE_OF_FILES = {"__main__", "builtins", "os", "posix", "nt", "sys", "subprocess", "functools"}
_CODE_OF_FILES |= {"operator", "importlib", "types", "grader", "runpy", "codecs", "shutil"}


def _builtins(notice: Callable[[str, Any], None], names: dict[str, Any]) -> dict[str, Any]:
    """Return the builtins for a student's cells: the same, but some look at what they are given."""
    touch, frame_of = _touching(notice, names), sys._getframe
    get, put, remove, table = getattr, setattr, delattr, vars
    text = str.__str__

    def getattr_(thing: Any, name: str, *default: Any) -> Any:
        touch(thing, text(name) if isinstance(name, str) else "")
        return get(thing, name, *default)

    def setattr_(thing: Any, name: str, value: Any) -> None:
        touch(thing, text(name) if isinstance(name, str) else "", True)
        put(thing, name, value)

    def delattr_(thing: Any, name: str) -> None:
        touch(thing, text(name) if isinstance(name, str) else "", True)
        remove(thing, name)

    def vars_(*thing: Any) -> Any:
        if not thing:
            return frame_of(1).f_locals
        found = table(*thing)  # of a module a copy: reading is harmless
        return dict(found) if issubclass(type(thing[0]), types.ModuleType) else found

    mine = {"getattr": getattr_, "setattr": setattr_, "delattr": delattr_, "vars": vars_}
    for name, function in mine.items():
        function.__name__ = function.__qualname__ = name
        function.autograph_info__ = {}  # type: ignore[attr-defined]  # leave it as it is, TensorFlow
    touch.autograph_info__ = {}  # type: ignore[attr-defined]
    return {**builtins.__dict__, **mine, TOUCH: touch}


def _touching(notice: Callable[[str, Any], None], names: dict[str, Any]) -> Callable[..., Any]:
    """Return what looks at a thing and the name that is taken from it or stored in it."""
    frame_of = sys._getframe

    def touch(thing: Any, name: str, store: bool = False) -> Any:
        said = _stored(thing, name, names) if store else _taken(thing, name)
        if said:
            notice(said, frame_of(1))
        return thing

    return touch


def _taken(thing: Any, name: str) -> str:
    kind = type(thing)
    if name == "__dict__":
        foreign = issubclass(kind, types.ModuleType | type | types.FunctionType)
        return "`__dict__`" if foreign else ""
    if issubclass(kind, types.ModuleType):
        module = types.ModuleType.__getattribute__(thing, "__dict__").get("__name__", "")
        if member_reaches(module, name) or (name in HANDED_ON and _is_kept_back(thing, name)):
            return f"`{module}.{name}`"
        return ""
    return f"`{name}`" if name_reaches(name) else ""


def _is_kept_back(module: types.ModuleType, name: str) -> bool:
    found = module.__dict__.get(name)
    if not isinstance(found, types.ModuleType):
        return False
    root = found.__name__.split(".")[0]
    return root not in MODULES or found.__name__ in ONLY_OF


_HOLDERS = ("grader", "json", "importlib", "threading", "socket", "builtins")


def _is_held(kind: type, name: str) -> bool:
    """Return whether what is stored in such a thing is not a student's to change."""
    root = kind.__module__.split(".")[0] if isinstance(kind.__module__, str) else ""
    if root not in _HOLDERS or kind is object:
        return False
    roots = {str(base.__module__).split(".")[0] for base in type.mro(kind)}
    if root != "grader" or not roots & {"torch", "keras"}:
        return True
    return callable(getattr(kind, name, None))  # a toy network: its layers, yes; its methods, no


def _stored(thing: Any, name: str, names: dict[str, Any]) -> str:
    """Return what is changed that is not the student's own, or nothing."""
    kind = type(thing)
    if name_reaches(name) or name == "__class__":
        return f"`{name}`"
    if issubclass(kind, types.ModuleType):
        module = types.ModuleType.__getattribute__(thing, "__dict__").get("__name__", "")
        own = module == "__main__" or module.startswith("torch.backends")
        return "" if own else f"`{module}.{name}`, which it changes"
    if issubclass(kind, type):
        home = type.__getattribute__(thing, "__module__")
        return "" if home == "__main__" else f"`{thing.__name__}.{name}`, which it changes"
    if kind is types.FunctionType:
        own = thing.__globals__ is names or thing.__module__ == "__main__"
        return "" if own else f"`{thing.__name__}.{name}`, which it changes"
    if _is_held(kind, name):
        return f"`{name}` of a {kind.__name__}, which it changes"
    return ""


class _Touches(ast.NodeTransformer):
    """Has every attribute that is stored, or that may lead inside, looked at when it is used."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        """Wrap what the attribute is of, where it matters."""
        self.generic_visit(node)
        store = not isinstance(node.ctx, ast.Load)
        if store or node.attr in HANDED_ON or node.attr.startswith("_"):
            called = ast.Name(TOUCH, ast.Load())
            given: list[ast.expr] = [node.value, ast.Constant(node.attr), ast.Constant(store)]
            node.value = ast.copy_location(ast.Call(called, given, []), node.value)
        return node


def compiled(text: str, filename: str) -> types.CodeType:
    """Return a cell's code, which does what the text says and lets itself be looked at."""
    tree = _Touches().visit(ast.parse(text, filename))
    return compile(ast.fix_missing_locations(tree), filename, "exec")
