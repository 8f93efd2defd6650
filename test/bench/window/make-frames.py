"""Renders frames as artists have them and saves them in the formats whose thumbnails are measured.

blender -b --factory-startup -P make-frames.py -- FOLDER SHORT
"""
import os
import sys

import bpy

folder, short = sys.argv[sys.argv.index("--") + 1 :]
scene = bpy.context.scene
scene.render.engine = "CYCLES"
scene.cycles.samples = 1
scene.cycles.use_denoising = False
scene.cycles.device = "CPU"
scene.render.resolution_percentage = 5 if short == "short" else 100
settings = scene.render.image_settings


def render(width, height, saves):
    scene.render.resolution_x, scene.render.resolution_y = width, height
    bpy.ops.render.render()
    for name, values in saves.items():
        for key, value in values.items():
            setattr(settings, key, value)
        bpy.data.images["Render Result"].save_render(os.path.join(folder, name), scene=scene)


render(
    1920,
    1080,
    {
        "hd.png": {"file_format": "PNG", "color_mode": "RGBA", "color_depth": "8"},
        "hd.exr": {"file_format": "OPEN_EXR", "color_depth": "16", "exr_codec": "ZIP"},
    },
)
render(3840, 2160, {"uhd.png": {"file_format": "PNG", "color_mode": "RGB", "color_depth": "16"}})
