# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check finds: a sentence, and the button beside it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Action:
    """A button: an operator with its properties. It mends where that is safe, else it leads there."""

    label: str
    operator: str
    properties: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """`severity`: ERROR spoils frames, WARNING may, INFO is to be known. `cause`: what kind, by Nightshift's own words.

    `subject`: the data-block, or the name of the file, that it is about.
    """

    severity: str
    cause: str
    subject: str
    text: str
    action: Action | None = None


def leads_to_tab(tab, label="Show"):
    """`tab`: a tab of the Properties editor."""
    return Action(label, "nightshift.show_tab", {"tab": tab})


def leads_to_object(item, tab):
    return Action("Show", "nightshift.show_object", {"name": item.name, "tab": tab})
