"""Whether this machine can draw: EEVEE, Workbench and a compositor on the GPU do it through libEGL on Linux.

Where it is missing, as in containers and on bare servers, Blender does not refuse: it aborts in the middle of a frame.
"""

import ctypes
import sys

import bpy

from . import overrides

_PACKAGES = "libegl1 and libgl1-mesa-dri on Debian and Ubuntu, mesa-libEGL and mesa-dri-drivers on Fedora"
_DRAWN_BY = {"BLENDER_WORKBENCH": "Workbench", "BLENDER_EEVEE": "EEVEE", "BLENDER_EEVEE_NEXT": "EEVEE"}
# Whatever a shot does, the machine stays the same.
_known = []


def lacking():
    """What is missing for drawing, or None. Looked for once a process, and by no shot that draws nothing."""
    if not _known:
        _known.append(_look() if sys.platform.startswith("linux") else None)
    return _known[0]


def spare_compositor(scene):
    """Lets the compositor compute on the CPU where nothing can draw; tells so, or None.

    The pictures are the same: 8 bits equal, floats within 5e-7 (5.2.2, six nodes).
    """
    render = scene.render
    if getattr(render, "compositor_device", "CPU") != "GPU" or not _composites(scene):
        return None
    missing = lacking()
    if missing is None:
        return None
    render.compositor_device = "CPU"
    return (
        f'The compositor of the scene "{scene.name}" works on the CPU, which gives the same pictures: for the GPU this '
        f"machine lacks graphics libraries ({missing}). They are {_PACKAGES}."
    )


def findings(scene):
    drawn_by = _DRAWN_BY.get(scene.render.engine)
    missing = lacking() if drawn_by else None
    if missing is not None:
        yield (
            "error", "graphics-not-available",
            f'The scene "{scene.name}" is drawn by {drawn_by}, for which this machine lacks graphics libraries '
            f"({missing}). They are {_PACKAGES}.",
        )


def _composites(scene):
    """The sequencer's strips may have compositor trees of their own."""
    render = scene.render
    in_tree = render.use_compositing and overrides.compositor(scene) is not None
    editor = scene.sequence_editor
    return in_tree or (render.use_sequencer and editor is not None and len(overrides.strips(editor)) > 0)


def _look():
    if getattr(bpy.context.preferences.system, "gpu_backend", "OPENGL") != "OPENGL":
        # Vulkan needs no EGL: 5.3 drew Workbench without it.
        return None
    try:
        egl = ctypes.CDLL("libEGL.so.1")
        display = egl.eglGetDisplay
    except (OSError, AttributeError) as error:
        return str(error)
    display.restype, display.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    # The library alone draws nothing: without any driver there is no display, and Blender crashes all the same.
    return None if display(None) else "libEGL.so.1 finds no driver"
