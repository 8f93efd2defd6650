"""What a fresh Blender looked like, so that a warm one can be brought back to it between shots.

Blender itself resets its data when it loads a file. Python's state is ours to reset.
"""

import os
import site
import sys
import sysconfig

import bpy

from . import devices

# Classes that a shot's script may have registered.
_KINDS = (
    "Operator", "Panel", "Menu", "Header", "UIList", "PropertyGroup", "RenderEngine",
    "Node", "NodeTree", "NodeSocket", "KeyingSetInfo", "Gizmo", "GizmoGroup",
)


class Baseline:
    def __init__(self):
        self._handlers = {name: list(handlers) for name, handlers in _handler_lists()}
        self._drivers = dict(bpy.app.driver_namespace)
        self._modules = set(sys.modules)
        self._classes = set(_registered_classes())
        self._devices = devices.choice()
        self._path = list(sys.path)
        self._argv = list(sys.argv)
        self._cwd = os.getcwd()
        self._environment = dict(os.environ)
        self._keep_below = _installed_folders()

    def restore(self):
        """Forgets everything that the last shot's Python left behind."""
        for name, handlers in _handler_lists():
            handlers[:] = self._handlers.get(name, [])
        for cls in _registered_classes():
            if cls not in self._classes:
                _quietly(bpy.utils.unregister_class, cls)
        bpy.app.driver_namespace.clear()
        bpy.app.driver_namespace.update(self._drivers)
        for name in set(sys.modules) - self._modules:
            if self._belongs_to_a_shot(sys.modules[name]):
                del sys.modules[name]
        devices.restore(self._devices)
        sys.path[:] = self._path
        sys.argv[:] = self._argv
        os.chdir(self._cwd)
        if dict(os.environ) != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)

    def _belongs_to_a_shot(self, module):
        """Compiled libraries can't be loaded twice, so only what lies outside Blender and Python is dropped."""
        file = getattr(module, "__file__", None)
        if module is None or not file:
            return module is not None and getattr(module, "__spec__", None) is None
        return not os.path.realpath(file).startswith(self._keep_below)


def _handler_lists():
    for name in dir(bpy.app.handlers):
        handlers = getattr(bpy.app.handlers, name)
        if isinstance(handlers, list):
            yield name, handlers


def _registered_classes():
    waiting = [getattr(bpy.types, kind) for kind in _KINDS if hasattr(bpy.types, kind)]
    while waiting:
        for cls in waiting.pop().__subclasses__():
            waiting.append(cls)
            # Blender makes classes of its own here when they are first used; taking one away crashes it.
            if cls.__module__ != "bpy.types" and getattr(cls, "is_registered", False):
                yield cls


def _installed_folders():
    folders = [sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), site.getusersitepackages()]
    folders += [bpy.utils.resource_path(kind) for kind in ("USER", "LOCAL", "SYSTEM")]
    folders += bpy.utils.script_paths()
    folders += [os.path.dirname(__file__)]
    return tuple(os.path.realpath(folder) + os.sep for folder in folders if folder)


def _quietly(call, *arguments):
    try:
        call(*arguments)
    except Exception:  # noqa: BLE001 - a class that resists is no reason to lose the worker
        pass
