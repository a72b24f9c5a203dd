"""A client that knows nothing but the course's chapter.

What it is told on stdin it sends, a JSON message a line; what it would show to a person it prints,
a line each.
"""

import asyncio
import json
import sys

import websockets


def show(*words):
    print(*words, flush=True)


class Client:
    def __init__(self):
        # By room: the next number to show, and what came too early.
        self.next = {}
        self.early = {}

    def receive(self, message):
        """Message n is shown only after n - 1."""
        room = message["room"]
        if room not in self.next or message["sequence"] < self.next[room]:
            return
        early = self.early[room]
        early[message["sequence"]] = message
        while self.next[room] in early:
            due = early.pop(self.next[room])
            self.next[room] += 1
            show("message", room, due["sequence"], due["sender"], due["content"])

    def handle(self, message):
        kind = message["type"]
        if kind == "subscribed":
            self.next[message["room"]] = message["sequence"] + 1
            self.early[message["room"]] = {}
            show("subscribed", message["room"], message["sequence"])
        elif kind == "message":
            self.receive(message)
        elif kind == "presence":
            show("presence", message["userId"], message["action"])
        elif kind == "history":
            for one in message["messages"]:
                show("history", message["room"], one["sequence"], one["sender"], one["content"])
            show("history", message["room"], "end")


async def send_lines(socket):
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    while line := await reader.readline():
        await socket.send(line.decode().strip())
    await socket.close()


async def main(address):
    client = Client()
    async with websockets.connect(address) as socket:
        show("open")
        sending = asyncio.create_task(send_lines(socket))
        try:
            async for text in socket:
                client.handle(json.loads(text))
        except websockets.ConnectionClosed:
            pass
        sending.cancel()


asyncio.run(main(sys.argv[1]))
