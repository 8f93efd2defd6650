"""What in a scene remembers the frame before: found, run up to a frame, and baked into a folder of ours.

A simulation that is not baked is right only in a Blender that has gone through its frames one by one from the first.
"""

import contextlib
import math
import os
import re
import sys
import tempfile
import time

import bpy

from . import overrides
from .paths import absolute
from .used import Used

# What can read and write a cache in a folder that we choose; particles can't (measured on 4.3 and 5.2).
_BAKEABLE = ("zone", "rigid-body", "cloth", "soft-body")
_TELL_EVERY_SECONDS = 2.0


class Simulation:
    """The simulations of an open shot that no bake covers, and how far this Blender has gone through them."""

    def __init__(self, found, last):
        self._found = found
        # The last frame that is rendered.
        self._last = last
        self.first = min(one.first for one in found)
        self.names = list(dict.fromkeys(one.name for one in found))
        self.bakeable = all(one.bakeable for one in found)
        # From there on everything stands still; None: it never does.
        ends = [one.end for one in found]
        self._still = None if None in ends else max(ends)
        # Whether all frames can be shown, in any order.
        self._is_read = self._is_whole = False
        # Where the scene was left.
        self._stepped = None

    def stands_at(self, frame):
        """Whether the scene was set to it, so that its handlers have seen it."""
        return self._stepped == frame

    def run_up(self, scene, frame):
        """Steps up to a frame as playing would, so that the next render finds the simulation there.

        Where a picture shows what comes after it, all frames are gone through at once: Blender sets the scene back to render
        a picture, and cloth that was set back stands still from then on.
        """
        ahead = _frames_ahead(scene)
        if self._is_read or self._is_whole or frame + ahead < self.first:
            return
        if self._stepped is None:
            self._prepare()
        elif frame < self._stepped:
            # What was read from a cache does not go on exactly as what was simulated.
            for one in self._alive():
                one.reset()
            self._stepped = None
        begin = self.first if self._stepped is None else self._stepped + 1
        end = max(frame, self._last) + ahead if ahead else frame
        self._step(scene, begin, end)
        self._stepped, self._is_whole = end, ahead > 0
        if ahead:
            for one in self._alive():
                one.keep()

    def bake(self, scene, folder, last):
        """Goes through all frames up to the last, while the caches are written to the folder."""
        end = last + _frames_ahead(scene)
        self._prepare()
        for at, one in enumerate(self._found):
            one.write_to(_folder_of(folder, at), end)
        self._step(scene, self.first, end)
        for one in self._found:
            one.written()

    def read_from(self, scene, folder):
        """Takes what `bake` wrote, in any order."""
        for at, one in enumerate(self._found):
            one.read_from(_folder_of(folder, at))
        # A zone looks for its bake when it comes by its first frame.
        _set_frame(scene, self.first)
        self._is_read = True

    def _step(self, scene, begin, end):
        """Sets the scene to each frame, and to the last of them alone where nothing moves any more."""
        until = end if self._still is None else min(end, self._still)
        told = time.monotonic()
        for frame in range(begin, until + 1):
            _set_frame(scene, frame)
            if time.monotonic() - told >= _TELL_EVERY_SECONDS and frame < until:
                print(f"Simulating frame {frame} on the way to frame {until}.", file=sys.stderr, flush=True)
                told = time.monotonic()
        if max(until, begin - 1) < end:
            _set_frame(scene, end)

    def _prepare(self):
        for one in self._alive():
            one.show()
            one.simulate_anew()

    def _alive(self):
        """A handler may have removed what was found."""
        for one in self._found:
            try:
                one.owner.name_full
            except ReferenceError:
                continue
            yield one


def find(scene, frames):
    """The `Simulation` of the frames that are rendered, first and last, or of the scene's own; None: there is none."""
    last = max(frames) if frames else max(scene.frame_start, scene.frame_end)
    found = unbaked(scene, last)
    return Simulation(found, last) if found else None


@contextlib.contextmanager
def caches_aside():
    """While a file is opened: caches on disk that are not baked go to a temporary folder.

    Otherwise opening alone would write the first frame beside the .blend, wherever that lies. Blender calls `load_post`
    before it evaluates what it has loaded (4.3, 5.2).
    """

    @bpy.app.handlers.persistent
    def aside(*_):
        for one in _on_disk():
            one.simulate_anew()

    bpy.app.handlers.load_post.append(aside)
    try:
        yield
    finally:
        if aside in bpy.app.handlers.load_post:
            bpy.app.handlers.load_post.remove(aside)


