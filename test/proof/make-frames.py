"""Renders one tiny picture and saves it in every format, depth, colour mode and codec of interest.

blender -b --factory-startup -P make-frames.py -- FOLDER WIDTH HEIGHT
"""
import os
import sys

import bpy

folder, width, height = sys.argv[sys.argv.index("--") + 1 :]
scene = bpy.context.scene
scene.render.engine = "CYCLES"
scene.render.resolution_x = int(width)
scene.render.resolution_y = int(height)
scene.render.resolution_percentage = 100
scene.cycles.samples = 1
scene.cycles.use_denoising = False
scene.cycles.device = "CPU"
scene.view_layers[0].use_pass_z = True
scene.view_layers[0].use_pass_normal = True
bpy.ops.render.render()
picture = bpy.data.images["Render Result"]
settings = scene.render.image_settings


def save(name, file_format, **values):
    settings.file_format = file_format
    for key, value in values.items():
        setattr(settings, key, value)
    picture.save_render(os.path.join(folder, name), scene=scene)


for mode in ("BW", "RGB", "RGBA"):
    for depth in ("8", "16"):
        save(f"png-{mode}-{depth}.png".lower(), "PNG", color_mode=mode, color_depth=depth)
        save(f"tiff-{mode}-{depth}.tif".lower(), "TIFF", color_mode=mode, color_depth=depth)
    # Blender 4.3 can't write a BW WebP: "Unsupported bytes per pixel: 1".
    if mode != "BW":
        save(f"webp-{mode}.webp".lower(), "WEBP", color_mode=mode, quality=90)
for codec in ("NONE", "DEFLATE", "LZW", "PACKBITS"):
    save(f"tiff-{codec}.tif".lower(), "TIFF", color_mode="RGB", color_depth="8", tiff_codec=codec)
for mode in ("BW", "RGB"):
    save(f"jpeg-{mode}.jpg".lower(), "JPEG", color_mode=mode, quality=90)
save("webp-lossless.webp", "WEBP", color_mode="RGB", quality=100)
for codec in ("NONE", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB"):
    # Blender offers B44 for half numbers only.
    for depth in ("16",) if codec.startswith("B44") else ("16", "32"):
        for kind, ending in (("OPEN_EXR", "exr"), ("OPEN_EXR_MULTILAYER", "multilayer")):
            name = f"{ending}-{codec}-{depth}.exr".lower()
            save(name, kind, color_mode="RGBA", color_depth=depth, exr_codec=codec)
save("exr-bw.exr", "OPEN_EXR", color_mode="BW", color_depth="16", exr_codec="ZIP")
