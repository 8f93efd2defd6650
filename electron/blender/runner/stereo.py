"""How large the finished picture will be, which stereo and cropping decide as well."""

from .refusal import Refusal


def check(scene):
    """Several views in files of their own are names that nobody asked for."""
    render = scene.render
    if render.use_multiview and render.image_settings.views_format == "INDIVIDUAL":
        raise Refusal(
            "format-not-supported",
            f'The scene "{scene.name}" writes each stereo view to a file of its own, which Nightshift can\'t do.',
            "Choose Stereo 3D or Multi-View in Blender's output settings, or switch stereoscopy off.",
        )


def picture_size(scene):
    """Width and height in pixels, rounded as Blender does (BKE_render_resolution, RE_SetBorder)."""
    render = scene.render
    width = render.resolution_x * render.resolution_percentage // 100
    height = render.resolution_y * render.resolution_percentage // 100
    if render.use_border and render.use_crop_to_border:
        width = int(render.border_max_x * width) - int(render.border_min_x * width)
        height = int(render.border_max_y * height) - int(render.border_min_y * height)
    settings = render.image_settings
    if render.use_multiview and settings.views_format == "STEREO_3D":
        stereo = settings.stereo_3d_format
        if stereo.display_mode == "SIDEBYSIDE" and not stereo.use_squeezed_frame:
            width *= 2
        if stereo.display_mode == "TOPBOTTOM" and not stereo.use_squeezed_frame:
            height *= 2
    return max(1, width), max(1, height)
