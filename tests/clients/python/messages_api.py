"""A model that repeats what it was asked, behind the Anthropic Messages API with streaming.

Usage: messages_api.py FILE. The address is written to FILE; it answers until it is ended.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Model(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": []}
        usage = {"input_tokens": 12, "output_tokens": 1}
        events = [
            {"type": "message_start", "message": {**message, "stop_reason": None, "usage": usage}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        ]
        for text in ("You asked: ", body["messages"][-1]["content"]):
            events.append({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
        events += [
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 34}},
            {"type": "message_stop"},
        ]
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for event in events:
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    with open(f"{sys.argv[1]}.new", "w") as file:
        file.write(f"http://127.0.0.1:{server.server_port}")
    os.rename(f"{sys.argv[1]}.new", sys.argv[1])
    server.serve_forever()
