"""Python itself, and the process that it runs in: what a script can turn without touching Blender."""

import builtins
import colorsys  # noqa: F401 - loaded before a shot's script can, so that what it changes of them is seen
import ctypes
import decimal
import gc
import json  # noqa: F401
import locale
import math  # noqa: F401
import os
import random
import signal
import socket
import sys
import time

from . import leaks

_STREAMS = ("stdin", "stdout", "stderr", "excepthook", "displayhook", "unraisablehook")
_LISTS = ("path", "argv", "meta_path", "path_hooks")
_SIGNALS = ("SIGTERM", "SIGPIPE", "SIGCHLD", "SIGALRM", "SIGUSR1", "SIGUSR2")


class Interpreter:
    def __init__(self):
        self._modules = dict(sys.modules)
        self._functions = {name: _functions_of(module) for name, module in leaks.shared(self._modules)}
        self._builtins = set(vars(builtins))
        self._streams = {name: getattr(sys, name) for name in _STREAMS}
        self._lists = {name: list(getattr(sys, name)) for name in _LISTS}
        self._signals = {number: signal.getsignal(number) for number in _numbers()}
        self._environment = dict(os.environ)
        self._cwd = os.getcwd()
        self._umask = _umask()
        self._locale = locale.setlocale(locale.LC_ALL)
        self._recursion = sys.getrecursionlimit()
        self._switching = sys.getswitchinterval()
        self._decimal = decimal.getcontext().copy()

    def restore(self):
        sys.settrace(None)
        sys.setprofile(None)
        self._restore_modules()
        for name, value in self._streams.items():
            setattr(sys, name, value)
        for name, value in self._lists.items():
            getattr(sys, name)[:] = value
        for number, handler in self._signals.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        if hasattr(signal, "alarm"):
            signal.alarm(0)
        os.chdir(self._cwd)
        if dict(os.environ) != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
            if hasattr(time, "tzset"):
                time.tzset()
        _restore_putenv(self._environment)
        os.umask(self._umask)
        if locale.setlocale(locale.LC_ALL) != self._locale:
            locale.setlocale(locale.LC_ALL, self._locale)
        sys.setrecursionlimit(self._recursion)
        sys.setswitchinterval(self._switching)
        gc.enable()
        decimal.setcontext(self._decimal.copy())
        socket.setdefaulttimeout(None)
        # As after a start: drawn anew, not where the last shot left it.
        random.seed()

    def _restore_modules(self):
        """What stands under a name again, and each function that was put in place of another."""
        for name, module in self._modules.items():
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
        for name, functions in self._functions.items():
            names = vars(self._modules[name])
            for function, value in functions.items():
                if names.get(function) is not value:
                    names[function] = value
        for name in set(vars(builtins)) - self._builtins - {"_"}:
            delattr(builtins, name)


def _functions_of(module):
    return {name: value for name, value in vars(module).items() if callable(value)}


def _numbers():
    return [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]


def _restore_putenv(kept):
    """What `os.putenv` and libraries set without Python's knowing, where the system shows it."""
    if os.name != "posix":
        return
    try:
        listed = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    except (OSError, ValueError):
        return
    now, at = {}, 0
    while listed and (entry := listed[at]) is not None:
        name, _, value = os.fsdecode(entry).partition("=")
        now[name] = value
        at += 1
    for name in now.keys() - kept.keys():
        os.unsetenv(name)
    for name, value in kept.items():
        if now.get(name) != value:
            os.putenv(name, value)


def _umask():
    """It can only be read by setting it."""
    now = os.umask(0o022)
    os.umask(now)
    return now
