# SPDX-License-Identifier: GPL-2.0-or-later
"""Serves a folder on 127.0.0.1 with byte ranges: server.py FOLDER PORT_FILE CUT.

CUT > 0 closes each connection after that many bytes, as a broken network does; CUT < 0 serves without ranges.
"""
import http.server
import os
import re
import sys

folder, port_file, cut = sys.argv[1], sys.argv[2], int(sys.argv[3])


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = os.path.join(folder, self.path.lstrip("/"))
        if not os.path.isfile(path):
            self.send_error(404)
            return
        with open(path, "rb") as file:
            data = file.read()
        first = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(first.group(1)) if first and cut >= 0 else 0
        sys.stderr.write("from %d\n" % start)
        if start and start >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (start, len(data) - 1, len(data)))
        self.end_headers()
        self.wfile.write(data[start:start + cut] if cut > 0 else data[start:])

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(port_file + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
