"""A clockwork seen close: brass wheels in mesh on blued steel, turning."""

import math

import bpy
import kit

FRAMES = 48
MODULE = 0.1


def build():
    kit.new_scene(FRAMES, samples=14, exposure=0.1)
    world = kit.sky([(0.0, "#1a2f66"), (0.3, "#5f86cf"), (0.48, "#20263a"), (0.62, "#8a5a34"), (0.85, "#ffcf96"), (1.0, "#a8683a")], 1.15, seen=0.05)
    kit.turn_sky(world, "X")
    brass = kit.material("Brass", "#d8a657", 0.26, 1.0)
    copper = kit.material("Copper", "#d98a63", 0.24, 1.0)
    steel = kit.material("Steel", "#98a3b4", 0.22, 1.0)
    blued = kit.material("Blued plate", "#1d429c", 0.6, 0.25)
    ruby = kit.material("Ruby", "#c0122c", 0.12, glow="#8a0018", strength=0.35)
    striped(blued)
    kit.lathe("Plate", [(0, -0.06), (4.7, -0.06), (4.8, -0.12), (4.8, -0.4)], blued, 96, True)
    train(brass, copper, steel, ruby)
    kit.light("Window", (1.6, 4.2, 3.4), (0, 0, 0), 4.0, 140, "#ffdcb4")
    path = {1: (-1.1, -4.9, 3.5), FRAMES: (0.7, -4.7, 3.0)}
    kit.camera("Cam_Macro", path, (0.1, -0.15, 0.05), 54, fstop=0.6, focus=5.6)


def striped(surface):
    """Fine waves across the plate, as a watchmaker would brush it."""
    tree = surface.node_tree
    where = tree.nodes.new("ShaderNodeTexCoord")
    wave = tree.nodes.new("ShaderNodeTexWave")
    wave.bands_direction = "DIAGONAL"
    wave.inputs["Scale"].default_value = 1.6
    bump = tree.nodes.new("ShaderNodeBump")
    bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 0.25, 0.06
    tree.links.new(where.outputs["Object"], wave.inputs["Vector"])
    tree.links.new(wave.outputs["Fac"], bump.inputs["Height"])
    tree.links.new(bump.outputs[0], tree.nodes["Principled BSDF"].inputs["Normal"])


def train(brass, copper, steel, ruby):
    """Wheels placed so that each meshes with the one it hangs on: (teeth, parent, direction, level, metal)."""
    wheels = [
        (36, None, 0, 0.10, brass),
        (15, 0, 12, 0.10, steel),
        (24, 0, 128, 0.10, copper),
        (21, 0, 218, 0.10, brass),
        (18, 0, 300, 0.10, copper),
        (30, 1, -20, 0.10, brass),
        (16, 2, 60, 0.10, steel),
        (26, 4, 335, 0.10, brass),
        (28, 3, 170, 0.10, copper),
        (22, 6, 20, 0.10, brass),
    ]
    centres, phases, speeds = [], [], []
    for teeth, parent, direction, level, metal in wheels:
        if parent is None:
            centre, phase, speed = (-0.25, 0.1), 0.0, 30.0
        else:
            angle = math.radians(direction)
            apart = MODULE / 2 * (teeth + wheels[parent][0])
            centre = (centres[parent][0] + apart * math.cos(angle), centres[parent][1] + apart * math.sin(angle))
            ratio = wheels[parent][0] / teeth
            speed = -speeds[parent] * ratio
            # A tooth of one faces a gap of the other along the line of centres.
            phase = angle + math.pi + math.pi / teeth + ratio * (angle - phases[parent])
        centres.append(centre)
        phases.append(phase)
        speeds.append(speed)
        wheel = gear(f"Wheel {teeth}", teeth, metal)
        wheel.location = (*centre, level)
        wheel.rotation_euler[2] = phase
        kit.spin(wheel, speed, FRAMES)
        kit.lathe("Arbor", [(0.11, -0.2), (0.11, 0.2), (0.06, 0.24), (0.06, 0.3), (0.03, 0.33), (0, 0.33)], steel, 24, False, (*centre, level))
        kit.lathe("Jewel", [(0.17, 0.1), (0.17, 0.13), (0.145, 0.16), (0.11, 0.165)], ruby, 28, True, (*centre, level))
    upper(brass, steel, ruby, centres)


def upper(brass, steel, ruby, centres):
    """A second floor: a balance wheel and a bridge with screws."""
    x, y = centres[0]
    wheel = gear("Third wheel", 20, brass, thick=0.09)
    wheel.location = (x, y, 0.34)
    kit.spin(wheel, 30, FRAMES)
    partner = gear("Fourth wheel", 12, steel, thick=0.09)
    apart = MODULE / 2 * 32
    angle = math.radians(-52)
    partner.location = (x + apart * math.cos(angle), y + apart * math.sin(angle), 0.34)
    partner.rotation_euler[2] = angle + math.pi + math.pi / 12 + 20 / 12 * angle
    kit.spin(partner, -50, FRAMES)
    kit.lathe("Arbor", [(0.09, -0.3), (0.09, 0.14), (0, 0.16)], steel, 20, False, partner.location)
    kit.lathe("Jewel", [(0.15, 0.04), (0.15, 0.08), (0.09, 0.1)], ruby, 24, True, partner.location)


def gear(name, teeth, metal, thick=0.14):
    """A wheel with crossings (five windows between spokes), as one bevelled solid."""
    pitch = MODULE * teeth / 2
    outline = []
    for i in range(teeth):
        for part, radius in ((-0.27, -1.15), (-0.23, -0.2), (-0.1, 0.85), (0.1, 0.85), (0.23, -0.2), (0.27, -1.15)):
            angle = 2 * math.pi * (i + part) / teeth
            outline.append(polar(pitch + MODULE * radius, angle))
    curve = bpy.data.curves.new(name, "CURVE")
    curve.dimensions, curve.fill_mode = "2D", "BOTH"
    curve.extrude, curve.bevel_depth, curve.bevel_resolution = thick / 2, 0.012, 1
    ring(curve, outline)
    inner, outer = max(0.2, pitch * 0.28), pitch - 0.26
    if outer - inner > 0.12:
        spokes = 5
        half = 0.07
        for i in range(spokes):
            a, b = 2 * math.pi * i / spokes, 2 * math.pi * (i + 1) / spokes
            near = [polar(inner, t) for t in steps(a + half / inner, b - half / inner)]
            far = [polar(outer, t) for t in steps(b - half / outer, a + half / outer)]
            ring(curve, near + far)
    curve.materials.append(metal)
    return kit.place(curve)


def ring(curve, points):
    spline = curve.splines.new("POLY")
    spline.points.add(len(points) - 1)
    for point, (x, y) in zip(spline.points, points):
        point.co = (x, y, 0, 1)
    spline.use_cyclic_u = True


def polar(radius, angle):
    return (radius * math.cos(angle), radius * math.sin(angle))


def steps(start, end, count=10):
    return [start + (end - start) * i / count for i in range(count + 1)]
