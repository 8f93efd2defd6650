# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel sets, kept in the scene; and where Nightshift is, kept in the preferences."""

import json

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

# What a shot file may name, by Blender's own identifiers.
FORMATS = ("PNG", "OPEN_EXR", "OPEN_EXR_MULTILAYER", "JPEG", "TIFF", "WEBP", "AVIF")

_LABELS = {
    "OPEN_EXR": "OpenEXR", "OPEN_EXR_MULTILAYER": "OpenEXR Multilayer", "WEBP": "WebP", "AVIF": "AVIF (Blender 5)",
}

# Newer Blenders want to be told that a path may begin with `//`.
_KNOWS_RELATIVE = "is_path_supports_blend_relative" in bpy.types.Property.bl_rna.properties
_RELATIVE = {"ANIMATABLE", "PATH_SUPPORTS_BLEND_RELATIVE"} if _KNOWS_RELATIVE else {"ANIMATABLE"}


def _is_camera_of_scene(shot, item):
    return item.type == "CAMERA" and item.name in shot.id_data.objects


class NightshiftShot(bpy.types.PropertyGroup):
    """One shot file. What is left as saved is not written into it."""

    name: StringProperty(name="Shot Name", description="The shot and its file are called so; empty: like the .blend")
    frames: StringProperty(
        name="Frames", description="Such as 12, 1-48, or 1-48, 60, 70-100x2; empty: the range of the scene"
    )
    camera: PointerProperty(
        name="Camera", type=bpy.types.Object, poll=_is_camera_of_scene,
        description="Renders all frames; empty: the camera of the scene, and what markers bind",
    )
    use_samples: BoolProperty(name="Set Samples", description="Render with another number of samples than the scene was saved with")
    samples: IntProperty(name="Samples", description="Samples of a pixel", default=128, min=1, max=16_777_216, soft_max=4096)
    use_percentage: BoolProperty(name="Set Size", description="Render another size than the scene was saved with")
    percentage: IntProperty(
        name="Size", description="Size of the pictures in percent of the resolution", default=100, min=1, max=32_767,
        soft_max=100, subtype="PERCENTAGE",
    )
    device: EnumProperty(
        name="Device", description="What Cycles renders on",
        items=(
            ("SAVED", "As Saved", "What the scene was saved with"),
            ("CPU", "CPU", ""),
            ("GPU", "GPU", "Without a GPU the shot fails before anything is rendered"),
            ("GPU_OR_CPU", "GPU or CPU", "The CPU where no GPU can render it"),
        ),
    )
    output: EnumProperty(
        name="Frames Go To", description="The folder of the frames",
        items=(
            ("NIGHTSHIFT", "Nightshift's Folder", "Where Nightshift is told to put frames: renders/<shot> beside the .blend, unless chosen"),
            ("SCENE", "As Saved", "The path in Blender's own Output panel"),
            ("FOLDER", "Another Folder", "The one below"),
        ),
    )
    folder: StringProperty(name="Folder", description="The folder of the frames", subtype="DIR_PATH", options=_RELATIVE)
    file_name: StringProperty(
        name="File Name", description="Without ending; #### becomes the number of the frame. Empty: <shot>_####"
    )
    image_format: EnumProperty(
        name="Format", description="The file format of the frames",
        items=(
            ("SAVED", "As Saved", "What the scene was saved with"),
            *((name, _LABELS.get(name, name), "") for name in FORMATS),
        ),
    )
    simulations: EnumProperty(
        name="Simulations", description="What Nightshift does with simulations that are not baked",
        items=(
            ("IN_ORDER", "In Order", "One worker renders the shot, frame after frame"),
            ("BAKE", "Bake", "Nightshift bakes into a folder of its own first, where Blender can do that, and all workers render"),
        ),
    )
    # By shot file and key what was written there: what the panel wrote it may take out again.
    written: StringProperty(options={"HIDDEN"})

    def remembered(self, path):
        return _dictionary(self.written).get(path, {})

    def remember(self, path, texts):
        """True where that is new: then it has to be saved, too."""
        known = _dictionary(self.written)
        known[path] = texts
        text = json.dumps(known, sort_keys=True)
        is_new = text != self.written
        if is_new:
            self.written = text
        return is_new


class NightshiftPreferences(bpy.types.AddonPreferences):
    bl_idname = __package__

    place: StringProperty(
        name="Nightshift", subtype="FILE_PATH",
        description="The program, its folder, or the folder of a clone; empty: where its installers put it",
    )

    def draw(self, _context):
        column = self.layout.column()
        column.use_property_split = True
        column.prop(self, "place", placeholder="Where its installers put it")
        from . import app

        try:
            column.label(text=f"Starts {' '.join(app.command(bpy.path.abspath(self.place)))}", icon="CHECKMARK")
        except app.NotStarted as why:
            column.label(text=f"{str(why).partition('. ')[0].rstrip('.')}.", icon="ERROR")


def preferences():
    return bpy.context.preferences.addons[__package__].preferences


def _dictionary(text):
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
