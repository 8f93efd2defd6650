"""Files that stand one for each frame: which one a frame shows, and which of them are not there."""

import os
import re
import sys
import unicodedata


class Folders:
    """What lies in folders. Each is read once: a sequence may have thousands of files."""

    def __init__(self):
        self._known = {}

    def hold(self, path):
        folder, name = os.path.split(path)
        if folder not in self._known:
            self._known[folder] = _names_in(folder)
        names = self._known[folder]
        return os.path.isfile(path) if names is None else _key(name) in names


def missing(frames, file_of, folders):
    """The frames whose file is not there, and these files, each once. `file_of` is None where a frame shows none."""
    late, files = [], {}
    for frame in frames:
        file = file_of(frame)
        if file is not None and not folders.hold(file):
            late.append(frame)
            files[file] = True
    return late, list(files)


def image_number(user, frame):
    """The number of the picture that a frame shows (BKE_image_user_frame_get); None: no picture at all."""
    length = user.frame_duration
    if length <= 0:
        return None
    at = frame - user.frame_start + 1
    at = (at - 1) % length + 1 if user.use_cyclic else max(0, min(length, at))
    return at + user.frame_offset


def volume_number(volume, frame):
    """As `image_number`, for a sequence of volumes (volume_sequence_frame)."""
    length = volume.frame_duration
    at = frame - volume.frame_start + 1
    mode = volume.sequence_mode
    if length <= 0 or (mode == "CLIP" and not 1 <= at <= length):
        return None
    if mode == "EXTEND":
        at = max(1, min(length, at))
    elif mode == "REPEAT":
        at = (at - 1) % length + 1
    elif mode == "PING_PONG":
        turn = max(1, 2 * length - 2)
        at = (at - 1) % turn + 1
        at = 2 * length - at if at > length else at
    return at + volume.frame_offset


def numbered(path, number):
    """The path with another number in its name: the last digits before the ending (BLI_path_sequence_decode)."""
    before, digits, after = _parts(path)
    return f"{before}{max(0, number):0{len(digits)}d}{after}" if digits else path


def numbered_end(path, number):
    """As `numbered`, where only digits right before the ending count (BLI_path_frame_get)."""
    _, _, after = _parts(path)
    return numbered(path, number) if after == os.path.splitext(path)[1] else path


def number_of(path):
    _, digits, _ = _parts(path)
    return int(digits) if digits else None


def pattern(path):
    """The path with `#` for its number."""
    before, digits, after = _parts(path)
    return f"{before}{'#' * len(digits)}{after}"


def told(files, of, frames, then):
    """One sentence about the missing files of a series."""
    first = os.path.basename(files[0])
    late = f"frame {frames[0]}" if len(frames) == 1 else f"the frames {spans(frames)}"
    if len(files) == 1:
        return f'"{first}" of {of} is missing for {late}: {then}.'
    return f'{len(files)} files of {of} are missing, such as "{first}", for {late}: {then}.'


def spans(numbers, most=6):
    """Ascending numbers as people write them: 1-48, 60, 70-100x2."""
    parts, at = [], 0
    while at < len(numbers):
        end = at + 1
        step = numbers[end] - numbers[at] if end < len(numbers) else 0
        while end < len(numbers) and numbers[end] - numbers[end - 1] == step:
            end += 1
        if end - at < 3:
            parts.append((str(numbers[at]), 1))
            at += 1
            continue
        stride = "" if step == 1 else f"x{step}"
        parts.append((f"{numbers[at]}-{numbers[end - 1]}{stride}", end - at))
        at = end
    more = sum(count for _, count in parts[most:])
    text = ", ".join(part for part, _ in parts[:most])
    return f"{text} and {more} more" if more else text


def _parts(path):
    folder, name = os.path.split(path)
    stem, ending = os.path.splitext(name)
    found = re.search(r"(\d+)(\D*)$", stem)
    if found is None:
        return path, "", ""
    return os.path.join(folder, stem[: found.start()]), found[1], found[2] + ending


def _names_in(folder):
    """None where it can't be listed, though its files might be read."""
    try:
        with os.scandir(folder) as entries:
            return {_key(entry.name) for entry in entries if entry.is_file()}
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError:
        return None


def _key(name):
    """The other systems tell neither case nor the spelling of accents apart."""
    return name if sys.platform == "linux" else unicodedata.normalize("NFC", name).casefold()
