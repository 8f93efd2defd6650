"""A snowed-in cabin on a small round of land, still awake; the camera walks round it."""

import math
import random

import bpy
import kit

FRAMES = 3
GLOW = "#ffb45a"


def build():
    kit.new_scene(FRAMES, samples=24, exposure=0.15)
    kit.sky([(0.0, "#2a3a6e"), (0.3, "#16224a"), (0.5, "#26345f"), (0.62, "#1a2750"), (1.0, "#7f9be0")], 0.75, seen=0.5)
    # The lamps near the snow would get most of the tree's samples, and the moonlit roof would be noisy.
    bpy.context.scene.cycles.use_light_tree = False
    random.seed(5)
    snow = kit.material("Snow", "#dfe8f7", 0.75)
    land(snow)
    cabin(snow)
    forest(snow)
    smoke()
    kit.sun("Moon", (0.85, -0.25, -0.75), 0.85, "#9db8ff", 2.0)
    kit.light("Window light", (0, -1.15, 0.95), (0, -3.0, 0.0), 0.9, 42, GLOW)
    kit.light("Gable light", (-1.45, 0, 1.1), (-3.2, 0, 0.0), 0.6, 11, GLOW)
    lamp = bpy.data.lights.new("Lamp light", "POINT")
    lamp.energy, lamp.shadow_soft_size, lamp.color = 26, 0.1, kit.linear(GLOW)[:3]
    kit.place(lamp, (1.2, -2.35, 1.2))
    target = (0, 0, 0.95)
    path = {f: kit.orbit(target, 17.4, 4.6, -36 + 13 * (f - 1)) for f in range(1, FRAMES + 1)}
    kit.camera("Cam_Walk", path, target, 56)
    kit.bloom(0.9, -0.6, 6)


def land(snow):
    rock = kit.material("Rock", "#6a7599", 0.9)
    rings = [(0.0, 0.1), (1.6, 0.1), (2.6, 0.05), (3.3, -0.02), (3.75, -0.18)]
    top = kit.lathe("Ground", rings, snow, 30, False)
    under = kit.lathe("Cliff", [(3.75, -0.18), (3.55, -0.5), (2.8, -1.0), (1.7, -1.7), (0.7, -2.3), (0, -2.7)], rock, 14, False)
    for thing, amount in ((top, 0.06), (under, 0.22)):
        for vertex in thing.data.vertices:
            if vertex.co.z < (0.09 if thing is top else -0.25):
                vertex.co.z += random.uniform(-amount, amount)
                vertex.co.x *= 1 + random.uniform(-amount, amount) * 0.25


def cabin(snow):
    log = kit.material("Log", "#6d4630", 0.75)
    dark = kit.material("Beam", "#3b261d", 0.8)
    stone = kit.material("Chimney", "#59607a", 0.9)
    window = kit.material("Window", "#000000", 0.5, glow=GLOW, strength=3.2)
    for row in range(7):
        z = 0.2 + row * 0.19
        for y in (-0.85, 0.85):
            kit.box("Log", (2.75, 0.2, 0.185), log, (0, y, z), 0.05)
        for x in (-1.2, 1.2):
            kit.box("Log", (0.2, 2.0, 0.185), log, (x, 0, z), 0.05)
    for x in (-1.2, 1.2):
        kit.mesh("Gable", [(x, -0.93, 1.42), (x, 0.93, 1.42), (x, 0, 2.3)], [(0, 1, 2)], log)
        pane(window, dark, (x + math.copysign(0.115, x), 0, 1.72), (0.02, 0.3, 0.3))
        pane(window, dark, (x + math.copysign(0.115, x), 0, 0.85), (0.02, 0.62, 0.5))
    for x in (-0.72, 0.78):
        pane(window, dark, (x, -0.965, 0.88), (0.44, 0.02, 0.48))
    kit.box("Door", (0.46, 0.06, 0.95), dark, (0.03, -0.95, 0.58), 0.02)
    kit.box("Step", (0.7, 0.4, 0.12), dark, (0.03, -1.15, 0.14), 0.02)
    for side in (-1, 1):
        roof = kit.box("Roof", (3.1, 1.48, 0.1), dark, (0, side * 0.58, 1.8))
        roof.rotation_euler[0] = -side * math.radians(42.5)
        cover = kit.box("Roof snow", (3.2, 1.5, 0.2), snow, (0, side * 0.62, 1.94), 0.09)
        cover.rotation_euler[0] = -side * math.radians(42.5)
    kit.box("Chimney", (0.42, 0.42, 1.3), stone, (-0.65, 0.4, 2.2), 0.03)
    kit.box("Cap", (0.52, 0.52, 0.14), snow, (-0.65, 0.4, 2.9), 0.06)
    lamp = kit.material("Lamp", "#000000", 0.5, glow=GLOW, strength=6)
    kit.tube("Post", [(1.2, -2.35, 0), (1.2, -2.35, 0.5), (1.2, -2.35, 1.15)], dark, 0.035)
    glass = kit.shine(kit.lathe("Lamp", [(0, -0.12), (0.09, -0.1), (0.13, 0.08), (0, 0.1)], lamp, 6, False, (1.2, -2.35, 1.2)))
    glass.visible_shadow = False
    kit.lathe("Lamp hat", [(0.2, 0.0), (0.08, 0.1), (0, 0.14)], snow, 6, False, (1.2, -2.35, 1.3))
    for i in range(6):
        kit.lathe("Stone", [(0.2, 0), (0.17, 0.06), (0, 0.07)], stone, 7, False, (0.05 + 0.18 * i, -1.5 - 0.3 * i, 0.1 - 0.02 * i))


