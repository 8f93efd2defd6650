# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits single keys of a YAML file line by line, so that everything else in it stays as its author wrote it.

Blender's Python has no YAML library. What is understood here is what shot files look like: keys below each other, at most
one level within another. Where a file is written in another way, `CannotEdit` says so and nothing is changed.
"""

import json
import re

_KEY = re.compile(r"""(?P<indent> *)(?P<quote>["']?)(?P<key>[\w.<-]+)(?P=quote)[ ]*:(?=[ \t\r]|$)(?P<value>.*)""")
# A plain text that no reader of YAML takes for a number, a date, a truth value or a sign.
_PLAIN = re.compile(r"[A-Za-z_](?:[\w ./()+@-]*[\w./()+@-])?", re.ASCII)
# Several frames or ranges, which no reader takes for a number; what looks like a date is in quotes.
_FRAMES = re.compile(r"(?!\d{4}-\d\d?-\d)(?!-?\d+$)-?\d[\dx, -]*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


class CannotEdit(Exception):
    """`line` (from 1) is written in a way that can't be edited safely; the text says which."""

    def __init__(self, at, why):
        super().__init__(f"line {at + 1}: {why}")
        self.line = at + 1


def scalar(value):
    """A value as YAML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if _FRAMES.fullmatch(value) or _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    # YAML's double quotes understand everything that JSON writes.
    return json.dumps(value, ensure_ascii=False)


def plain(text):
    """The value of a scalar that is written on one line, as text."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return json.loads(text)
        except ValueError:
            return text[1:-1]
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text


class YamlLines:
    """The text of one file. Keys are paths: `("camera",)`, `("render", "samples")`. Raises `CannotEdit`."""

    def __init__(self, text):
        self._bom = "\ufeff" if text.startswith("\ufeff") else ""
        self._lines = text.removeprefix("\ufeff").split("\n")
        self._end = "\r" if self._lines[0].endswith("\r") else ""
        self._root()

    def text(self):
        return self._bom + "\n".join(self._lines)

    def keys(self):
        """The keys at the top, or those under `shot:` where the whole shot stands there."""
        return [entry.key for entry in self._root().entries]

    def get(self, path):
        """What is written for a key, without its comment; None: nothing. A value of several lines is told by its first."""
        entry = self._find(path)
        return None if entry is None else entry.value

    def set(self, path, text):
        """Writes a value (see `scalar`). What says the same already stays as it is."""
        entry = self._find(path)
        if entry is None:
            self._add(path, text)
            return
        if entry.is_one_line and plain(entry.value) == plain(text):
            return
        self._check_alone(entry)
        line = self._lines[entry.begin]
        comment = entry.comment if entry.is_one_line else ""
        self._lines[entry.begin : entry.end] = [f"{line[: entry.colon]} {text}{comment}{self._end}"]

    def remove(self, path):
        """Takes a key out, and what it stood in where nothing else is there."""
        entry = self._find(path)
        if entry is None:
            return
        self._check_alone(entry)
        del self._lines[entry.begin : entry.end]
        if len(path) == 1:
            return
        parent = self._find(path[:1])
        if parent.end == parent.begin + 1 and not parent.comment:
            del self._lines[parent.begin]

    def _add(self, path, text):
        mapping, path = (self._root(), path) if len(path) == 1 else self._home(path)
        lines = [f"{' ' * mapping.indent}{path[0]}:"]
        if len(path) == 2:
            lines.append(f"{' ' * (mapping.indent + 2)}{path[1]}:")
        lines[-1] += f" {text}"
        if mapping.end == len(self._lines) and self._lines[-1] != "":
            # The file's last line has no end of its own.
            self._lines[-1] = self._lines[-1].removesuffix(self._end) + self._end
            lines[:-1] = [line + self._end for line in lines[:-1]]
        else:
            lines = [line + self._end for line in lines]
        self._lines[mapping.end : mapping.end] = lines

    def _home(self, path):
        """Where a key of two goes, and what of it is still to be written there."""
        parent = self._find(path[:1])
        if parent is None:
            return self._root(), path
        inner = self._inside(parent)
        return inner, path[1:]

    def _find(self, path):
        mapping, entry = self._root(), None
        for at, key in enumerate(path):
            entry = next((one for one in mapping.entries if one.key == key), None)
            if entry is None or at == len(path) - 1:
                break
            mapping = self._inside(entry)
        return entry

    def _inside(self, entry):
        """The keys below a key."""
        if entry.value:
            raise CannotEdit(entry.begin, f"the keys of `{entry.key}` do not stand below each other")
        begin = entry.begin + 1
        first = self._first(begin, entry.end)
        if first is None:
            return _Mapping(entry.indent + 2, [], begin)
        return self._mapping(begin, entry.end, _indent_of(self._lines[first]))

    def _root(self):
        begin = self._first(0, len(self._lines))
        if begin is None:
            return _Mapping(0, [], self._after_text(0, len(self._lines)))
        if re.fullmatch(r"---[ \t]*(#.*)?\r?", self._lines[begin]):
            begin = self._first(begin + 1, len(self._lines))
            if begin is None:
                return _Mapping(0, [], self._after_text(0, len(self._lines)))
        for at in range(begin, len(self._lines)):
            if re.match(r"(---|\.\.\.)(\s|$)|%", self._lines[at]):
                raise CannotEdit(at, "a second document begins here, or YAML's own settings")
        root = self._mapping(begin, len(self._lines), _indent_of(self._lines[begin]))
        shot = next((one for one in root.entries if one.key == "shot"), None)
        return root if shot is None else self._inside(shot)

    def _mapping(self, begin, end, indent):
        entries = []
        for at in range(begin, end):
            line = self._lines[at]
            if _is_blank(line):
                continue
            if line[: len(line) - len(line.lstrip())].count("\t"):
                raise CannotEdit(at, "a tab stands where spaces belong")
            here = _indent_of(line)
            found = _KEY.match(line) if here == indent else None
            if found is not None:
                entries.append(_Entry(at, found))
            elif entries and (here > indent or (here == indent and line[here] == "-" and not entries[-1].value)):
                entries[-1].end = at + 1
            else:
                raise CannotEdit(at, "this is no key with a value")
        names = [entry.key for entry in entries]
        for entry in entries:
            self._check_closed(entry)
            if names.count(entry.key) > 1:
                raise CannotEdit(entry.begin, f"`{entry.key}` stands there twice")
        return _Mapping(indent, entries, entries[-1].end if entries else end)

    def _check_closed(self, entry):
        """Quotes and brackets that stay open reach into what follows."""
        text = "\n".join([entry.raw, *self._lines[entry.begin + 1 : entry.end]])
        if entry.value[:1] in ("'", '"', "[", "{") and _end_of_flow(text.lstrip()) is None:
            raise CannotEdit(entry.begin, f"the value of `{entry.key}` does not end where it should")

    def _check_alone(self, entry):
        if entry.value.startswith("&"):
            raise CannotEdit(entry.begin, f"the value of `{entry.key}` is used at another place of the file, too (`&`)")

    def _first(self, begin, end):
        return next((at for at in range(begin, end) if not _is_blank(self._lines[at])), None)

    def _after_text(self, begin, end):
        """Behind the last line that says anything, if only a comment."""
        filled = [at for at in range(begin, end) if self._lines[at].strip()]
        return filled[-1] + 1 if filled else begin


class _Mapping:
    """Keys below each other; `end`: the line behind the last of them."""

    def __init__(self, indent, entries, end):
        self.indent, self.entries, self.end = indent, entries, end


class _Entry:
    """One key with its value: the lines from `begin` to before `end`."""

    def __init__(self, at, found):
        self.begin, self.end = at, at + 1
        self.key = found["key"]
        self.indent = len(found["indent"])
        self.colon = found.start("value")
        self.raw = found["value"].removesuffix("\r")
        self.value, self.comment = _without_comment(self.raw)

    @property
    def is_one_line(self):
        return self.end == self.begin + 1 and self.value[:1] not in ("|", ">")


def _without_comment(raw):
    """What stands behind a colon: the value, and its comment with the blanks before it."""
    text = raw.strip(" \t")
    start = raw.find(text) if text else len(raw)
    length = _end_of_flow(text) if text[:1] in ("'", '"', "[", "{") else None
    if text.startswith("#"):
        return "", f"  {text}"
    if length is None:
        length = next((hit.start() for hit in re.finditer(r"[ \t]+#", text)), len(text))
    return text[:length], raw[start + length :].rstrip()


def _end_of_flow(text):
    """How long a value in quotes or brackets is; None: it does not end."""
    depth, quote, at = 0, None, 0
    while at < len(text):
        sign = text[at]
        if quote == '"' and sign == "\\":
            at += 1
        elif quote is not None:
            quote = None if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        elif sign == "#" and at > 0 and text[at - 1] in " \t\n":
            at = text.find("\n", at)
            if at < 0:
                return None
        at += 1
        if depth == 0 and quote is None:
            # Two single quotes within single quotes are one.
            if sign != "'" or text[at : at + 1] != "'":
                return at
    return None


def _is_blank(line):
    return not line.strip() or line.lstrip(" ").startswith("#")


def _indent_of(line):
    return len(line) - len(line.lstrip(" "))
