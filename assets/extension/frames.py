# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames as a shot file says them: `1-48, 60, 70-100x2`."""

import re

# Blender's own limit for a frame number, and the most that Nightshift takes for one shot.
_MAX_FRAME = 1_048_574
_MAX_FRAMES = 100_000
# A minus sign, or the dash that a word processor makes of it.
_PART = re.compile(r"(-?\d+)(?:\s*[-\u2013]\s*(-?\d+)(?:\s*[x×]\s*(\d+))?)?", re.IGNORECASE)


class BadFrames(ValueError):
    """What was typed names no frames. The text is a sentence for the artist."""


def parsed(text):
    """The frames of an expression, ascending and each once. Raises `BadFrames`."""
    frames = set()
    for part in text.split(","):
        frames.update(_range(part.strip()))
        if len(frames) > _MAX_FRAMES:
            raise BadFrames(f"These are more than {_MAX_FRAMES:,} frames, the most for one shot.")
    return sorted(frames)


def _range(part):
    found = _PART.fullmatch(part)
    if found is None:
        what = f'"{part[:60]}" names no frames' if part else "A comma has nothing beside it"
        raise BadFrames(f"{what}: write 12, 1-48, or 1-48, 60, 70-100x2.")
    first = int(found[1])
    last = first if found[2] is None else int(found[2])
    step = 1 if found[3] is None else int(found[3])
    if max(abs(first), abs(last)) > _MAX_FRAME:
        raise BadFrames(f'"{part}" is out of Blender\'s reach, which ends at frame {_MAX_FRAME}.')
    if last < first:
        raise BadFrames(f'"{part}" runs backwards: write the lower frame first.')
    if step < 1:
        raise BadFrames(f'"{part}" has a step of 0: the step is a number from 1.')
    if (last - first) // step >= _MAX_FRAMES:
        raise BadFrames(f"These are more than {_MAX_FRAMES:,} frames, the most for one shot.")
    return range(first, last + 1, step)


def written(frames):
    """Ascending frames as the short expression that `parsed` reads back."""
    parts, at = [], 0
    while at < len(frames):
        end = at + 1
        step = frames[end] - frames[at] if end < len(frames) else 0
        while end < len(frames) and frames[end] - frames[end - 1] == step:
            end += 1
        if end - at < 3:
            parts.append(str(frames[at]))
            at += 1
        else:
            parts.append(f"{frames[at]}-{frames[end - 1]}" + ("" if step == 1 else f"x{step}"))
            at = end
    return ", ".join(parts)
