"""Renders one frame to exactly one file."""

import os

import bpy

from .refusal import Refusal


def exactly(path):
    """A path that Blender takes as it stands: from 5.0 on, braces are templates unless doubled."""
    if bpy.app.version >= (5, 0, 0):
        return path.replace("{", "{{").replace("}", "}}")
    return path


def render_frame(shot, frame, threads, file):
    scene = shot.scene
    render = scene.render
    render.threads_mode = "FIXED"
    render.threads = max(1, min(1024, threads))
    render.use_file_extension = False
    render.use_overwrite = True
    render.use_placeholder = False
    render.filepath = exactly(file)
    scene.frame_set(frame)
    # A handler or an animated setting may have moved what frame_set did not.
    done = bpy.ops.render.render(write_still=True, scene=scene.name)
    if "FINISHED" not in done:
        raise Refusal("nothing-rendered", f"Blender stopped before frame {frame} was rendered.")
    if not os.path.exists(file):
        raise RuntimeError(f"Nothing was written for frame {frame}")
