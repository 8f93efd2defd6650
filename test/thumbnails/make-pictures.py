"""Renders a picture of three lit patches with a clear background and saves it in every way that Blender can.

blender -b --factory-startup -P make-pictures.py -- FOLDER
"""
import os
import sys

import bpy

folder = sys.argv[sys.argv.index("--") + 1]
bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
scene = bpy.context.scene
scene.render.engine = "CYCLES"
scene.render.resolution_x, scene.render.resolution_y = 96, 54
scene.render.film_transparent = True
scene.cycles.samples = 1
scene.cycles.use_denoising = False
scene.cycles.device = "CPU"
scene.view_settings.view_transform = "AgX"
camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
camera.data.type, camera.data.ortho_scale = "ORTHO", 16
camera.location = (0, 0, 5)
scene.collection.objects.link(camera)
scene.camera = camera


def patch(name, x, y, colour):
    """Two units wide; light of its own, so that every pixel of it has the same colour."""
    bpy.ops.mesh.primitive_plane_add(size=3, location=(x, y, 0))
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes = material.node_tree.nodes
    nodes.clear()
    light = nodes.new("ShaderNodeEmission")
    light.inputs[0].default_value = (*colour, 1)
    output = nodes.new("ShaderNodeOutputMaterial")
    material.node_tree.links.new(light.outputs[0], output.inputs[0])
    bpy.context.object.data.materials.append(material)


patch("top left", -5, 2.4, (0.8, 0.15, 0.05))
patch("top right", 5, 2.4, (0.6, 4.0, 2.0))
patch("bottom", 0, -2.4, (0.05, 0.1, 0.5))
layer = scene.view_layers[0]
layer.use_pass_z = True
layer.use_pass_normal = True
layer.use_pass_emit = True
layer.use_pass_cryptomatte_object = True
bpy.ops.render.render()
picture = bpy.data.images["Render Result"]
settings = scene.render.image_settings


def save(name, file_format, **values):
    settings.file_format = file_format
    for key, value in values.items():
        setattr(settings, key, value)
    picture.save_render(os.path.join(folder, name), scene=scene)


save("png-8.png", "PNG", color_mode="RGBA", color_depth="8")
save("png-16.png", "PNG", color_mode="RGBA", color_depth="16")
save("tiff-16.tif", "TIFF", color_mode="RGBA", color_depth="16")
save("webp.webp", "WEBP", color_mode="RGBA", quality=100)
save("jpeg.jpg", "JPEG", color_mode="RGB", quality=95)
for codec in ("NONE", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB"):
    # Blender offers B44 for half numbers only.
    for depth in ("16",) if codec.startswith("B44") else ("16", "32"):
        for kind, word in (("OPEN_EXR", "exr"), ("OPEN_EXR_MULTILAYER", "layers")):
            name = f"{word}-{codec}-{depth}.exr".lower()
            save(name, kind, color_mode="RGBA", color_depth=depth, exr_codec=codec)
