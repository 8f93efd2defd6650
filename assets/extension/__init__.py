# SPDX-License-Identifier: GPL-3.0-or-later
"""Nightshift for Blender: looks over a shot, writes its shot file, and sends it to Nightshift.

It shares nothing with Nightshift but the shot file.
"""

import bpy

from . import found, operators, panel, settings

_CLASSES = (settings.NightshiftShot, settings.NightshiftPreferences, *operators.CLASSES, *panel.CLASSES)


def register():
    for each in _CLASSES:
        bpy.utils.register_class(each)
    bpy.types.Scene.nightshift = bpy.props.PointerProperty(type=settings.NightshiftShot)
    found.register()


def unregister():
    found.unregister()
    del bpy.types.Scene.nightshift
    for each in reversed(_CLASSES):
        bpy.utils.unregister_class(each)