def disk_caches():
    """Absolute folders that caches write to which could not be put aside."""
    for one in _on_disk():
        if one.cache.use_external:
            folder = os.path.abspath(absolute(one.cache.filepath))
            # Ours go with Blender.
            if os.path.dirname(folder) != tempfile.gettempdir():
                yield folder
        elif bpy.data.filepath:
            folder, name = os.path.split(bpy.data.filepath)
            yield os.path.join(folder, f"blendcache_{os.path.splitext(name)[0]}")


def _on_disk():
    """Caches that write while frames go by. Of what is linked Blender writes none."""
    for scene in bpy.data.scenes:
        world = scene.rigidbody_world
        if scene.library is None and world is not None and _writes(world.point_cache):
            yield _Cached("rigid-body", scene.name, scene, None, world.point_cache)
    for item in bpy.data.objects:
        for modifier in item.modifiers if item.library is None else ():
            for cache in _caches_of(modifier):
                if _writes(cache):
                    yield _Cached("cache", modifier.name, item, modifier, cache)


def _writes(cache):
    return cache is not None and cache.use_disk_cache and not cache.is_baked


def _caches_of(modifier):
    if modifier.type == "DYNAMIC_PAINT":
        canvas = modifier.canvas_settings
        return [surface.point_cache for surface in canvas.canvas_surfaces] if canvas is not None else []
    if modifier.type == "PARTICLE_SYSTEM":
        return [modifier.particle_system.point_cache]
    return [modifier.point_cache] if hasattr(modifier, "point_cache") else []


@contextlib.contextmanager
def handlers_rest():
    """While a frame is rendered that `run_up` has set: handlers have seen it, and once is what they expect."""
    lists = [bpy.app.handlers.frame_change_pre, bpy.app.handlers.frame_change_post]
    kept = [list(handlers) for handlers in lists]
    for handlers in lists:
        handlers.clear()
    try:
        yield
    finally:
        for handlers, before in zip(lists, kept):
            handlers[:] = before


def _set_frame(scene, frame):
    scene.frame_set(frame)
    for other in other_scenes(scene):
        other.frame_set(frame)


def _frames_ahead(scene):
    """How far pictures look into what comes after them: motion blur, and motion vectors one frame."""
    if scene.render.use_motion_blur:
        return max(1, math.ceil(scene.render.motion_blur_shutter))
    return int(any(layer.use and layer.use_pass_vector for layer in scene.view_layers))


# What there is


class _Source:
    """One simulation: its kind, its words, the frame that it starts from, and whose it is."""

    # The frame from which on it stands still; None: it goes on.
    end = None

    def __init__(self, kind, name, first, owner, modifier=None):
        self.kind, self.name, self.first, self.owner, self.modifier = kind, name, first, owner, modifier

    @property
    def bakeable(self):
        return self.kind in _BAKEABLE and self.owner.library is None and self.owner.override_library is None

    def show(self):
        """What steps through frames is the viewport's view of the scene: what it hides would stand still."""
        if self.modifier is None:
            return
        self.modifier.show_viewport = True
        self.owner.hide_viewport = False
        for collection in self.owner.users_collection:
            collection.hide_viewport = False
        for scene in self.owner.users_scene:
            for layer in scene.view_layers:
                if self.owner.name in layer.objects:
                    self.owner.hide_set(False, view_layer=layer)

    def reset(self):
        """What was simulated counts no more."""

    def keep(self):
        """What was simulated is shown from now on, and no more is."""

    def simulate_anew(self):
        """A bake that covers too little, and a cache beside the .blend, are left alone and not used."""

    def write_to(self, folder, end):
        """From now on what is simulated is kept there, up to a frame."""

    def written(self):
        pass

    def read_from(self, folder):
        pass


