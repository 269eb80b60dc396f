#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What one event says is held against the others: of a socket's numbers, and of what the kernel's parts make known of
# themselves. The runs are made here, and are as short as their sentences.
set -eu
cd "$(dirname "$0")/../.."
. tests/tap.sh
. tests/report/lib.sh

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
printf 'A step.\n    step name=one\n' >"$dir/expect"

# story PYTHON: a run of the events that `tell(type, **fields)` makes, behind a step; what is not said is as in the stored run
story() {
	python3 - "$run/events.jsonl" "$dir/events.jsonl" "$1" <<-'END'
		import hashlib, json, sys
		stored, path, code = sys.argv[1:]
		lines = [json.loads(line) for line in open(stored)]
		meta, end = lines[0], lines[-1]
		meta["nodes"] = []
		plain = dict(next(line for line in lines if line["type"] == "step"), point="comm_write", pid=0, stack=[])
		events = []
		def tell(type_, **fields):
		    base = next((line for line in lines if line["type"] == type_), plain)
		    event = dict(plain, **{key: base[key] for key in base if key not in plain})
		    event.update(fields, n=len(events) + 1, type=type_, t_ns=plain["t_ns"] + len(events) * 1000, icount=None, step="one", parent=None)
		    event.update(netns=fields.get("netns"), conn=fields.get("conn"), pkt=fields.get("pkt"))
		    del event["stack"] # it stands last
		    event["stack"] = [{"fn": fn, "file": None, "line": None} for fn in fields.get("stack", [])]
		    events.append(event)
		    return event
		tell("step", name="one")
		exec(code)
		watched = sorted({event["point"] for event in events} | {point["name"] for point in meta["points"]})
		meta["points"] = [{"name": name, "as": "elsewhere", "fn": name} for name in watched]
		text = [json.dumps(event, separators=(",", ":")) + "\n" for event in events]
		end.update(events=len(events), sha256=hashlib.sha256("".join(text).encode()).hexdigest(),
		           points=[dict(end["points"][0], name=name, events=sum(event["point"] == name for event in events)) for name in watched])
		open(path, "w").write(json.dumps(meta) + "\n" + "".join(text) + json.dumps(end) + "\n")
	END
}
# says_of FIELD SENTENCE PYTHON: the run is told to be wrong there
says_of() {
	story "$3"
	fails 1 "$1 is $2" "$report" check "$dir" "$dir/expect"
}
# silent FIELD PYTHON: the run says nothing against it
silent() {
	story "$2"
	! "$report" check "$dir" "$dir/expect" 2>&1 | grep -E "^[^a-z]*event [0-9]+: $1 is"
}

# ---- what the kernel's parts make known of themselves

known='
def known(what, name, key, stack=[], **handlers):
    return tell("register", point="proto_register", fn="proto_register", at="return", what=what, name=name, key=key, handlers=handlers, stack=stack)
def all():
    known("proto", "TCP", "tcp_prot", stack=["proto_register", "inet_init"], obj_size=2160)
    known("family", "INET", 2, create="inet_create")
    known("net_protocol", "TCP", 6, handler="tcp_v4_rcv")
    known("protosw", "TCP", "STREAM", stack=["inet_register_protosw", "inet_init"], prot="tcp_prot", ops="inet_stream_ops")
    known("packet_type", "IP", "0x0800", func="ip_rcv", list_func="ip_list_rcv")
    known("netdevice", "lo", None, ops="loopback_ops", ndo_start_xmit="loopback_xmit")
def socket(**result):
    return tell("call", point="inet_create", fn="inet_create", at="return", args={"type": "STREAM"}, result=result)
