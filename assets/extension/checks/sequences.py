# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the video sequencer that are missing, where it takes part in the render."""

import os

from ..paths import absolute, name_of
from .files import missing, missing_series
from .scope import strips_in

_THEN = "it will not be in the picture"


def look(scope):
    """As Blender decides (RE_seq_render_active): one strip that is not muted and no sound is enough."""
    editor = scope.scene.sequence_editor
    strips = scope.strips()
    muted = _muted_channels(editor)
    if not any(strip.type != "SOUND" and not strip.mute and strip.channel not in muted for strip in strips):
        return
    for strip, frames in _shown(editor, scope.frames):
        if strip.type == "MOVIE":
            path = absolute(strip.filepath)
            if not os.path.isfile(path):
                yield missing(path, f'The movie "{name_of(path)}" of the strip "{strip.name}" is missing: {_THEN}.')
        elif strip.type == "IMAGE":
            yield from _images(scope, strip, frames)


def _shown(parent, frames):
    """The strips, also in meta strips, with the frames that they are on at."""
    muted = _muted_channels(parent)
    for strip in strips_in(parent):
        if strip.mute or strip.channel in muted:
            continue
        at = [frame for frame in frames if strip.frame_final_start <= frame < strip.frame_final_end]
        if at:
            yield strip, at
        if at and strip.type == "META":
            yield from _shown(strip, at)


def _images(scope, strip, frames):
    folder = absolute(strip.directory)

    def file_of(frame):
        element = strip.strip_elem_from_frame(frame)
        return None if element is None else os.path.join(folder, element.filename)

    late, files = scope.shelf.missing(frames, file_of)
    if late and len(strip.elements) == 1:
        yield missing(files[0], f'The image "{name_of(files[0])}" of the strip "{strip.name}" is missing: {_THEN}.')
    elif late:
        yield missing_series(strip.name, f'the strip "{strip.name}"', late, files, _THEN)


def _muted_channels(parent):
    return {at for at, channel in enumerate(getattr(parent, "channels", ())) if channel.mute}
