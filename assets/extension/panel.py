# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel, in the Output tab of the Properties editor and in the sidebar of the 3D viewport."""

import os
import textwrap

import bpy

from . import found, shot

_ICONS = {"ERROR": "CANCEL", "WARNING": "ERROR", "INFO": "INFO"}
# Of Blender's interface font, in pixels at a scale of 1.
_LETTER = 6.4


class _InOutput:
    bl_space_type = "PROPERTIES"
    bl_region_type = "WINDOW"
    bl_context = "output"


class _InSidebar:
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Nightshift"


class _Shot:
    bl_label = "Nightshift"

    def draw(self, context):
        layout, scene = self.layout, context.scene
        settings = scene.nightshift
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        column.prop(settings, "name", placeholder=os.path.splitext(os.path.basename(bpy.data.filepath))[0])
        column.prop(settings, "frames", placeholder=_range_of(scene))
        column.prop(settings, "camera", text="Camera", placeholder=scene.camera.name if scene.camera else "")
        column = layout.column()
        _switched(column, settings, "use_percentage", "percentage", "Size")
        _switched(column, settings, "use_samples", "samples", "Samples")
        column.prop(settings, "device")
        if settings.simulations != "IN_ORDER" or _has_unbaked(scene):
            column.row().prop(settings, "simulations", expand=True)
        buttons = layout.column(align=True)
        buttons.scale_y = 1.3
        buttons.operator("nightshift.send", icon="EXPORT")
        buttons.operator("nightshift.tonight", icon="SORTTIME")
        buttons.operator("nightshift.write", icon="FILE_TEXT")
        if bpy.data.filepath and os.path.exists(shot.file_of(scene)):
            row = layout.row()
            row.active = False
            row.label(text=f"{os.path.basename(shot.file_of(scene))} is there.")


class _Output:
    bl_label = "Output"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context):
        layout, settings = self.layout, context.scene.nightshift
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        column.prop(settings, "output")
        if settings.output == "FOLDER":
            column.prop(settings, "folder")
        column.prop(settings, "file_name", placeholder=f"{shot.name_of(context.scene)}_####")
        column.prop(settings, "image_format")


class _Found:
    bl_label = "Check"

    def draw_header_preset(self, context):
        last = found.last(context.scene)
        if last:
            worst = last[0].severity
            self.layout.label(text=str(len(last)), icon=_ICONS[worst])

    def draw(self, context):
        layout = self.layout
        layout.operator("nightshift.check", text="Check This Shot", icon="VIEWZOOM")
        last = found.last(context.scene)
        if last is None:
            return
        if not last:
            layout.label(text="Nothing was found.", icon="CHECKMARK")
        letters = max(24, int((context.region.width / context.preferences.system.ui_scale - 70) / _LETTER))
        column = layout.column(align=True)
        for one in last:
            _finding(column, one, letters)


def _finding(layout, one, letters):
    box = layout.box()
    lines = box.column(align=True)
    lines.scale_y = 0.8
    for at, line in enumerate(textwrap.wrap(one.text, letters) or [""]):
        lines.label(text=line, icon=_ICONS[one.severity] if at == 0 else "BLANK1")
    if one.action is None:
        return
    row = box.row()
    row.alignment = "RIGHT"
    button = row.operator(one.action.operator, text=one.action.label)
    for name, value in one.action.properties.items():
        setattr(button, name, value)


def _switched(layout, settings, switch, value, heading):
    row = layout.row(heading=heading)
    row.prop(settings, switch, text="")
    field = row.row()
    field.active = getattr(settings, switch)
    field.prop(settings, value, text="")


def _range_of(scene):
    step = f"x{scene.frame_step}" if scene.frame_step > 1 else ""
    return f"{scene.frame_start}-{scene.frame_end}{step}"


def _has_unbaked(scene):
    return any(one.cause == "simulation-not-baked" for one in found.last(scene) or ())


class NIGHTSHIFT_PT_output(_InOutput, _Shot, bpy.types.Panel):
    bl_idname = "NIGHTSHIFT_PT_output"


class NIGHTSHIFT_PT_output_path(_InOutput, _Output, bpy.types.Panel):
    bl_idname = "NIGHTSHIFT_PT_output_path"
    bl_parent_id = "NIGHTSHIFT_PT_output"


class NIGHTSHIFT_PT_output_found(_InOutput, _Found, bpy.types.Panel):
    bl_idname = "NIGHTSHIFT_PT_output_found"
    bl_parent_id = "NIGHTSHIFT_PT_output"


class NIGHTSHIFT_PT_sidebar(_InSidebar, _Shot, bpy.types.Panel):
    bl_idname = "NIGHTSHIFT_PT_sidebar"


class NIGHTSHIFT_PT_sidebar_path(_InSidebar, _Output, bpy.types.Panel):
    bl_idname = "NIGHTSHIFT_PT_sidebar_path"
    bl_parent_id = "NIGHTSHIFT_PT_sidebar"


class NIGHTSHIFT_PT_sidebar_found(_InSidebar, _Found, bpy.types.Panel):
    bl_idname = "NIGHTSHIFT_PT_sidebar_found"
    bl_parent_id = "NIGHTSHIFT_PT_sidebar"


CLASSES = (
    NIGHTSHIFT_PT_output,
    NIGHTSHIFT_PT_output_path,
    NIGHTSHIFT_PT_output_found,
    NIGHTSHIFT_PT_sidebar,
    NIGHTSHIFT_PT_sidebar_path,
    NIGHTSHIFT_PT_sidebar_found,
)