all()
'
right="$known
known('netdevice', 'lo', None, ops='loopback_ops', ndo_start_xmit='loopback_xmit')
socket(prot='tcp_prot', ops='inet_stream_ops')
tell('call', point='ip_list_rcv', fn='ip_list_rcv', at='enter')
tell('witness', what='ptype', values={'0800': 'ip_rcv'})
tell('witness', what='protocols', values={'TCP': 2160})"
it 'believes what fits together' silent '(key|handlers|result)[a-z._]*' "$right"
it 'finds another number of a protocol' says_of key '7, by its other fields and events 6' "$known
known('net_protocol', 'TCP', 7)"
it 'finds another name of a number' says_of key '10, by its other fields and events that of INET6' "$known
known('family', 'INET', 10)"
it 'finds a device with a number' says_of key '1, by its other fields and events null' "$known
known('netdevice', 'eth0', 1)"
it 'finds a protocol that nobody made known' says_of handlers.prot 'tcp_pro1, by its other fields and events one that was made known' "$known
known('protosw', 'TCP', 'STREAM', stack=['inet_register_protosw', 'inet_init'], prot='tcp_pro1')"
it 'finds a driver that sends in two ways' says_of handlers.ndo_start_xmit 'other_xmit, by its other fields and events loopback_xmit' "$known
known('netdevice', 'lo', None, ops='loopback_ops', ndo_start_xmit='other_xmit')"
it 'finds a socket that has what nobody made known' says_of result '{' "$known
socket(prot='tcp_prot', ops='inet_dgram_ops')"
it 'finds that another function runs' says_of handlers.list_func 'ip_list_rcv, by its other fields and events ip_sublist_rcv' "$known
tell('call', point='ip_list_rcv', fn='ip_sublist_rcv', at='enter')"
it 'finds that /proc lists another function' says_of handlers.func 'ip_rcv, by its other fields and events arp_rcv' "$known
tell('witness', what='ptype', values={'0800': 'arp_rcv'})"
it 'finds that /proc lists another size' says_of handlers.obj_size '2160, by its other fields and events 2161' "$known
tell('witness', what='protocols', values={'TCP': 2161})"

# starts LEVEL NAME: an init call after one of level 2
starts() {
	printf '%s\n' 'tell("init.call", point="do_one_initcall", at="enter", level="2", level_name="postcore", name="a", init_file=None)' \
		"tell('init.call', point='do_one_initcall', at='enter', level='$1', level_name='$2', name='b', init_file=None)"
}
it 'believes init calls level by level' silent 'level[a-z_]*' "$(starts rootfs rootfs)"
it 'finds one that starts too early' says_of level '1, by its other fields and events not before that of event 2' "$(starts 1 core)"
it 'finds a level of another name' says_of level_name 'fs, by its other fields and events subsys' "$(starts 4 fs)"
it 'finds a level that there is not' says_of level '8, by its other fields and events another word' "$(starts 8 late)"

# ---- a socket's numbers

numbers='
here = dict(netns="client", conn=1, sk="0xffff888000000100", saddr="10.0.0.1", daddr="10.0.0.2", sport=5, dport=80)
def segment(way, flags, seq, ack, win=None, **more):
    ends = here if way == "tx" else dict(here, saddr="10.0.0.2", daddr="10.0.0.1", sport=80, dport=5)
    end = seq + ("S" in flags) + ("F" in flags)
    return tell("tcp." + way, **dict(ends, point="ip_output", fn="ip_output", at="enter", flags=flags, seq=seq, end_seq=end, ack=ack, win=1000,
                win_scaled=1000 if win is None else win, payload_len=0, header_len=20, rel_seq=None, rel_ack=None, opts=[], pkt=len(events), **more))
def state(old, new, una, nxt, got, wnd, **more):
    return tell("tcp.state", **dict(here, point="inet_sk_state_store", fn="inet_sk_state_store", at="enter", obj="sock", old=old, new=new,
                old_raw=None, new_raw=None, snd_una=una, snd_nxt=nxt, rcv_nxt=got, snd_wnd=wnd, rcv_wnd=1000, mss=536, srtt_us=0, rto_ms=1000,
                retransmits=0, sk_err=0, **more))
