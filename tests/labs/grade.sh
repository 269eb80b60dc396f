#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A class: submissions of every shape, run here, by GNU parallel over ssh and as an array of Slurm's, and their grades.

cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/lib/kernel.sh
make -s build/ktrun build/ktreport apps build/ktlab-plugin-4.so build/ktlab-plugin-7.so >&2 || exit 1
# a machine of one's own gets no servers for a test
[ "${CI:-}" != true ] || setup/setup.sh class || exit 1
kernel_there "${KERNEL:-auto}" 'a class' || { tap_end; exit; }

# no space in it: ssh hands the words on to a shell
work=$(mktemp -d "${TMPDIR:-/tmp}/ktlab-class.XXXXXX") || exit 1
daemons=()
end() {
	[ ${#daemons[@]} = 0 ] || kill "${daemons[@]}" 2>/dev/null
	wait
	rm -rf "$work"
}
trap end EXIT
class=$work/class
export OUT=$work/out ENGINE=plugin EXPECT='' JOBS=2 GRADES=$work/grades BY=local MACHINES='' LAB=refused EXERCISE='' LIMIT=90
unset CLIENT SERVER CLIENT_ARGS SERVER_ARGS CLIENTS TOGETHER NODES FILES POINTS SLURM_CONF
QEMU=$(qemu-plugin/get-qemu.sh) && export QEMU

# submission NAME FILE: from stdin
submission() { mkdir -p "$class/$1" && cat >"$class/$1/$2"; }

# talker SEND: a client that sends so many bytes
talker() {
	cat <<EOF
#include <arpa/inet.h>
#include <unistd.h>
int main(void) {
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(8080) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	inet_pton(AF_INET, "10.0.0.2", &to.sin_addr);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to))) return 1;
	return send(fd, "hello, you", $1, 0) != $1;
}
EOF
}

talker 5 | submission teacher client.c
talker 5 | submission anna client.c
# other names and comments, the same instructions
talker 5 | sed 's/\bto\b/peer/g; s/int fd/int sock_fd/; s/(fd,/(sock_fd,/g; 1i // mine' | submission ben client.c
talker 6 | submission '=cmd "x" <script>alert(1)<' client.c
submission cleo client.c <<<'int main(void) { return none; }'
submission dora client <<'END'
#!/bin/sh
while :; do sh -c 'sleep 1000' & done
END
submission emil client <<'END'
#!/bin/sh
while :; do echo flood; done >/dev/console
END
submission finn client <<'END'
#!/bin/sh
reboot -f
END
mkdir -p "$class/gus"
printf 'right\t1\t\ttcp_connect\tWho asks for the SYN\nopen\t2\t\tFAILED\tBefore the SYN\n' | submission hana handshake.answers
submission ivo guest.sh <labs/refused/guest.sh
mkdir -p "$class/jo" && ln -s /etc/passwd "$class/jo/client.c"
cat >"$class/expect" <<'END'
The client connects.
    syscall.exit netns=client name=connect ret=0

It says five bytes.
    syscall.exit netns=client name=sendto ret=5
END
mkdir -p "$OUT" && cp -r tests/report/handshake "$OUT/"

# grade FOLDER SETTING=VALUE…: what it printed is in $work/said
grade() {
	local from=$1 status=0
	shift
	env SUBMISSIONS="$from" "$@" labs/grade.sh >"$work/said" 2>&1 || status=$?
	cat "$work/said"
	return $status
}

it 'grades a class' grade "$class"
cp "$work/said" "$work/first"
# row NAME PATTERN: of the grades, that of NAME is like this
row() { grep -v '^\[' "$work/first" | tee /dev/stderr | grep -F -- "$1" | grep -qE -- "$2"; }
it 'one whose program does as it should' row anna 'held +3 of 3'
it 'one that says too much' row '=cmd' 'failed +2 of 3 +It says five bytes'
it 'one that does not compile' row cleo 'not judged .* could not be made ready'
it 'one that forks without end' row dora '(not judged|failed) '
it 'one that writes without end' row emil '(not judged|failed) '
it 'one that ends the guest' row finn 'not judged .*run failed'
it 'one that hands in nothing' row gus 'not judged .*nothing'
it "one's answers" row hana 'failed +1 of'
it "one's script of a lab" row ivo 'held'
it 'one whose program is a link' row jo 'not judged'
it 'names who ran the same instructions' row 'captures the same' 'ben'
it 'and nobody else' sh -c '[ "$(grep -c "captures the same" "$1")" = 2 ]' - "$work/first"
it 'gives the teacher no grade' sh -c '! grep -q "^teacher" "$1"' - "$work/first"