class _Cached(_Source):
    """With a point cache."""

    def __init__(self, kind, name, owner, modifier, cache):
        super().__init__(kind, name, cache.frame_start, owner, modifier)
        self.cache = cache
        # The others find their range anew when they simulate.
        self.end = cache.frame_end if kind in ("rigid-body", "cloth", "soft-body") else None

    @property
    def bakeable(self):
        return super().bakeable and self._can_move

    @property
    def _can_move(self):
        """Not the disk cache of rigid bodies, without a name: Blender crashes; it is left as Blender has it."""
        return self.kind != "rigid-body" or not self.cache.use_disk_cache or bool(self.cache.name)

    def reset(self):
        # Setting it is what tells Blender that the cache is out of date.
        self.cache.frame_start = self.cache.frame_start

    def keep(self):
        # Without it particles were others where frames between two were shown (4.3).
        with bpy.context.temp_override(point_cache=self.cache):
            bpy.ops.ptcache.bake_from_cache()

    def simulate_anew(self):
        cache = self.cache
        if (cache.use_external or cache.use_disk_cache) and self._can_move:
            start, end = cache.frame_start, cache.frame_end
            self._move_to(tempfile.mkdtemp(prefix="simulation-"))
            cache.frame_start, cache.frame_end = start, end
        if cache.is_baked:
            with bpy.context.temp_override(point_cache=cache):
                bpy.ops.ptcache.free_bake()
        self.reset()

    def write_to(self, folder, _end):
        start, end = self.cache.frame_start, self.cache.frame_end
        self._move_to(folder)
        self.cache.frame_start, self.cache.frame_end = start, end
        if not self.cache.use_disk_cache:
            self.cache.use_disk_cache = True
        self.reset()

    def read_from(self, folder):
        self._move_to(folder)

    def _move_to(self, folder):
        """On disk the place comes first: a new name would rename files of the artist's that lie at the old one.

        In memory the name does: of rigid bodies Blender (4.3, 5.2) looks for files without one, and crashes.
        """
        os.makedirs(folder, exist_ok=True)
        cache = self.cache
        steps = [("filepath", os.path.join(folder, "")), ("use_external", True), ("name", "simulation"), ("index", 0)]
        if not (cache.use_disk_cache or cache.use_external):
            steps = steps[2:] + steps[:2]
        for name, value in steps:
            setattr(cache, name, value)


class _Zone(_Source):
    """A simulation zone of geometry nodes."""

    def __init__(self, name, first, owner, modifier, bake):
        super().__init__("zone", name, first, owner, modifier)
        self.bake = bake

    @property
    def bakeable(self):
        return self.bake is not None and super().bakeable

    def simulate_anew(self):
        if self.bake is not None:
            self._move_to(tempfile.mkdtemp(prefix="simulation-"))

    def write_to(self, folder, end):
        os.makedirs(folder, exist_ok=True)
        self._move_to(folder)
        self.bake.use_custom_simulation_frame_range = True
        self.bake.frame_start, self.bake.frame_end = self.first, end

    def written(self):
        bpy.ops.object.geometry_node_bake_single(
            session_uid=self.owner.session_uid, modifier_name=self.modifier.name, bake_id=self.bake.bake_id
        )

    def read_from(self, folder):
        self._move_to(folder)

    def _move_to(self, folder):
        self.bake.use_custom_path, self.bake.directory = True, folder
        if hasattr(self.bake, "bake_target"):
            self.bake.bake_target = "DISK"


def unbaked(scene, last):
    """What simulates up to a frame and is not baked that far, always in the same order."""
    found, zones = [], {}
    scenes = [scene, *other_scenes(scene)]
    for each in scenes:
        found += _rigid_bodies(each, last)
    shown = None
    for item in bpy.data.objects:
        own = [one for modifier in item.modifiers for one in _of_modifier(scene, item, modifier, last, zones)]
        if not own:
            continue
        shown = shown or _Shown(scenes)
        if shown.has(item):
            found += own
    return found


def _rigid_bodies(scene, last):
    world = scene.rigidbody_world
    if world is None or not world.enabled or world.collection is None:
        return
    bodies = (item.rigid_body for item in world.collection.all_objects)
    moving = any(body and body.type == "ACTIVE" and body.enabled for body in bodies)
    if moving and not _is_covered(world.point_cache, last):
        yield _Cached("rigid-body", f'The rigid bodies of the scene "{scene.name}"', scene, None, world.point_cache)


