# SPDX-License-Identifier: GPL-3.0-or-later
"""Camera, engine, device, denoiser, and switches that were left on by daylight."""

import bpy

from ..finding import Action, Finding, leads_to_tab
from ..runner.overrides import needs_camera


def look(scope):
    yield from _camera(scope)
    yield from _engine(scope)
    yield from _denoiser(scope)
    yield from _device(scope)
    yield from _switches(scope)
    yield from _newer()


def _camera(scope):
    if scope.camera is not None or not needs_camera(scope.scene):
        return
    there = sorted(item.name for item in scope.scene.objects if item.type == "CAMERA")
    if there:
        action = Action(f"Use {there[0]}", "nightshift.use_camera", {"name": there[0]})
    else:
        action = Action("Add Camera", "nightshift.add_camera")
    yield Finding("ERROR", "no-camera", scope.scene.name, f'The scene "{scope.scene.name}" has no camera.', action)


def _engine(scope):
    """Blender shows another engine where the scene's own is not there. Cycles can be told by its settings."""
    scene = scope.scene
    # From 5.0 on what add-ons keep is apart from the artist's own properties.
    kept = scene.bl_system_properties_get() if hasattr(scene, "bl_system_properties_get") else scene
    if "cycles" not in bpy.context.preferences.addons and kept is not None and "cycles" in kept.keys():
        text = "Cycles is switched off in Blender's add-ons, and the scene has settings of it: it may not render as it should."
        show = Action("Add-ons", "nightshift.show_preferences", {"section": "ADDONS"})
        yield Finding("WARNING", "engine-not-available", "CYCLES", text, show)


def _denoiser(scope):
    scene = scope.scene
    if not _uses_cycles(scene) or not scene.cycles.use_denoising:
        return
    layers = [layer for layer in scene.view_layers if layer.use]
    if any(getattr(layer.cycles, "use_denoising", True) for layer in layers) and not _can_denoise(scene):
        text = "The scene asks for denoising, but this Blender was built without a denoiser: its frames fail."
        yield Finding("ERROR", "denoiser-not-available", scene.name, text, leads_to_tab("RENDER"))


def _can_denoise(scene):
    try:
        import _cycles
    except ImportError:
        return True
    if getattr(_cycles, "with_openimagedenoise", True):
        return True
    return scene.cycles.denoiser == "OPTIX" and _has_gpu()


def _device(scope):
    scene, wanted = scope.scene, scope.settings.device
    if not _uses_cycles(scene) or _has_gpu():
        return
    show = Action("System", "nightshift.show_preferences", {"section": "SYSTEM"})
    if wanted == "GPU":
        text = "The shot asks for a GPU, and none is chosen in this Blender's preferences: here it would fail."
        yield Finding("WARNING", "device-not-available", scene.name, text, show)
    elif wanted == "SAVED" and scene.cycles.device == "GPU":
        text = "The scene renders on a GPU, and none is chosen in this Blender's preferences: here the CPU would render it."
        yield Finding("WARNING", "device-not-available", scene.name, text, show)


def _has_gpu():
    addon = bpy.context.preferences.addons.get("cycles")
    kind = addon.preferences.compute_device_type if addon else "NONE"
    return kind not in ("", "NONE") and any(device.use and device.type == kind for device in addon.preferences.devices)


def _uses_cycles(scene):
    return scene.render.engine == "CYCLES" and hasattr(scene, "cycles")


def _switches(scope):
    scene, render = scope.scene, scope.scene.render
    if not any(layer.use for layer in scene.view_layers):
        text = "No view layer is switched on for rendering: there is nothing to see."
        yield Finding("ERROR", "view-layers", scene.name, text, leads_to_tab("VIEW_LAYER"))
    if render.use_single_layer:
        text = "Render Single Layer is on: without a window that may be another layer than the one you see."
        yield Finding("WARNING", "view-layers", scene.name, text, leads_to_tab("VIEW_LAYER"))
    if render.use_border:
        text = "Render Region is on: only a part of the picture is rendered."
        yield Finding("WARNING", "render-region", scene.name, text, leads_to_tab("OUTPUT"))
    if render.resolution_percentage != 100 and not scope.settings.use_percentage:
        text = f"Pictures are {render.resolution_percentage} % of the resolution."
        yield Finding("INFO", "size", scene.name, text, leads_to_tab("OUTPUT"))
    if render.use_simplify:
        yield Finding("INFO", "simplify", scene.name, "Simplify is on: it may leave out detail.", leads_to_tab("RENDER"))


def _newer():
    saved = tuple(bpy.data.version)
    if bpy.data.filepath and saved[:2] > tuple(bpy.app.version)[:2]:
        text = f"The file was saved by Blender {saved[0]}.{saved[1]}, which is newer than this one: parts may be missing."
        yield Finding("WARNING", "newer-blender-needed", "", text)
