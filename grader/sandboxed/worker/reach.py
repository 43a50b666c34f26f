"""Which names reach for the insides of the interpreter, the frameworks or the grader.

Read by the policy on the coordinator's side (`grader.sandboxed.policy`) and by the watch in the
worker
(`grader.sandboxed.worker.audit`), so that a name written down and a name put together mean the
same.
"""

from __future__ import annotations

import sys

# What an answer may import without anybody looking at it; the rest is said, not refused.
_STANDARD = """
__future__ abc array ast base64 bisect calendar cmath collections contextlib copy csv dataclasses
datetime decimal difflib enum fractions functools gc glob hashlib heapq io itertools json logging
math multiprocessing numbers operator os pathlib pickle platform pprint random re secrets shutil
statistics string sys tempfile textwrap time timeit traceback types typing typing_extensions
unicodedata urllib uuid warnings zipfile zlib
"""
_PACKAGES = """
IPython PIL course cv2 ipywidgets keras matplotlib mpl_toolkits numpy pandas psutil quizzes requests
safetensors scipy seaborn skimage sklearn tensorflow torch torchvision tqdm
"""
MODULES = frozenset((_STANDARD + _PACKAGES).split())

# Of some modules only what has nothing to do with the interpreter.
ONLY = {
    "sys": "argv byteorder executable exit float_info getrecursionlimit getsizeof hexversion "
    "implementation int_info maxsize path platform stderr stdin stdout version version_info",
    "os": "PathLike chdir cpu_count curdir environ extsep fspath getcwd getenv getpid linesep "
    "listdir makedirs mkdir name path remove removedirs rename replace rmdir scandir sep stat "
    "unlink urandom walk",
    "gc": "collect",
    "ast": "literal_eval",
    "pickle": "HIGHEST_PROTOCOL dump dumps",
    "traceback": "format_exc format_exception format_exception_only print_exc print_exception",
    "types": "FunctionType GeneratorType LambdaType MappingProxyType MethodType ModuleType "
    "NoneType SimpleNamespace",
    "multiprocessing": "Pool Process Queue cpu_count current_process freeze_support get_context "
    "get_start_method set_start_method",
    "string": "Template ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits "
    "octdigits printable punctuation whitespace",
    "timeit": "default_timer",
    "grader": "checks",
    "grader.checks": "check",
}
ONLY_OF = {module: frozenset(names.split()) for module, names in ONLY.items()}

DUNDERS = frozenset(
    f"__{name}__"
    for name in """
    abs add aenter aexit aiter all and anext annotations author bool bytes call class complex
    contains copy date debug deepcopy delitem divmod doc empty enter eq exit file float floordiv
    format future ge getitem getnewargs gt hash iadd iand idiv ifloordiv ilshift imatmul imod
    imul index init int invert ior ipow irshift isub iter itruediv ixor le len length_hint
    lshift lt main matmul missing mod module mul name ne neg next or pos post_init pow qualname
    radd rand rdivmod repr reversed rfloordiv rlshift rmatmul rmod rmul ror round rpow rrshift
    rshift rsub rtruediv rxor set_name setitem slots str sub test truediv version xor
    """.split()
)
# Inside a class of their own these are an ordinary way to write it; on anything else they are not.
OWN_DUNDERS = frozenset({"__dict__", "__new__"})

NAMES = frozenset(
    """
    f_back f_builtins f_code f_globals f_lasti f_locals f_trace tb_frame tb_lasti tb_next
    gi_code gi_frame gi_yieldfrom cr_await cr_code cr_frame cr_origin ag_await ag_code ag_frame
    co_code co_consts co_freevars co_names co_varnames cell_contents
    _getframe _getframemodulename _current_frames _current_exceptions _exit currentframe
    getouterframes getinnerframes getframeinfo getmembers getclosurevars walk_stack walk_tb
    extract_stack StackSummary TracebackException get_objects get_referrers get_referents
    settrace setprofile setswitchinterval setrecursionlimit addaudithook exc_info meta_path
    path_hooks path_importer_cache unraisablehook excepthook displayhook breakpointhook
    forkpty fdopen dup2 memfd_create pidfd_open process_vm_writev setrlimit
    update_wrapper ctypeslib f2py ctypes load_library load_op_library
    load_file_system_library cpp_extension as_strided
    TorchFunctionMode TorchDispatchMode register_torch_dispatch set_default_torch_function
    dispatch_for_api dispatch_for_unary_elementwise_apis register_tensor_conversion_function
    enable_unsafe_deserialization register_module_forward_hook register_module_forward_pre_hook
    register_module_backward_hook register_module_full_backward_hook
    register_module_buffer_registration_hook register_module_module_registration_hook
    register_module_parameter_registration_hook register_optimizer_step_post_hook
    register_optimizer_step_pre_hook add_safe_globals skip_init
    ThreadPool ThreadPoolExecutor ProcessPoolExecutor shared_memory start_new_thread
    get_custom_objects unsafe_eval lambda_eval run_line_magic get_ipython user_ns
    """.split()
)
# Functions of Python's own that run text, or hand out the interpreter's own tables.
BUILTINS = frozenset({"eval", "exec", "compile", "__import__", "__builtins__", "__loader__"})
BUILTINS |= {"__spec__", "breakpoint"}

_SUBMODULES = (
    "torch._",
    "torch.library",
    "torch.overrides",
    "torch.package",
    "torch.utils._",
    "torch.utils.cpp_extension",
    "torch.distributed",
    "torch.fx.experimental",
    "torch.testing._",
    "tensorflow.python",
    "numpy.ctypeslib",
    "numpy.f2py",
    "multiprocessing.dummy",
    "multiprocessing.managers",
    "multiprocessing.shared_memory",
    "multiprocessing.util",
    "multiprocessing.pool",
    "IPython.core",
    "logging.handlers",
    "logging.config",
)
# Names under which a module may hand on another one: `torch.sys`, `course.trace.os`.
HANDED_ON = frozenset(sys.stdlib_module_names) - (MODULES - ONLY_OF.keys())
HANDED_ON |= {"grader", "sandboxed", "observers", "worker"}


def _kept_back(module: str) -> bool:
    return f"{module}.".startswith(_DOTTED)


_DOTTED = tuple(name if name.endswith("_") else f"{name}." for name in _SUBMODULES)


def import_reaches(module: str) -> bool:
    """Return whether an import of ``module`` is for a person to look at."""
    root = module.split(".")[0]
    if root == "grader":
        return module not in ("grader", "grader.checks")
    return root not in MODULES or _kept_back(module)


def member_reaches(module: str, name: str) -> bool:
    """Return whether taking ``name`` out of ``module`` is."""
    if is_dunder(name) or name in NAMES:
        return name_reaches(name)
    if module in ONLY_OF:
        return name not in ONLY_OF[module]
    if name.startswith("_") and not name[1:2].isupper():  # `_BatchNorm` is how PyTorch calls it
        return True
    return _kept_back(f"{module}.{name}")


def is_dunder(name: str) -> bool:
    """Return whether ``name`` stands between double underscores."""
    return len(name) > 4 and name.startswith("__") and name.endswith("__")


def name_reaches(name: str) -> bool:
    """Return whether an attribute of this name leads inside, whatever it is an attribute of."""
    return name in NAMES or (is_dunder(name) and name not in DUNDERS)
