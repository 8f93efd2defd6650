"""A tea set in morning light: porcelain on oak, the sun coming through a window that is not in the picture."""

import math

import bpy
import kit

FRAMES = 2


def build():
    kit.new_scene(FRAMES, samples=24, look="AgX - Base Contrast", exposure=0.0)
    kit.sky([(0.0, "#30384a"), (0.5, "#7f93b8"), (1.0, "#9fb6e0")], 0.7)
    glaze = kit.material("Celadon", "#7fae9f", 0.16, Coat_Weight=0.4, Coat_Roughness=0.06)
    cream = kit.material("Porcelain", "#efe6d6", 0.2, Coat_Weight=0.3, Coat_Roughness=0.08)
    tea = kit.material("Tea", "#6b2f0c", 0.06)
    room()
    teapot(glaze, cream)
    for at, turn in (((1.15, -0.62, 0.1), 35), ((-0.35, -1.12, 0.1), -70)):
        cup(cream, glaze, tea, at, turn)
    plums(glaze)
    kit.sun("Morning sun", (0.82, 0.42, -0.5), 6.0, "#ffcf94", 1.2)
    target = (0.2, 0.0, 0.6)
    path = {1: kit.orbit(target, 8.6, 2.0, -10), FRAMES: kit.orbit(target, 8.6, 1.9, 6)}
    kit.camera("Cam_Table", path, target, 68, fstop=0.9, focus=8.2)


def room():
    wall = kit.material("Wall", "#b9a48f", 0.9)
    kit.box("Back wall", (40, 0.2, 14), wall, (0, 3.4, 4))
    oak = kit.material("Oak", "#7b5234", 0.42)
    tree = oak.node_tree
    where = tree.nodes.new("ShaderNodeTexCoord")
    stretch = tree.nodes.new("ShaderNodeMapping")
    stretch.inputs["Scale"].default_value = (0.35, 5.0, 1.0)
    grain = tree.nodes.new("ShaderNodeTexNoise")
    grain.inputs["Scale"].default_value, grain.inputs["Detail"].default_value = 2.2, 4.0
    ramp = kit.colour_ramp(tree, [(0.3, "#553420"), (0.7, "#94663f")])
    tree.links.new(where.outputs["Object"], stretch.inputs["Vector"])
    tree.links.new(stretch.outputs[0], grain.inputs["Vector"])
    tree.links.new(grain.outputs[0], ramp.inputs["Fac"])
    tree.links.new(ramp.outputs["Color"], tree.nodes["Principled BSDF"].inputs["Base Color"])
    kit.box("Table", (12, 5.6, 0.3), oak, (0, 0.2, -0.15))
    tray = kit.material("Tray", "#33261f", 0.45)
    kit.lathe("Tray", [(0, 0.03), (1.75, 0.03), (1.85, 0.13), (1.92, 0.13), (1.92, 0.0), (0, 0)], tray, 96, True, (0.15, -0.25, 0.0))
    window()


def window():
    """Bars far to the left that the sun shines through; nothing but their shadow is seen."""
    dark = kit.material("Window bars", "#101010", 1.0)
    for y, width in ((-7.4, 3.2), (-2.45, 0.2), (-0.7, 0.2), (2.5, 2.4)):
        kit.box("Bar", (0.1, width, 9), dark, (-6.6, y, 5))
    for z, tall in ((1.6, 3.2), (5.8, 0.18), (8.6, 2.8)):
        kit.box("Bar", (0.1, 11, tall), dark, (-6.6, -2, z))


def rounded(points, steps=6):
    """Catmull-Rom through profile points."""
    padded = [points[0], *points, points[-1]]
    out = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:]):
        for i in range(steps):
            t = i / steps
            out.append(tuple(
                0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t ** 3)
                for p, q, r, s in zip(a, b, c, d)
            ))
    return [*out, points[-1]]


def teapot(glaze, cream):
    body = [(0.0, 0.1), (0.42, 0.1), (0.46, 0.14), (0.72, 0.34), (0.83, 0.62), (0.72, 0.92), (0.46, 1.1), (0.36, 1.13)]
    kit.lathe("Teapot", rounded(body), glaze, 72)
    lid = [(0.4, 1.12), (0.39, 1.15), (0.3, 1.2), (0.12, 1.25), (0.06, 1.28), (0.06, 1.31), (0.12, 1.37), (0.1, 1.43), (0.0, 1.46)]
    kit.lathe("Lid", rounded(lid), cream, 56)
    spout = [(0.62, 0, 0.46, 1.5), (0.9, 0, 0.52, 1.25), (1.06, 0, 0.78, 0.95), (1.16, 0, 1.02, 0.75), (1.33, 0, 1.13, 0.66)]
    kit.tube("Spout", spout, glaze, 0.115)
    handle = [(-0.66, 0, 0.95), (-0.95, 0, 1.16), (-1.28, 0, 1.0), (-1.3, 0, 0.62), (-1.0, 0, 0.36), (-0.72, 0, 0.42)]
    kit.tube("Handle", handle, cream, 0.062)
    for name in ("Spout", "Handle"):
        bpy.data.objects[name].rotation_euler[2] = math.radians(-14)


def cup(shell, glaze, tea, at, turn):
    outer = [(0.0, 0.0), (0.17, 0.0), (0.18, 0.04), (0.29, 0.14), (0.35, 0.3), (0.365, 0.42)]
    inner = [(0.345, 0.42), (0.325, 0.3), (0.26, 0.14), (0.0, 0.08)]
    kit.lathe("Cup", rounded(outer) + rounded(inner), shell, 56, at=at)
    kit.lathe("Tea", [(0.0, 0.33), (0.335, 0.33)], tea, 48, at=at)
    saucer = [(0.0, -0.06), (0.3, -0.06), (0.52, 0.0), (0.56, 0.02), (0.52, 0.015), (0.3, -0.035), (0.0, -0.035)]
    kit.lathe("Saucer", saucer, glaze, 64, at=at)
    grip = [(0.33, 0, 0.34), (0.46, 0, 0.37), (0.52, 0, 0.26), (0.44, 0, 0.14), (0.28, 0, 0.14)]
    made = kit.tube("Grip", grip, shell, 0.032)
    made.location, made.rotation_euler[2] = at, math.radians(turn)


def plums(glaze):
    skin = kit.material("Apricot", "#e08a3c", 0.45)
    blush = kit.material("Apricot blush", "#cf5f35", 0.45)
    fruit = [(0.0, -0.2), (0.12, -0.19), (0.22, -0.1), (0.25, 0.02), (0.2, 0.15), (0.09, 0.21), (0.0, 0.19)]
    for i, (x, y, z, turn) in enumerate(((2.2, 0.25, 0.2, 20), (2.42, -0.3, 0.2, 80))):
        made = kit.lathe("Apricot", rounded(fruit), (skin, blush)[i % 2], 40, at=(x, y, z))
        made.rotation_euler = (math.radians(turn / 2), math.radians(12), math.radians(turn))