def _of_modifier(scene, item, modifier, last, zones):
    if not modifier.show_render and not is_animated(item, "show_render"):
        return
    name = f'"{modifier.name}" of the object "{item.name}"'
    if modifier.type == "NODES":
        yield from _zones(scene, item, modifier, name, last, zones)
    elif modifier.type in ("CLOTH", "SOFT_BODY"):
        kind = "cloth" if modifier.type == "CLOTH" else "soft-body"
        yield from _cached(kind, name, item, modifier, modifier.point_cache, last)
    elif modifier.type == "PARTICLE_SYSTEM":
        if _moves(modifier.particle_system):
            yield from _cached("particles", name, item, modifier, modifier.particle_system.point_cache, last)
    elif modifier.type == "DYNAMIC_PAINT" and modifier.canvas_settings is not None:
        for surface in modifier.canvas_settings.canvas_surfaces:
            # Those that are pictures exist only once they are baked.
            if surface.is_active and surface.surface_format == "VERTEX":
                yield from _cached("paint", name, item, modifier, surface.point_cache, last)
    elif modifier.type == "FLUID" and modifier.fluid_type == "DOMAIN":
        yield from _fluids(item, modifier, modifier.domain_settings, name, last)


def _cached(kind, name, item, modifier, cache, last):
    if not _is_covered(cache, last):
        yield _Cached(kind, name, item, modifier, cache)


def _moves(system):
    """Hair without dynamics is the same in each frame."""
    if system.settings.type == "HAIR":
        return system.use_hair_dynamics
    return system.settings.count > 0


def _is_covered(cache, last):
    """Whether nothing has to be simulated up to a frame, because it was, or because nothing happens before."""
    needed = min(last, cache.frame_end)
    # From there on it stands still.
    if needed <= cache.frame_start:
        return True
    if cache.use_external:
        # Its frames are those of the files that are there.
        return cache.is_baked and last <= cache.frame_end
    if not cache.is_baked:
        return False
    # “12 frames in memory (…)”, in whatever language; without a number nothing speaks against it.
    counted = re.search(r"\d+", cache.info)
    step = max(1, cache.frame_step)
    return counted is None or int(counted[0]) >= (needed - cache.frame_start) // step + 1


def _fluids(item, modifier, domain, name, last):
    """Only a domain that replays simulates while frames go by; the other kinds show what was baked or nothing."""
    if domain is None or domain.cache_type != "REPLAY":
        return
    first, end = domain.cache_frame_start, min(last, domain.cache_frame_end)
    folder = os.path.join(absolute(domain.cache_directory, library=item.library), "data")
    try:
        there = {int(n) for name_ in os.listdir(folder) for n in re.findall(r"(?<!\d)(\d{4,})\.\w+$", name_)}
    except OSError:
        there = set()
    if end > first and not there.issuperset(range(first, end + 1)):
        yield _Source("fluid", name, first, item, modifier)


def _zones(scene, item, modifier, name, last, zones):
    if not _has_zone(modifier.node_group, zones):
        return
    bakes = [bake for bake in getattr(modifier, "bakes", ()) if bake.node and _is_zone(bake.node)]
    if not bakes:
        first = _zone_start(scene, None)
        if last > first:
            yield _Zone(name, first, item, modifier, None)
    for bake in bakes:
        first = _zone_start(scene, bake)
        if last > first and not _zone_is_covered(item, modifier, bake, first, last):
            yield _Zone(name, first, item, modifier, bake)


def _zone_start(scene, bake):
    if bake is not None and bake.use_custom_simulation_frame_range:
        return bake.frame_start
    if getattr(scene, "use_custom_simulation_range", False):
        return scene.simulation_frame_start
    return scene.frame_start


def _has_zone(tree, known):
    """`known` holds what was found of trees before: many modifiers share one."""
    if tree is None:
        return False
    if tree not in known:
        known[tree] = False
        known[tree] = any(
            not node.mute and (_is_zone(node) or _has_zone(getattr(node, "node_tree", None), known)) for node in tree.nodes
        )
    return known[tree]


def _is_zone(node):
    """The end of a zone that remembers. What is led nowhere is not asked for."""
    name = node.bl_idname
    return "Simulation" in name and name.endswith("Output") and any(end.is_linked for end in node.outputs)


def _zone_is_covered(item, modifier, bake, first, last):
    target = getattr(bake, "bake_target", "DISK")
    target = modifier.bake_target if target == "INHERIT" else target
    if target == "PACKED":
        return _packed_frames(bake) >= last - first + 1
    chosen = bake.directory if bake.use_custom_path else modifier.bake_directory
    if not chosen:
        return False
    folder = absolute(chosen, library=item.library)
    folder = folder if bake.use_custom_path else os.path.join(folder, str(bake.bake_id))
    try:
        names = os.listdir(os.path.join(folder, "meta"))
    except OSError:
        return False
    there = {int(found[1]) for found in (re.match(r"(-?\d+)_\d+\.json$", name) for name in names) if found}
    return bool(there) and min(there) <= first and max(there) >= last