def pane(glow, frame, at, size):
    kit.shine(kit.box("Pane", size, glow, at))
    flat = min(range(3), key=lambda axis: size[axis])
    for axis in range(3):
        if axis == flat:
            continue
        for offset in (-0.5, 0, 0.5):
            bar = [0.035] * 3
            bar[3 - flat - axis] = size[3 - flat - axis] + 0.05
            bar[flat] = 0.05
            where = list(at)
            where[axis] += offset * size[axis]
            kit.box("Bar", bar, frame, where)


def forest(snow):
    pine = kit.material("Pine", "#234a4a", 0.85)
    bark = kit.material("Bark", "#2c1d1a", 0.9)
    tree = []
    for level in range(4):
        r, z = 0.62 - 0.13 * level, 0.3 + 0.42 * level
        skirt = [(r, z), (r * 0.55, z + 0.27), (r * 0.28, z + 0.46)]
        cap = [(r * 0.8, z + 0.15), (r * 0.57, z + 0.31), (r * 0.2 if level < 3 else 0, z + 0.58)]
        for profile, surface in ((skirt, pine), (cap, snow)):
            part = kit.lathe("Branch", profile, surface, 9, False)
            for i, vertex in enumerate(part.data.vertices):
                if i < 9:
                    vertex.co.z += (0.06 if i % 2 else -0.05)
            tree.append(part.data)
            bpy.data.objects.remove(part)
    trunk = kit.lathe("Trunk", [(0.09, -0.1), (0.08, 0.5)], bark, 7, False)
    tree.append(trunk.data)
    bpy.data.objects.remove(trunk)
    spots = [(-2.3, 0.6, 1.25), (-1.9, 1.9, 1.5), (-0.6, 2.5, 1.15), (0.9, 2.3, 1.45), (2.2, 1.5, 1.2), (2.75, 0.2, 0.9),
             (-2.9, -0.6, 0.85), (-2.2, -1.9, 0.75), (2.6, -1.3, 0.7), (-1.2, -2.6, 0.55), (0.2, 3.1, 0.8), (-2.9, 1.5, 0.8)]
    for x, y, size in spots:
        turn = (random.uniform(-3, 3), random.uniform(-3, 3), random.uniform(0, 360))
        for data in tree:
            kit.place(data, (x, y, 0), turn=turn, scale=(size, size, size * random.uniform(0.98, 1.02)))


def smoke():
    puff = kit.material("Smoke", "#b9c4e6", 0.95)
    bpy.ops.mesh.primitive_ico_sphere_add(subdivisions=2, radius=1)
    data = bpy.context.object.data
    data.materials.append(puff)
    bpy.data.objects.remove(bpy.context.object)
    for i in range(5):
        ball = kit.place(data, scale=0.12 + 0.05 * i)
        for frame in (1, FRAMES):
            rise = i + 0.6 * (frame - 1) / (FRAMES - 1)
            ball.location = (-0.65 + 0.05 * rise * rise, 0.4 + 0.06 * math.sin(rise * 2), 3.12 + 0.32 * rise)
            ball.keyframe_insert("location", frame=frame)


