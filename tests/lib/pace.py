# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast a page is: pace.py BROWSER PAGE prints "ready step worst layouts": seconds until it is loaded, milliseconds from a key
to what is drawn for it, the median and the worst of forty, and how often the page is laid out for one of them, the median. Times
are processor time of the page's own thread, which is the time that a reader waits on a machine that has nothing else to do."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Browser  # noqa: E402

STEPS = 40
# a key along the ladder, or of one socket, and the picture behind it
STEP = """(async () => {
    document.dispatchEvent(new KeyboardEvent('keydown', { key: '%s', bubbles: true }));
    await new Promise(requestAnimationFrame);
    await new Promise((drawn) => setTimeout(drawn, 0));
})()"""


def worked(browser):
    """What the page's thread has taken since it began, in seconds, and how often the page was laid out."""
    metrics = {one["name"]: one["value"] for one in browser.call("Performance.getMetrics")["metrics"]}
    return metrics["TaskDuration"], metrics["LayoutCount"]


browser = Browser(sys.argv[1])
browser.call("Performance.enable", timeDomain="threadTicks")
browser.look(1300)
began_s, _ = worked(browser)
browser.open(sys.argv[2])
ready_s = worked(browser)[0] - began_s
took_ms, layouts = [], []
for i in range(STEPS):
    began_s, laid_out = worked(browser)
    browser.js(STEP % ("s" if i % 4 == 3 else "ArrowDown"))
    ended_s, in_all = worked(browser)
    took_ms.append((ended_s - began_s) * 1000)
    layouts.append(in_all - laid_out)
took_ms.sort()
layouts.sort()
print("%.1f %.0f %.0f %d" % (ready_s, took_ms[STEPS // 2], took_ms[-1], layouts[STEPS // 2]))
browser.close()
