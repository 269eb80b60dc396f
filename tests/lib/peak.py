# SPDX-License-Identifier: GPL-2.0-or-later
"""What a command costs: peak.py COMMAND… prints "seconds own all". Own is the program's own memory in MB at its peak, all is
that with the pages of mapped files, which the kernel takes back when it needs them."""

import re
import resource
import subprocess
import sys
import time

start = time.monotonic()
own = 0
program = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while program.poll() is None:
    with open("/proc/%d/status" % program.pid) as status:
        found = re.search(r"RssAnon:\s+(\d+)", status.read())
    own = max(own, int(found.group(1)) if found else 0)
    time.sleep(0.001)
print("%.3f %.0f %.0f" % (time.monotonic() - start, own / 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
