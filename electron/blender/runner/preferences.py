"""The preferences that decide what a script makes, such as how new keys are interpolated."""

import bpy

_GROUPS = ("edit", "filepaths", "experimental", "view", "system", "inputs", "apps")
_SIMPLE = ("BOOLEAN", "INT", "FLOAT", "STRING", "ENUM")


def read():
    """Values by group and name, free of anything that belongs to Blender."""
    return {
        (group, prop.identifier): _value(owner, prop)
        for group in _GROUPS
        if (owner := getattr(bpy.context.preferences, group, None)) is not None
        for prop in owner.bl_rna.properties
        if prop.type in _SIMPLE and not prop.is_readonly
    }


def restore(kept):
    """Sets again what a shot's script has changed, and what changes with that, as the language does."""
    for _ in range(2):
        _restore(kept, read())


def _restore(kept, now):
    for (group, name), value in kept.items():
        if now.get((group, name)) == value:
            continue
        try:
            setattr(getattr(bpy.context.preferences, group), name, value)
        except (AttributeError, TypeError, ValueError) as error:
            print(f"Warning: the preference {group}.{name} stays as the last shot set it: {error}")


def _value(owner, prop):
    value = getattr(owner, prop.identifier)
    return tuple(value) if getattr(prop, "is_array", False) else value
