"""What a fresh Blender looked like, so that a warm one can be brought back to it between shots.

Blender itself resets its data when it loads a file. Python's state is ours to reset, while the data
that it points to is still there.
"""

import gc
import importlib.machinery
import os
import site
import sys
import sysconfig

import addon_utils
import bpy

from . import devices, guard, preferences, registered

# What Blender itself keeps among the names that drivers see, and believes to be there.
_DRIVERS_OWN = {"frame", "self", "depsgraph"}


class Baseline:
    def __init__(self):
        self._handlers = {name: list(handlers) for name, handlers in _handler_lists()}
        self._drivers = set(bpy.app.driver_namespace)
        self._addons = _enabled_addons()
        self._devices = devices.choice()
        self._preferences = preferences.read()
        self._debug_value = bpy.app.debug_value
        self._window_data = set(bpy.context.window_manager.keys())
        self._interpreter = None
        if guard.TRUSTED or _has_others_python():
            self._note_python()

    def _note_python(self):
        """Takes milliseconds, which is spared where no Python runs that a shot could turn."""
        from .interpreter import Interpreter

        self._keep_below = _installed_folders()
        self._modules = set(sys.modules)
        self._classes = set(registered.classes())
        self._properties = set(registered.properties())
        self._interpreter = Interpreter()

    def restore(self):
        """Forgets everything that the last shot's Python left behind. To be called before the next file is loaded."""
        self._restore_addons()
        for name, handlers in _handler_lists():
            handlers[:] = self._handlers.get(name, [])
        if self._interpreter is not None:
            self._unregister()
            self._forget_modules()
            self._interpreter.restore()
        self._restore_window_data()
        for name in set(bpy.app.driver_namespace) - self._drivers - _DRIVERS_OWN:
            del bpy.app.driver_namespace[name]
        devices.restore(self._devices)
        preferences.restore(self._preferences)
        if bpy.app.debug_value != self._debug_value:
            bpy.app.debug_value = self._debug_value
        # A script's names refer to each other; left to chance, they would go when their data has gone.
        gc.collect()

    def _restore_addons(self):
        """An add-on's own goodbye knows best what it registered."""
        now = _enabled_addons()
        for name in now - self._addons:
            addon_utils.disable(name, default_set=True)
        for name in self._addons - now:
            addon_utils.enable(name, default_set=True)

    def _restore_window_data(self):
        """The one data-block that stays when another file is opened; what add-ons registered on it is theirs."""
        manager = bpy.context.window_manager
        registered_names = manager.bl_rna.properties.keys()
        for name in set(manager.keys()) - self._window_data - set(registered_names):
            del manager[name]

    def _unregister(self):
        """Only what was defined by a shot. What Blender and its add-ons add as they go is theirs."""
        registered.remove_properties(self._properties)
        added = [cls for cls in registered.classes() if cls not in self._classes]
        registered.remove_classes([cls for cls in added if self._defined_by_a_shot(cls)])

    def _defined_by_a_shot(self, cls):
        if registered.is_of_blender(cls):
            return False
        name = str(cls.__module__)
        module = sys.modules.get(name)
        return name == "__main__" or module is None or self._belongs_to_a_shot(name, module)

    def _forget_modules(self):
        compiled = {_package(name) for name, module in sys.modules.items() if _is_compiled(module)}
        for name, module in list(sys.modules.items()):
            # Compiled libraries can't be loaded twice, nor without the Python around them.
            if _package(name) not in compiled and self._belongs_to_a_shot(name, module):
                del sys.modules[name]

    def _belongs_to_a_shot(self, name, module):
        """What is new and lies outside of Blender and Python, or in no file at all."""
        if _package(name) in self._modules or _package(name) in sys.builtin_module_names:
            return False
        file = _file_of(module)
        if file is None:
            return getattr(module, "__spec__", None) is None
        return not os.path.normcase(os.path.realpath(file)).startswith(self._keep_below)


def _has_others_python():
    """Whether any Python is loaded that came neither with Blender nor with us, such as add-ons and a studio's startup scripts."""
    scripts = [os.path.join(bpy.utils.resource_path(kind), "scripts") for kind in ("SYSTEM", "LOCAL")]
    parts = [os.path.join(folder, part) for folder in scripts for part in ("modules", "addons_core")]
    folders = [sys.prefix, sys.base_prefix, os.path.dirname(__file__), *parts]
    own = tuple(os.path.normcase(folder) + os.sep for folder in folders)
    # A studio may put scripts of its own beside these.
    startup = tuple(os.path.join(os.path.normcase(folder), "startup") + os.sep for folder in scripts)
    files = (_file_of(module) for module in list(sys.modules.values()))
    # A package of no file has a name in brackets for one.
    return any(
        os.path.isabs(file) and not file.startswith(own) and not _is_startup_of_blender(file, startup)
        for file in map(os.path.normcase, filter(None, files))
    )


def _is_startup_of_blender(file, folders):
    """Its own are packages such as `bl_ui` and modules such as `keyingsets_builtins`."""
    folder = next((folder for folder in folders if file.startswith(folder)), None)
    if folder is None:
        return False
    name = file[len(folder) :].partition(os.sep)[0].removesuffix(".py")
    return name.startswith("bl_") or name.endswith("_builtins")


def _handler_lists():
    for name in dir(bpy.app.handlers):
        handlers = getattr(bpy.app.handlers, name)
        if isinstance(handlers, list):
            yield name, handlers


def _enabled_addons():
    modules = list(sys.modules.items())
    return {name for name, module in modules if getattr(module, "__dict__", {}).get("__addon_enabled__")}


def _package(name):
    return name.partition(".")[0]


def _file_of(module):
    file = getattr(module, "__dict__", {}).get("__file__")
    return file if isinstance(file, str) else None


def _is_compiled(module):
    return (_file_of(module) or "").endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES))


def _installed_folders():
    folders = [sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), site.getusersitepackages()]
    folders += [bpy.utils.resource_path(kind) for kind in ("USER", "LOCAL", "SYSTEM")]
    folders += bpy.utils.script_paths()
    folders += [os.path.dirname(__file__)]
    return tuple(os.path.normcase(os.path.realpath(folder)) + os.sep for folder in folders if folder)
