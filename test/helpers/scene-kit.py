# What differs between Blenders, behind names that are the same for all: put before the Python of each test scene.
import bpy, os


def set_format(settings, name, depth=None, quality=None):
    """Image settings of a scene or of a File Output node. 5.x wants to know first whether it is a movie."""
    if hasattr(settings, 'media_type'):
        kinds = {'FFMPEG': 'VIDEO', 'OPEN_EXR_MULTILAYER': 'MULTI_LAYER_IMAGE'}
        settings.media_type = kinds.get(name, 'IMAGE')
    settings.file_format = name
    if depth is not None:
        settings.color_depth = str(depth)
    if quality is not None:
        settings.quality = quality


def compositor(scene):
    """The scene's compositor tree, made if there is none: Render Layers go into the picture as they are."""
    if hasattr(scene, 'compositing_node_group'):
        tree = scene.compositing_node_group
        if tree is None:
            tree = bpy.data.node_groups.new('Compositing', 'CompositorNodeTree')
            tree.interface.new_socket('Image', in_out='OUTPUT', socket_type='NodeSocketColor')
            scene.compositing_node_group = tree
            out = tree.nodes.new('NodeGroupOutput')
            tree.links.new(tree.nodes.new('CompositorNodeRLayers').outputs['Image'], out.inputs[0])
        # A GPU is no business of a test.
        if hasattr(scene.render, 'compositor_device'):
            scene.render.compositor_device = 'CPU'
    else:
        scene.use_nodes = True
        tree = scene.node_tree
    scene.render.use_compositing = True
    return tree


def render_layers(tree):
    return next(node for node in tree.nodes if node.bl_idname == 'CompositorNodeRLayers')


def picture_end(tree):
    """The socket that the finished picture goes into."""
    kinds = ('CompositorNodeComposite', 'NodeGroupOutput')
    return next(node for node in tree.nodes if node.bl_idname in kinds).inputs[0]


def nested(tree, name='Nested'):
    """A group within the tree that is given the render; `file_output` works in it. The same name twice is one group used twice."""
    inner = bpy.data.node_groups.get(name)
    if inner is None:
        inner = bpy.data.node_groups.new(name, 'CompositorNodeTree')
        inner.interface.new_socket('Image', in_out='INPUT', socket_type='NodeSocketColor')
        inner.nodes.new('NodeGroupInput')
    group = tree.nodes.new('CompositorNodeGroup')
    group.node_tree = inner
    tree.links.new(_picture(tree), group.inputs[0])
    return inner


def file_output(tree, directory, items=('Image',), format='PNG', file_name='', source=None, depth=None):
    """A File Output node with a file for each item. `source`: the socket that all show; else the render."""
    node = tree.nodes.new('CompositorNodeOutputFile')
    set_format(node.format, format, depth)
    if hasattr(node, 'file_output_items'):
        node.directory, node.file_name = directory, file_name
        node.file_output_items.clear()
        for item in items:
            node.file_output_items.new('RGBA', item)
    else:
        node.base_path = directory
        node.file_slots.clear()
        for item in items:
            node.file_slots.new(file_name + item)
    _feed(tree, node, source)
    return node


def multilayer_output(tree, directory, file_name, layers=('Image', 'Mask'), source=None):
    """A File Output node that puts all its layers into one EXR."""
    node = tree.nodes.new('CompositorNodeOutputFile')
    set_format(node.format, 'OPEN_EXR_MULTILAYER')
    if hasattr(node, 'file_output_items'):
        node.directory, node.file_name = directory, file_name
        node.file_output_items.clear()
        for layer in layers:
            node.file_output_items.new('RGBA', layer)
    else:
        node.base_path = os.path.join(directory, file_name)
        node.layer_slots.clear()
        for layer in layers:
            node.layer_slots.new(layer)
    _feed(tree, node, source)
    return node


def _feed(tree, node, source):
    for socket in node.inputs:
        if socket.enabled and socket.type != 'CUSTOM':
            tree.links.new(source or _picture(tree), socket)


def _picture(tree):
    """Render Layers, or within a group what it is given. A File Output node writes pictures alone, not single colors."""
    kinds = ('CompositorNodeRLayers', 'NodeGroupInput')
    return next(node for node in tree.nodes if node.bl_idname in kinds).outputs[0]


def invert_on_gpu(scene):
    """A compositor that inverts the picture, on the GPU in a Blender whose compositor has that choice."""
    tree = compositor(scene)
    invert = tree.nodes.new('CompositorNodeInvert')
    color = next(socket for socket in invert.inputs if socket.type == 'RGBA')
    tree.links.new(render_layers(tree).outputs['Image'], color)
    tree.links.new(invert.outputs[0], picture_end(tree))
    if hasattr(scene.render, 'compositor_device'):
        scene.render.compositor_device = 'GPU'


def link_packed(path, name):
    """An object of another file, linked and, where Blender can do that (5.x), packed as it is."""
    options = {'pack': True} if packs_what_it_links() else {}
    with bpy.data.libraries.load(path, link=True, **options) as (_, here):
        here.objects = [name]
    return here.objects[0]


def templates():
    """What this Blender fills in where it stands in braces in a path: `{blend_name}` from 4.5 on, more of them later."""
    return [name for name in ('blend_name', 'scene_name', 'camera_name') if _is_filled_in('{' + name + '}')]


def _is_filled_in(part):
    render = bpy.context.scene.render
    kept, render.filepath = render.filepath, '/' + part
    try:
        return part not in render.frame_path(frame=1)
    except RuntimeError:
        return False
    finally:
        render.filepath = kept


def packs_what_it_links():
    return bpy.app.version >= (5, 0, 0)


def strips(scene):
    """What is cut in the scene's sequencer, by the name that 4.4 gave it or by the one before."""
    editor = scene.sequence_editor or scene.sequence_editor_create()
    return editor.strips if hasattr(editor, 'strips') else editor.sequences
