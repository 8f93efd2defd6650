"""What a shot's Python leaves in this process that no reset takes back: then the next shot gets a fresh Blender.

Threads go on beside other shots and change them; functions of Blender's modules, of an engine, of Python's library or of
this runner, once put in place of others, are what everybody calls from then on.
"""

import copy  # noqa: F401 - loaded before a shot's script can, so that what it changes of them is seen
import datetime  # noqa: F401
import logging  # noqa: F401
import pathlib  # noqa: F401
import sys
import threading
import time

# Functions of these are the same for all shots. What add-ons do is theirs: they have a goodbye of their own.
_SHARED = frozenset(sys.stdlib_module_names) | {
    "bpy", "_bpy", "bpy_types", "_bpy_types", "bpy_extras", "bmesh", "mathutils", "gpu", "gpu_extras", "freestyle", "numpy",
    "addon_utils", "rna_prop_ui", "cycles", "hydra_storm", "nightshift_runner",
}


def watch():
    """A function that tells what has been left since now, such as `a thread ("Fan")`, or None.

    It looks for threads and programs each time, and through all functions when asked to, else now and then. What it needs
    it holds itself, so that it does not depend on names that a script may have replaced.
    """
    frames, children = sys._current_frames, _children
    threads, helpers = frozenset(frames()), frozenset(children())
    named = threading._active
    kept = [(owner, tuple(names.items())) for owner, names in _functions(_owners(dict(sys.modules)))]
    inside = [(function, _inside(function)) for function in {id(f): f for _, names in kept for _, f in names if _is_python(f)}.values()]
    attributes, clock = _attributes, time.monotonic
    # When all functions were looked through last, and how long that took.
    last = [float("-inf"), 0.0]

    def left(thoroughly):
        try:
            return looked(thoroughly)
        except Exception as error:  # noqa: BLE001 - what can't be looked at may be anything
            return f"something that can't be looked at ({type(error).__name__})"

    def looked(thoroughly):
        for ident in frames():
            if ident not in threads:
                thread = named.get(ident)
                return f'a thread ("{thread.name}")' if thread is not None else "a thread"
        if not helpers.issuperset(children()):
            return "a program"
        began = clock()
        if not thoroughly and began - last[0] < _REST * last[1]:
            return None
        found = altered()
        last[:] = clock(), clock() - began
        return found

    def altered():
        for owner, functions in kept:
            now = attributes(owner)
            for name, function in functions:
                if now.get(name) is not function:
                    return f"another {_told(owner)}.{name}"
        for function, was in inside:
            if function.__code__ is not was[0] or function.__defaults__ is not was[1] or function.__kwdefaults__ is not was[2]:
                return f"another {function.__module__}.{function.__qualname__}"
        return None

    return left


def shared(modules):
    """Name and module of those whose functions no shot may keep for itself."""
    for name, module in modules.items():
        if name.partition(".")[0] in _SHARED and isinstance(getattr(module, "__dict__", None), dict):
            yield name, module


def _owners(modules):
    """The modules, and the classes that are defined in them."""
    for name, module in shared(modules):
        yield module
        for value in list(vars(module).values()):
            if isinstance(value, type) and getattr(value, "__module__", None) == name:
                yield value


def _functions(owners):
    """Functions alone: of what is not one, much changes by itself, as caches and flags do."""
    for owner in owners:
        found = {name: value for name, value in list(vars(owner).items()) if _is_function(value)}
        if found:
            yield owner, found


def _attributes(owner):
    return owner.__dict__


def _is_function(value):
    return isinstance(value, (_FUNCTION, _BUILTIN, staticmethod, classmethod, property))


def _is_python(value):
    return isinstance(value, _FUNCTION)


def _inside(function):
    return function.__code__, function.__defaults__, function.__kwdefaults__


def _told(owner):
    return owner.__name__ if not isinstance(owner, type) else f"{owner.__module__}.{owner.__qualname__}"


def _children():
    """Processes that this one has started and that still run. Linux only; elsewhere none are known."""
    try:
        with open("/proc/thread-self/children", "rb") as file:
            return file.read().split()
    except OSError:
        return ()


# To look through all functions takes some 20 ms; a shot of quick frames gives no more than a hundredth of its time.
_REST = 100
_FUNCTION = type(_told)
_BUILTIN = type(len)
