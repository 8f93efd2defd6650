# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths as people read them."""

import os


def name_of(path):
    return os.path.basename(path.rstrip("/\\")) or path
