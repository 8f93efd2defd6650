"""Makes a movie for looking of finished frames, in a scene of its own: no shot is open for it."""

import os

import bpy

from .output import exactly
from .refusal import Refusal


def encode(request):
    """H.264 in MP4, without sound. `linear`: the frames are scene-linear and go through AgX; others stay as they are."""
    if not bpy.app.ffmpeg.supported:
        raise Refusal("format-not-supported", "This Blender was built without FFmpeg, which makes movies.")
    scene = bpy.data.scenes.new("Nightshift movie")
    try:
        _set_up(scene, request)
        _add_frames(scene, request["frames"], request["stretched"])
        bpy.ops.render.render(animation=True, scene=scene.name)
    finally:
        bpy.data.scenes.remove(scene)
    if not os.path.exists(request["file"]):
        raise RuntimeError("Nothing was written for the movie")


def _set_up(scene, request):
    render, fps = scene.render, request["fps"]
    render.fps = max(1, round(fps))
    render.fps_base = render.fps / fps
    render.resolution_x, render.resolution_y = request["width"], request["height"]
    render.resolution_percentage = 100
    render.use_sequencer, render.use_compositing = True, False
    render.use_file_extension, render.use_overwrite = False, True
    render.dither_intensity = 0.0
    render.filepath = exactly(request["file"])
    scene.frame_start, scene.frame_end = 1, len(request["frames"])
    view = scene.view_settings
    view.view_transform = "AgX" if request["linear"] else "Standard"
    view.look = "None"
    # 5.x asks first which kind of file it is.
    settings = render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "VIDEO"
    settings.file_format = "FFMPEG"
    settings.color_mode = "RGB"
    movie = render.ffmpeg
    movie.format, movie.codec, movie.audio_codec = "MPEG4", "H264", "NONE"
    movie.constant_rate_factor, movie.ffmpeg_preset, movie.gopsize = "HIGH", "GOOD", 12


def _add_frames(scene, frames, stretched):
    editor = scene.sequence_editor_create()
    # 4.4 renamed sequences to strips.
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    fit = "STRETCH" if stretched else "ORIGINAL"
    strip = strips.new_image("Frames", frames[0], 1, 1, fit_method=fit)
    if not stretched:
        # Where an odd pixel is cut off, the others lie between those of the movie.
        strip.transform.filter = "NEAREST"
    for frame in frames[1:]:
        strip.elements.append(os.path.basename(frame))
    strip.blend_type = "REPLACE"
