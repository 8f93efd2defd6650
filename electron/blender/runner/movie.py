"""Encodes finished frames with the scene's own movie settings."""

import os

import bpy

from .output import exactly
from .refusal import Refusal

# Everything that would change the pixels a second time, or keep frames from being taken as they are.
_PLAIN = {
    "resolution_percentage": 100,
    "use_border": False,
    "use_compositing": False,
    "use_sequencer": True,
    "use_stamp": False,
    "use_multiview": False,
    "dither_intensity": 0.0,
    "use_file_extension": False,
    "use_overwrite": True,
    "use_placeholder": False,
    "frame_map_old": 100,
    "frame_map_new": 100,
}
_NEUTRAL_VIEW = {
    "view_transform": "Standard",
    "look": "None",
    "exposure": 0.0,
    "gamma": 1.0,
    "use_curve_mapping": False,
}


def encode(shot, frames, file):
    """The scene's own sequencer plays the frames: so its sound, frame rate and codecs stay as saved."""
    scene = shot.scene
    if shot.movie_settings is None:
        raise Refusal("format-not-supported", f'The scene "{scene.name}" is not saved as a movie.')
    restore = []
    handlers = _silenced_handlers()
    try:
        width, height = _size_of(frames[0])
        last = scene.frame_start + len(frames) - 1
        _set(scene, {"frame_end": last, "frame_step": 1, "use_preview_range": False}, restore)
        _set(scene.render, {**_PLAIN, "resolution_x": width, "resolution_y": height}, restore)
        _set(scene.render, {"filepath": exactly(file)}, restore)
        _set(scene.view_settings, _NEUTRAL_VIEW, restore)
        _set(scene.render.image_settings, shot.movie_settings, restore)
        _set(scene.render.ffmpeg, {"use_autosplit": False}, restore)
        strips = _strips(scene)
        for strip in strips:
            if strip.type != "SOUND":
                _set(strip, {"mute": True}, restore)
        picture = _add_pictures(scene, strips, frames)
        try:
            bpy.ops.render.render(animation=True, scene=scene.name)
        finally:
            strips.remove(picture)
    finally:
        for owner, values in reversed(restore):
            for name, value in values.items():
                setattr(owner, name, value)
        for handler_list, kept in handlers:
            handler_list[:] = kept
    if not os.path.exists(file):
        raise RuntimeError("Nothing was written for the movie")


def _set(owner, values, restore):
    known = {name: value for name, value in values.items() if hasattr(owner, name)}
    # All are read before any is set: a format's depth changes with the format.
    restore.append((owner, {name: getattr(owner, name) for name in known}))
    for name, value in known.items():
        setattr(owner, name, value)


def _strips(scene):
    """4.4 renamed sequences to strips."""
    editor = scene.sequence_editor or scene.sequence_editor_create()
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def _add_pictures(scene, strips, frames):
    """One strip of all frames, above everything else; they all lie in one folder."""
    channel = max((strip.channel for strip in strips), default=0) + 1
    if channel > 128:
        raise Refusal("render-error", "All 128 channels of the scene's sequencer are in use.")
    strip = strips.new_image(
        "Nightshift", frames[0], channel, scene.frame_start, fit_method="ORIGINAL"
    )
    for frame in frames[1:]:
        strip.elements.append(os.path.basename(frame))
    strip.blend_type = "REPLACE"
    return strip


def _size_of(frame):
    image = bpy.data.images.load(frame, check_existing=False)
    try:
        return tuple(image.size)
    finally:
        bpy.data.images.remove(image)


def _silenced_handlers():
    """The scene's handlers ran when the frames were rendered; here they could only do harm."""
    kept = []
    for name in dir(bpy.app.handlers):
        handlers = getattr(bpy.app.handlers, name)
        if isinstance(handlers, list) and name.startswith(("render_", "frame_change_", "depsgraph_")):
            kept.append((handlers, list(handlers)))
            handlers.clear()
    return kept
