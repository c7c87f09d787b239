"""Runs a command on a terminal, as Bochs wants, and reads the screen that Bochs draws.

    python3 terminal.py COMMAND [ARGUMENT...]

Bochs opens a terminal of its own for the screen, and names it in its output. If nobody reads it, it is full after
some minutes, because the cursor blinks, and Bochs waits for ever.
"""

import os
import pty
import re
import sys
import threading
import tty

seen = b""


def empty(name: str) -> None:
    """Reads a terminal to its end, as it is written."""
    screen = os.open(name, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(screen)
    try:
        while os.read(screen, 1 << 16):
            pass
    except OSError:
        pass  # Bochs has ended.


def read(terminal: int) -> bytes:
    global seen
    data = os.read(terminal, 1 << 16)
    before, seen = seen, seen + data
    for found in re.finditer(rb'"(/dev/pts/[0-9]+)"', seen):
        if found.end() > len(before):
            threading.Thread(target=empty, args=[found[1].decode()], daemon=True).start()
    return data


sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], read)))
