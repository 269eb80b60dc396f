# SPDX-License-Identifier: GPL-2.0-or-later
"""A headless Chromium that is driven through a pipe, with real keys and clicks; and TAP. No port is opened.

Its protocol: https://chromedevtools.github.io/devtools-protocol/
"""

import json
import os
import shutil
import subprocess
import tempfile

OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--hide-scrollbars",
           "--host-resolver-rules=MAP * ~NOTFOUND"]
# what a key is called by its number, where it writes no letter
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36, "ArrowUp": 38, "ArrowDown": 40}
TEXTS = {"Enter": "\r"}
SHIFT = 8


class Browser:
    """One page of it: `js` asks it, `key` and `click` are a reader's."""

    def __init__(self, program):
        self.profile = tempfile.mkdtemp()
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()

        def be_three_and_four():
            high = [os.dup2(fd, 20 + i) for i, fd in enumerate((theirs_in, theirs_out))]
            for fd, number in zip(high, (3, 4)):
                os.dup2(fd, number, inheritable=True)

        self.process = subprocess.Popen([program, *OPTIONS, f"--user-data-dir={self.profile}", "about:blank"],
                                        preexec_fn=be_three_and_four, close_fds=False, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.out, self.into, self.rest, self.number, self.session = ours_out, ours_in, b"", 0, {}
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = {"sessionId": self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        self.call("Page.enable")

    def _next(self):
        while b"\0" not in self.rest:
            part = os.read(self.into, 1 << 20)
            if not part:
                raise EOFError("the browser has ended")
            self.rest += part
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, **params):
        self.number += 1
        data = json.dumps({"id": self.number, "method": method, "params": params, **self.session}).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        while True:
            answer = self._next()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def look(self, width, height=900, dark=False):
        """The window's size and what the reader's system is set to."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def open(self, path, place=""):
        # from elsewhere: to another place of the same page it would only scroll
        for url in ("about:blank", "file://" + os.path.abspath(path) + place):
            self.call("Page.navigate", url=url)
            while self._next().get("method") != "Page.loadEventFired":
                pass

    def js(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", "?"))
        return answer["result"].get("value")

    def key(self, name, modifiers=0):
        text = TEXTS.get(name, name if len(name) == 1 else None)
        what = {"key": name, "windowsVirtualKeyCode": KEYS.get(name, ord(name[0].upper())), "modifiers": modifiers}
        self.call("Input.dispatchKeyEvent", type="keyDown", **what, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **what)

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def close(self):
        try:
            self.call("Browser.close")
        except EOFError:
            pass
        self.process.wait(timeout=30)
        shutil.rmtree(self.profile, ignore_errors=True)


class Tap:
    """it(name, wrong): passes if nothing is wrong; wrong: lines that say what is."""

    def __init__(self):
        self.count = self.failed = 0

    def it(self, name, wrong=()):
        self.count += 1
        print(f"{'not ok' if wrong else 'ok'} {self.count} - {name}")
        for line in list(wrong)[:20]:
            print(f"#   {line}")
        self.failed += bool(wrong)

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}")

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0
