"""Calls to the kernel that no exercise needs: refused by a filter that a process cannot take off.

Limits and counts see the memory that a process maps. What lives outside of a process (a memfd, a
detached segment of System V, a queue, a file system of one's own after ``unshare``) they do not;
those, other processes' insides, and sockets other than local ones are refused.

The filter is the kernel's classic BPF (seccomp(2)); numbers are those of asm/unistd.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

# name: (x86_64, aarch64)
_REFUSED = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "mount_setattr": (442, 442),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "open_by_handle_at": (304, 265),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
}
_MISSING = {"clone3": (435, 435)}  # "no such call": the C library then uses clone, seen below
_CLONE, _SOCKET = (56, 220), (41, 198)
_NEW_NAMESPACES = 0x7E020080  # CLONE_NEW*: mount, cgroup, uts, ipc, user, pid, net, time
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_X32, _AF_UNIX = 0x40000000, 1
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2


def program(machine: str) -> bytes:
    """Return the filter for a kind of processor, as the kernel reads it.

    Raises
    ------
    OSError
        If the numbers of its calls are not known here.
    """
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no filter for the calls of {machine}")
    column, audit = _ARCHITECTURES[machine]
    refuse, missing = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
    lines = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, refuse),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, missing),
    ]
    for number in _REFUSED.values():
        lines += [(_EQUAL, 0, 1, number[column]), (_RETURN, 0, 0, refuse)]
    for number in _MISSING.values():
        lines += [(_EQUAL, 0, 1, number[column]), (_RETURN, 0, 0, missing)]
    lines += [
        (_EQUAL, 0, 4, _CLONE[column]),  # another call: on to the socket
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ANY_BIT, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 3, _SOCKET[column]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 1, 0, _AF_UNIX),  # which multiprocessing needs
        (_RETURN, 0, 0, _ERRNO | errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_char_p))


def refuse() -> None:
    """Put the filter on this process and all that it starts, for good.

    Raises
    ------
    OSError
        If the kernel has no such filters.
    """
    made = program(os.uname().machine)
    libc = ctypes.CDLL(None, use_errno=True)
    filled = _Program(len(made) // 8, made)
    for arguments in ((_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), _seccomp(filled)):
        if libc.prctl(*arguments) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"seccomp: {os.strerror(number)}")


def _seccomp(filled: _Program) -> tuple[object, ...]:
    return _PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(filled), 0, 0
