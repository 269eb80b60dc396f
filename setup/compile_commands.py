# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints compile_commands.json for editors: compile_commands.py COMMAND FILE..."""
import json
import os
import sys

command, files = sys.argv[1], sys.argv[2:]
json.dump([{"directory": os.getcwd(), "file": file, "arguments": command.split() + ["-c", file]} for file in files],
          sys.stdout, indent=1)
print()
