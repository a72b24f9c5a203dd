"""Runs a program in a terminal of its own.

Reads commands as lines of JSON from standard input: {"type": text}, {"columns": n, "rows": n}. What the
program writes goes to standard output as it is. When it has ended, a line of JSON on standard error says with
which code, as a shell does, and in which state it has left the terminal.
"""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import threading

columns, rows, *program = sys.argv[1:]
master, slave = pty.openpty()


def resize(columns, rows):
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def take_terminal():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def relay():
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:
            return
        os.write(1, data)


def obey():
    for line in sys.stdin:
        command = json.loads(line)
        if "type" in command:
            os.write(master, command["type"].encode())
        else:
            resize(command["columns"], command["rows"])


resize(int(columns), int(rows))
child = subprocess.Popen(
    program, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, preexec_fn=take_terminal
)
relaying = threading.Thread(target=relay, daemon=True)
relaying.start()
threading.Thread(target=obey, daemon=True).start()
code = child.wait()
local = termios.tcgetattr(slave)[3]
state = {
    "code": code if code >= 0 else 128 - code,
    "isRestored": bool(local & termios.ICANON) and bool(local & termios.ECHO),
}
# What was written last is read before it is said that this is all.
os.close(slave)
relaying.join()
os.write(2, (json.dumps(state) + "\n").encode())
