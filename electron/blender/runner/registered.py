"""What Python has registered with Blender: classes, and properties on Blender's own types."""

import bpy

# Where Python finds Blender's own types.
_OF_BLENDER = ("bpy.types", "bpy_types", "_bpy_types")
# Besides data-blocks, the types that scripts give properties to. All are there from start to end: to look
# at others is not safe, since the settings of an operator that was unregistered are freed, but still named.
_EXTENDED = (
    "Bone", "PoseBone", "EditBone", "BoneCollection", "ViewLayer", "Sequence", "Strip", "TimelineMarker",
    "Modifier", "Constraint", "Node", "NodeSocket",
)


def classes():
    """Every class that is registered now, in the order of their definition, bases first."""
    return [cls for cls in _derived_from(bpy.types.bpy_struct) if _is_registered(cls)]


def is_of_blender(cls):
    """Python gets to see most of Blender's own types only when somebody first touches such data, so they
    look like new ones. To unregister one frees what Blender still needs.
    """
    return vars(cls).get("__module__") in _OF_BLENDER


def remove_classes(leaving):
    """The last one first, so that nothing points at a class that is gone."""
    for cls in reversed(leaving):
        # Its own `unregister` may have taken others with it.
        if _is_registered(cls):
            _quietly(bpy.utils.unregister_class, cls)


def properties():
    """What Python has added to data-blocks and the like, by the names of the type and of the property."""
    found = {}
    for cls in _extended_types():
        inherited = cls.bl_rna.base.properties if cls.bl_rna.base else ()
        for prop in cls.bl_rna.properties:
            if prop.is_runtime and prop.identifier not in inherited:
                found[cls.bl_rna.identifier, prop.identifier] = cls
    return found


def remove_properties(known):
    """All but the known ones, and before the classes: one that points to a group that is gone crashes
    Blender when it is next looked at.
    """
    for (kind, name), cls in properties().items():
        if (kind, name) in known:
            continue
        if kind == "WindowManager":
            # The one data-block that stays when another file is opened.
            _quietly(bpy.context.window_manager.property_unset, name)
        _quietly(delattr, cls, name)


def _extended_types():
    yield bpy.types.ID
    yield from (cls for cls in _derived_from(bpy.types.ID) if is_of_blender(cls) and _is_registered(cls))
    yield from (getattr(bpy.types, name) for name in _EXTENDED if hasattr(bpy.types, name))


def _derived_from(base):
    level = [base]
    seen = {}
    while level:
        level = [sub for cls in level for sub in cls.__subclasses__() if sub not in seen]
        seen.update(dict.fromkeys(level))
    return list(seen)


def _is_registered(cls):
    return "bl_rna" in vars(cls)


def _quietly(call, *arguments):
    try:
        call(*arguments)
    except Exception as error:  # noqa: BLE001 - what resists is no reason to lose the worker
        print(f"Warning: something that the last shot registered stays behind: {error}")
