"""Files of the video sequencer that are missing, where it takes part in the render."""

import os

from . import overrides, series
from .paths import absolute

_MISSING = "error", "missing-file"


def missing(scene, frames, _used, folders):
    for strip, at in in_use(scene, frames):
        if strip.type == "IMAGE":
            said = _images(strip, at, folders)
        elif strip.type == "MOVIE" and not os.path.isfile(absolute(strip.filepath)):
            said = f'The movie "{absolute(strip.filepath)}" of the strip "{strip.name}" is missing: it will not be in the picture.'
        else:
            said = None
        if said is not None:
            yield *_MISSING, said


def in_use(scene, frames):
    """The strips that are rendered, with the frames that they are on at. None, where the sequencer takes no part.

    As Blender decides (RE_seq_render_active): one strip that is not muted and no sound is enough.
    """
    editor = scene.sequence_editor
    if not scene.render.use_sequencer or editor is None:
        return
    strips = overrides.strips(editor)
    muted = _muted_channels(editor)
    if any(strip.type != "SOUND" and not strip.mute and strip.channel not in muted for strip in strips):
        yield from _heard(editor, frames)


def _heard(parent, frames):
    """The strips, also those in meta strips, with the frames that they are on at."""
    muted = _muted_channels(parent)
    for strip in overrides.strips(parent):
        if strip.mute or strip.channel in muted:
            continue
        at = [frame for frame in frames if strip.frame_final_start <= frame < strip.frame_final_end]
        if at:
            yield strip, at
        if at and strip.type == "META":
            yield from _heard(strip, at)


def missing_images(strip, frames, folders):
    """The frames at which a strip of pictures misses one, and these files."""
    folder = absolute(strip.directory)

    def file_of(frame):
        element = strip.strip_elem_from_frame(frame)
        return None if element is None else os.path.join(folder, element.filename)

    return series.missing(frames, file_of, folders)


def _images(strip, frames, folders):
    late, files = missing_images(strip, frames, folders)
    if not late:
        return None
    if len(strip.elements) == 1:
        return f'The image "{files[0]}" of the strip "{strip.name}" is missing: it will not be in the picture.'
    return series.told(files, f'the strip "{strip.name}" in {os.path.dirname(files[0])}', late, "it will not be in the picture")


def _muted_channels(parent):
    return {at for at, channel in enumerate(getattr(parent, "channels", ())) if channel.mute}
