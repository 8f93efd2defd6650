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
    render.use_overwrite = True
    render.use_placeholder = False
    render.filepath = exactly(file)
    # The ending stays as the scene has it, because the compositor's own files follow it too.
    with_ending = file + render.file_extension
    if os.path.exists(with_ending):
        os.remove(with_ending)
    # Not frame_set: the scene's handlers would run twice, and Blender itself runs them once a frame.
    scene.frame_current = frame
    scene.frame_subframe = 0.0
    _take_marker_camera(scene, frame)
    done = bpy.ops.render.render(write_still=True, scene=scene.name)
    if "FINISHED" not in done:
        raise Refusal("nothing-rendered", f"Blender stopped before frame {frame} was rendered.")
    if render.use_file_extension and os.path.exists(with_ending):
        os.replace(with_ending, file)
    if not os.path.exists(file):
        raise RuntimeError(f"Nothing was written for frame {frame}")


def _take_marker_camera(scene, frame):
    """As Blender does at each new frame (BKE_scene_camera_switch_find): the newest bound marker, else the first to come."""
    bound = sorted((m for m in scene.timeline_markers if m.camera), key=lambda m: m.frame)
    if bound:
        past = [marker for marker in bound if marker.frame <= frame]
        scene.camera = (past[-1] if past else bound[0]).camera