page=$GRADES/grades.html
it "keeps the compiler's words" grep -q 'none.* undeclared' "$page"
it 'line by line' sh -c '! grep -qF "\x0a" "$1"' - "$page"
it "shows the first event that is not the teacher's" grep -qE '(ret|len|payload_len): 5 -&gt; 6' "$page"
it 'says a name as it is, and not as markup' sh -c 'grep -q "&lt;script&gt;alert" "$1" && ! grep -q "<script>alert" "$1"' - "$page"
it 'nor as a formula' grep -q "^\"'=cmd \"\"x\"\"" "$GRADES/grades.csv"
it 'has a suite a student' sh -c '[ "$(grep -c "<testsuite " "$1")" = 11 ]' - "$GRADES/junit.xml"
it 'that is XML' python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$GRADES/junit.xml"
csv_sums() {
	python3 - "$GRADES/grades.csv" <<'END'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
for row in rows:
    own = [r["verdict"] for r in rows if r["name"] == row["name"]]
    assert own.count("held") == int(row["held"]) and own.count("failed") == int(row["failed"]), row
assert len({row["name"] for row in rows}) == 11
END
}
it 'and a table whose sums are right' csv_sums
it 'says it in Chinese' says '未评判' env LC_ALL=C.UTF-8 build/ktreport grade --zh "$GRADES"

runs() { find "$GRADES" -name events.jsonl -printf '%T@ %p\n' | sort | sha256sum; }
before=$(runs)
it 'runs nothing again that it has' says 'anna: as before' grade "$class"
it 'really' [ "$(runs)" = "$before" ]
talker 6 >"$class/anna/client.c"
it 'but what was handed in anew' says 'anna: programs' grade "$class"

few=$work/few
mkdir -p "$few"
cp "$class/expect" "$few/"
talker 5 >"$work/client.c"
for name in one two 'three "3"'; do mkdir -p "$few/$name" && cp "$work/client.c" "$few/$name/"; done
three() { grade "$few" "$@" && [ "$(grep -c 'held  *3 of 3' "$work/said")" = 3 ]; }

# ports COUNT: that nobody has on loopback
ports() {
	python3 -c 'import socket, sys
held = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in held: s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' "$1"
}

if command -v parallel >/dev/null && [ -x /usr/sbin/sshd ] && [ "$(id -u)" = 0 ]; then
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$work/host"
	ssh-keygen -q -t ed25519 -N '' -f "$work/key"
	port=$(ports 1)
	/usr/sbin/sshd -D -f /dev/null -h "$work/host" -o ListenAddress=127.0.0.1 -o "Port=$port" -o StrictModes=no -o UsePAM=no \
		-o "AuthorizedKeysFile=$work/key.pub" -o "PidFile=$work/sshd.pid" 2>"$work/sshd.log" &
	daemons+=($!)
	export PARALLEL_SSH="ssh -p $port -i $work/key -o UserKnownHostsFile=$work/known -o StrictHostKeyChecking=accept-new -o LogLevel=ERROR"
	it 'grades on another machine by ssh' three BY='' GRADES="$work/by-ssh" MACHINES=127.0.0.1
	it 'refuses one that cannot be reached' fails 2 'cannot be reached' \
		grade "$few" BY='' GRADES="$work/by-ssh" MACHINES=nobody@127.0.0.1
else
	skip 'grades on another machine by ssh' 'parallel and sshd are not installed, or this is not root'
fi

if command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v sbatch >/dev/null && [ "$(id -u)" = 0 ]; then
	export SLURM_CONF=$work/slurm.conf
	mkdir -p "$work/slurm/state" "$work/slurm/spool"
	host=$(hostname -s)
	{ read -r first; read -r second; } < <(ports 2)
	cat >"$SLURM_CONF" <<END
ClusterName=ktlab
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=$first
SlurmdPort=$second
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/none
CredType=cred/none
StateSaveLocation=$work/slurm/state
SlurmdSpoolDir=$work/slurm/spool
SlurmctldPidFile=$work/slurm/slurmctld.pid
SlurmdPidFile=$work/slurm/slurmd.pid
SwitchType=switch/none
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=lab Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
	for daemon in slurmctld slurmd; do
		$daemon -D >"$work/slurm/$daemon.log" 2>&1 &
		daemons+=($!)
	done
	tries=100
	until sinfo --noheader -o %t 2>/dev/null | grep -q idle || [ $tries = 0 ]; do
		sleep 0.5
		tries=$((tries - 1))
	done
	it "grades as an array of Slurm's" three BY='' GRADES="$work/by-slurm"
	it 'which Slurm has run' grep -q one: "$work/by-slurm/slurm.out"
else
	skip "grades as an array of Slurm's" 'slurmctld and slurmd are not installed, or this is not root'
fi

printf 'So it is.\n    tcp.tx (\n' >"$work/bad"
mkdir -p "$work/empty" "$work/strange/$(printf 'a\nb')"
it 'refuses no folder' fails 2 'whose work' grade ''
it 'refuses a folder that is not there' fails 2 'is no folder' grade "$work/none"
it 'refuses an empty one' fails 2 'has no folder' grade "$work/empty"
it 'refuses a bad expectation' fails 2 'bad:2' grade "$few" EXPECT="$work/bad" GRADES="$work/new"
it 'and makes nothing then' [ ! -e "$work/new" ]
it 'refuses a number of jobs' fails 2 "JOBS='x'" grade "$few" JOBS=x
it 'refuses a way that there is not' fails 2 "unknown BY 'x'" grade "$few" BY=x
it 'refuses a name that cannot be shown' fails 2 'cannot be shown' grade "$work/strange"
tap_end