def _packed_frames(bake):
    """How many frames a bake has that is packed into the .blend. Blender's Python does not tell.

    So its memory is asked (`NodesModifierBake`, 4.3 to 5.x), once what Python does tell was found at its place.
    0: none, or a Blender that keeps it elsewhere; then it is rendered in order, which is right and only slower.
    """
    import ctypes

    if ctypes.sizeof(ctypes.c_void_p) != 8 or bpy.app.version < (4, 3, 0):
        return 0

    class Bake(ctypes.Structure):
        _fields_ = [
            ("id", ctypes.c_int32), ("flag", ctypes.c_uint32),
            ("mode", ctypes.c_uint8), ("target", ctypes.c_int8), ("pad", ctypes.c_char * 6),
            ("directory", ctypes.c_void_p), ("start", ctypes.c_int32), ("end", ctypes.c_int32),
            ("blocks", ctypes.c_int32), ("active", ctypes.c_int32), ("block_list", ctypes.c_void_p),
            ("packed", ctypes.c_void_p),
        ]

    at = Bake.from_address(bake.as_pointer())
    told = bake.bake_id, bake.frame_start, bake.frame_end, len(bake.data_blocks), bool(bake.directory)
    if told != (at.id, at.start, at.end, at.blocks, bool(at.directory)) or not at.packed:
        return 0
    return max(0, ctypes.c_int32.from_address(at.packed).value)


# What of it is rendered


class _Shown:
    """The objects that the scenes render, and those that they are made from."""

    def __init__(self, scenes):
        self._scenes = scenes
        self._objects = set()
        self._hidden = set()
        self._users = None
        self._used = None
        for scene in scenes:
            for layer in scene.view_layers:
                if layer.use:
                    self._take_layer(layer.layer_collection)
            self._hidden.update(set(scene.objects) - self._objects)

    def has(self, item):
        if item in self._objects:
            return True
        if item in self._hidden:
            return self._is_made_use_of(item)
        self._used = self._used or [Used(scene) for scene in self._scenes]
        return any(used.has(item) for used in self._used)

    def _is_made_use_of(self, item):
        """A hidden object may still give its shape to another one."""
        self._users = self._users or bpy.data.user_map()
        kinds = (bpy.types.Object, bpy.types.NodeTree, bpy.types.ParticleSettings)
        return any(isinstance(user, kinds) and user != item for user in self._users.get(item, ()))

    def _take_layer(self, layer):
        if layer.exclude or (layer.collection.hide_render and not is_animated(layer.collection, "hide_render")):
            return
        self._take(layer.collection.objects)
        for child in layer.children:
            self._take_layer(child)

    def _take(self, objects):
        for item in objects:
            if item in self._objects or (item.hide_render and not is_animated(item, "hide_render")):
                continue
            self._objects.add(item)
            if item.instance_type == "COLLECTION" and item.instance_collection is not None:
                self._take_collection(item.instance_collection)

    def _take_collection(self, collection):
        if collection.hide_render:
            return
        self._take(collection.objects)
        for child in collection.children:
            self._take_collection(child)


def is_animated(item, name):
    return any(name in curve.data_path for curve in curves(item))


def curves(item):
    """F-curves and drivers of a data-block."""
    data = getattr(item, "animation_data", None)
    if data is None:
        return
    yield from data.drivers
    action = data.action
    if action is None:
        return
    if hasattr(action, "fcurves"):
        yield from action.fcurves
        return
    # From 5.0 on.
    for layer in action.layers:
        for strip in layer.strips:
            for bag in strip.channelbags:
                yield from bag.fcurves


def other_scenes(scene):
    """Scenes whose pictures the compositor or the sequencer of this one takes."""
    found = {}
    tree = overrides.compositor(scene) if scene.render.use_compositing else None
    for node in tree.nodes if tree is not None else ():
        if node.bl_idname == "CompositorNodeRLayers" and node.scene is not None and not node.mute:
            found[node.scene] = True
    editor = scene.sequence_editor if scene.render.use_sequencer else None
    if editor is not None:
        for strip in overrides.strips(editor, nested=True):
            if strip.type == "SCENE" and not strip.mute and strip.scene is not None:
                found[strip.scene] = True
    found.pop(scene, None)
    return list(found)


def _folder_of(folder, at):
    return os.path.join(folder, str(at))