'
# refused UNA NXT WND [ERROR [RET]]: a SYN got nothing but a reset, and connect() said so
refused() {
	printf '%s\n' "$numbers" 'call = tell("syscall.enter", **dict(here, point="__x64_sys_connect", fn="__x64_sys_connect", at="enter", name="connect"))' \
		'segment("tx", "S", 100, 0)' 'segment("rx", "R.", 0, 101, win=None)' \
		"state('SYN_SENT', 'CLOSE', $1, $2, 0, $3, stack=['tcp_reset']).update(sport=0, sk_err=${4:-111})" \
		"tell('syscall.exit', **dict(here, point='__x64_sys_connect', fn='__x64_sys_connect', at='return', name='connect', ret=-${5:-111})).update(parent=call['n'])"
}
it 'believes a SYN that nobody took' silent '(snd_[a-z]*|sk_err)' "$(refused 100 101 0)"
it 'finds that a refused SYN was acknowledged' says_of snd_una '101, by its other fields and events 100' "$(refused 101 101 0)"
it 'finds that more was sent than a SYN' says_of snd_nxt '102, by its other fields and events 101' "$(refused 100 102 0)"
it 'finds a window that nobody offered' says_of snd_wnd '1, by its other fields and events 0' "$(refused 100 101 1)"
it 'finds that connect() gave another error' says_of sk_err '111, by its other fields and events 110' "$(refused 100 101 0 111 110)"

crossed() { refused "$@" | sed "s/'CLOSE'/'SYN_RECV'/; s/tcp_reset/tcp_rcv_synsent_state_process/"; }
it 'finds more than a SYN where both ends connect' says_of snd_nxt '102, by its other fields and events 101' "$(crossed 100 102 0 0)"

# closing UNA NXT WND: of a connection that is older than the run, the end of what was told before
closing() {
	printf '%s\n' "$numbers" 'state("ESTABLISHED", "FIN_WAIT1", 500, 501, 900, 64)' 'segment("tx", "F.", 500, 900)' 'segment("rx", ".", 900, 501, win=64)' \
		"state('FIN_WAIT1', 'FIN_WAIT2', $1, $2, 900, $3)"
}
it 'believes what stays, and what a segment brings' silent 'snd_[a-z]*' "$(closing 501 501 64)"
it 'finds what no segment acknowledges' says_of snd_una '502, by its other fields and events a number of its segments' "$(closing 502 501 64)"
it 'finds what no segment sent' says_of snd_nxt '502, by its other fields and events a number of its segments' "$(closing 501 502 64)"
it 'finds a window of no segment' says_of snd_wnd '65, by its other fields and events a number of its segments' "$(closing 501 501 65)"
it 'finds a window that no scale makes' says_of win_scaled '1001, by its other fields and events 1000' "$numbers
segment('tx', '.', 500, 900, win=1001)"
it 'believes one that a scale makes' silent win_scaled "$numbers
segment('tx', '.', 500, 900, win=16000)"

# ---- whose a socket is

# late FD: a segment of connection 1 comes to the socket that lies where that of the connection was
late() {
	printf '%s\n' "$numbers" 'sk = here["sk"]' \
		'def call(conn, fd): tell("call", point="tcp_rcv_state_process", fn="tcp_rcv_state_process", at="enter", conn=conn, sk=sk, owner={"pid": fd, "comm": "one", "fd": fd})' \
		'call(1, 3)' "$1" 'call(1, 4)'
}
it 'finds that a socket has changed hands' says_of owner '{"pid":4,"comm":"one","fd":4}, by its other fields and events {"pid":3,"comm":"one","fd":3}, as event 2 says' "$(late '')"
it 'believes it of another socket at its address' silent owner \
	"$(late 'tell("syscall.exit", point="__x64_sys_socket", fn="__x64_sys_socket", at="return", name="socket", ret=4, sk=sk, owner={"pid": 4, "comm": "one", "fd": 4})')"

# ---- words

it 'finds a state that there is not' says_of new_raw '14, by its other fields and events less than 14' "$numbers
state('ESTABLISHED', 'CLOSE', 1, 1, 1, 1).update(new_raw=14)"
it 'finds a number of another state' says_of new 'NEW_SYN_RECV, by its other fields and events BOUND_INACTIVE' "$numbers
state('ESTABLISHED', 'NEW_SYN_RECV', 1, 1, 1, 1).update(new_raw=13)"
it "knows the kernel's own errors" says_of ret_name 'ERESTARTSY1, by its other fields and events ERESTARTSYS' \
	"tell('syscall.exit', point='__x64_sys_connect', fn='__x64_sys_connect', at='return', name='connect', ret=-512, ret_name='ERESTARTSY1')"
it 'believes what a program gets in their place' silent ret_name \
	"tell('syscall.exit', point='__x64_sys_connect', fn='__x64_sys_connect', at='return', name='connect', ret=-512, ret_name='EINTR')"
tap_end
