# SPDX-License-Identifier: GPL-3.0-or-later
"""The file itself, and what the panel sets."""

import bpy

from .. import shot, shot_file
from ..finding import Action, Finding, leads_to_tab
from ..runner.simulations import curves

_PACK = Action("Save Images", "image.save_all_modified")


def look(scope):
    yield from _saved()
    yield from _painted()
    yield from _settings(scope)
    yield from _range(scope)
    yield from _python()


def _saved():
    if not bpy.data.filepath:
        save = Action("Save…", "wm.save_as_mainfile")
        yield Finding("ERROR", "not-saved", "", "The file was never saved: there is nothing to render at night.", save)
    elif shot.is_unsaved():
        save = Action("Save", "wm.save_mainfile")
        yield Finding("WARNING", "not-saved", "", "The file has changes that are not saved: what is saved is rendered.", save)


def _painted():
    for image in bpy.data.images:
        if image.is_dirty and image.users and image.type not in ("RENDER_RESULT", "COMPOSITING"):
            text = f'The image "{image.name}" was painted on and is not saved: its changes would be lost.'
            yield Finding("WARNING", "not-saved", image.name, text, _PACK)


def _settings(scope):
    scene, settings = scope.scene, scope.settings
    name = shot.name_of(scene)
    if name and shot_file.tidy_name(name) != name:
        text = f'"{name}" can\'t be the name of a shot file on every system.'
        yield Finding("ERROR", "name", name, text, Action("Tidy Up", "nightshift.tidy_name"))
    if scope.bad_frames is not None:
        text = f"{scope.bad_frames} Until then the range of the scene is looked at."
        yield Finding("ERROR", "frames", settings.frames, text, Action("Clear", "nightshift.clear_frames"))
    camera = settings.camera
    if camera is not None and (camera.type != "CAMERA" or camera.name not in scene.objects):
        text = f'The camera "{camera.name}" of the shot is not in the scene any more.'
        yield Finding("ERROR", "not-in-scene", camera.name, text, Action("Take the Scene's", "nightshift.clear_camera"))


def _range(scope):
    scene = scope.scene
    if scope.settings.frames.strip():
        return
    show = leads_to_tab("OUTPUT")
    if scene.use_preview_range:
        text = (
            f"A preview range is set ({scene.frame_preview_start}-{scene.frame_preview_end}), but renders take the "
            f"scene's: {scene.frame_start}-{scene.frame_end}."
        )
        yield Finding("INFO", "frames", "preview range", text, show)
    if scene.frame_step > 1:
        text = f"The scene has a frame step of {scene.frame_step}: {len(scope.frames)} frames are rendered."
        yield Finding("INFO", "frames", "step", text, show)
    if scene.frame_start == scene.frame_end and _is_animated(scope):
        text = f"The scene's range is the frame {scene.frame_start} alone, though something in it is animated."
        yield Finding("WARNING", "frames", "range", text, show)
    if len(scope.frames) > 100_000:
        text = f"The range has {len(scope.frames):,} frames; Nightshift takes 100,000 for one shot."
        yield Finding("ERROR", "frames", "range", text, show)


def _is_animated(scope):
    return any(any(True for _ in curves(item)) and scope.used.has(item) for item in bpy.data.objects)


def _python():
    """Nightshift runs Python of a .blend only in a folder that its artist trusts."""
    for text in bpy.data.texts:
        if text.use_module and text.name.endswith(".py"):
            said = f'The text "{text.name}" runs when the file is opened: at night only if the folder is trusted in Nightshift.'
            yield Finding("WARNING", "not-trusted", text.name, said, Action("Show", "nightshift.show_text", {"name": text.name}))


