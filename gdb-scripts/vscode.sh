#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Writes .vscode/launch.json, with which VS Code's C/C++ extension enters the guest of make shell GDB=1: vscode.sh RUN KDIR.
# A launch.json of the user's own stays as it is; then what belongs into it is printed.
set -eu
cd "$(dirname "$0")/.."

run=$1 kernel=$2
file=.vscode/launch.json
# what the extension asks of GDB is only its own; attach.gdb connects
new=$(cat <<END
{
	"version": "0.2.0",
	"configurations": [
		{
			"name": "ktlab: the guest of make shell GDB=1",
			"type": "cppdbg",
			"request": "launch",
			"program": "$kernel/vmlinux",
			"cwd": "\${workspaceFolder}",
			"MIMode": "gdb",
			"miDebuggerPath": "\${workspaceFolder}/gdb-scripts/front.sh",
			"environment": [],
			"targetArchitecture": "x64",
			"customLaunchSetupCommands": [],
			"launchCompleteCommand": "None",
			"sourceFileMap": {}
		}
	]
}
END
)
if [ -e "$file" ] && ! grep -q '"ktlab: ' "$file"; then
	echo "vscode.sh: '$file' is yours, and stays as it is; this belongs into it:" >&2
	printf '%s\n' "$new"
	exit 0
fi
mkdir -p .vscode
printf '%s\n' "$new" >"$file.new"
mv "$file.new" "$file"
echo "$file: make shell GDB=1 in a terminal (its run is in '$run'), then Run, Start Debugging"
