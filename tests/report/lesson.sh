#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A lesson is walked through: what is typed is judged by the run, and kept.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/report/lib.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$run" "$work/run"
cat >"$work/lesson" <<'END'
# two questions, and one that a handshake cannot answer
step Who sends
say The client
  connects.
ask Which function?
find syn: tcp.tx flags=S
answer $syn.by or the sender
look segments -f 'flags=S'
event syn
hint Its name begins with tcp_.
right So it is.
step How many
ask How many SYN-ACKs?
find synacks: count 1..9 tcp.tx flags=S.
answer $synacks.count
choices 1 2 3
step A reset
ask Who sends the reset?
find reset: tcp.tx flags~R
answer $reset.netns
END

# walk LINE…: what is typed, from the first question on; the answers are those of before
walk() { printf '%s\n' "$@" | "$report" lesson "$work/run" "$work/lesson"; }
afresh() { rm -f "$work/run.answers"; walk "$@"; }
# row NUMBER: what is kept of a step
row() { sed -n "$(($1 + 1))p" "$work/run.answers" | tr '\t' '|'; }
kept() { walk q >/dev/null; says "$2" row "$1"; }
# spoilt LINE TEXT SED: a lesson that is refused, at its line
spoilt() { sed "$3" "$work/lesson" >"$work/spoilt" && fails 2 "spoilt:$1: $2" "$report" lesson "$work/run" "$work/spoilt" </dev/null; }

it 'asks' says 'Which function?' afresh
it 'joins the lines of a text' says 'The client connects.' afresh
it 'knows what is right' says 'Right: tcp_connect' afresh '' tcp_connect
it 'takes it with () and in either case' says 'Right: tcp_connect' afresh '' 'TCP_Connect()'
it 'takes other words for it' says 'Right: tcp_connect' afresh '' 'the sender'
it 'explains it' says 'So it is.' afresh '' tcp_connect
it 'knows what is wrong' says 'not what the run says' afresh '' tcp_v4_connect
it 'does not take a part of it' says '0 of 2 answered' afresh '' tcp_conn q
it 'takes none but the choices' says 'one of those in brackets' afresh '' tcp_connect '' 4
it 'counts' says 'Right: 1' afresh '' tcp_connect '' 1
it 'passes over what the run does not show' says 'This run does not show it' afresh '' tcp_connect '' 1
it 'sums up' says '2 of 2 answered, 1 predicted' afresh tcp_connect tcp_connect '' 1
it 'says that a prediction was right' says 'As you predicted.' afresh tcp_connect tcp_connect
it 'says what was predicted' says 'You had predicted: ip_output' afresh ip_output tcp_connect
it 'shows what one may look at' says '10.0.0.1:43906' afresh '' ''
it 'says where it is on the page' says "run/report.html#event-" afresh
it 'gives a hint' says 'begins with tcp_' afresh '' '?'
it 'has no more hints than it has' says 'No more hints' afresh '' '?' '?'
it 'tells the answer' says 'The run says: tcp_connect' afresh '' '!'
it 'does not count an answer that it told' says '1 of 2 answered' afresh '' '!' '' 1
it 'goes back' says 'Right: tcp_connect' afresh '' wrong '!' '' - tcp_connect
it 'goes back from a prediction' says 'Right: tcp_connect' afresh '' wrong '!' - tcp_connect

afresh ip_output wrong tcp_connect q >/dev/null
it 'keeps what was said' says 'right|2|ip_output|tcp_connect|Who sends' row 1
it 'goes on where it was left' says '1 of 2 answered' walk q
it 'asks nothing twice' fails 1 '' eval 'walk q | grep "Which function"'
sed -i 's/tcp_connect/tcp_close/' "$work/run.answers"
it 'believes no verdict that is written there' kept 1 'open|2|ip_output|tcp_close|Who sends'
printf 'no\tanswers\n\377\n' >"$work/run.answers"
it 'passes over what is no row of it' says '0 of 2 answered' walk q
it 'ends at the end of what is typed' afresh
it 'says where it cannot keep it' fails 2 "cannot write '" eval \
	'mkdir -p "$work/run.answers.new"; rm -f "$work/run.answers"; status=0; walk q || status=$?; rmdir "$work/run.answers.new"; (exit $status)'
it 'speaks Chinese' says '正确：tcp_connect' eval 'rm -f "$work/run.answers"; printf "\ntcp_connect\n" | "$report" lesson --zh "$work/run" "$work/lesson"'

it 'refuses a line that it does not know' spoilt 10 "no line begins with 'hnit', is it 'hint'?" 's/^hint/hnit/'
it 'refuses a step without an answer' spoilt 2 "step 'Who sends' needs the lines ask, find and answer" '/^answer $syn/d'
it 'refuses an answer that is nothing of the run' spoilt 7 'an answer is $NAME.FIELD' 's/^answer $syn.by/answer tcp_connect/'
it 'refuses an answer of what nobody finds' spoilt 2 "no find line of step 'Who sends' is named 'ack'" 's/^answer $syn/answer $ack/'
it 'refuses a condition with a mistake, at its line' spoilt 6 "tcp.tx has no field 'flag'" 's/flags=S$/flag=S/'
it 'refuses a view that there is not' spoilt 8 "there is no view 'segment'" 's/^look segments/look segment/'
it 'refuses a second question' spoilt 6 'a step has this once' '5{p}'
it 'refuses what stands before the first step' spoilt 2 "'say' stands before the first step" '2s/^step/say/'
it 'refuses an empty word' spoilt 10 "'hint' says nothing" 's/^hint.*/hint/'
it 'refuses a file without a step' spoilt 1 'no step in it' '/^[^#]/d'
it 'refuses a file that is not there' fails 2 "cannot open '$work/none'" "$report" lesson "$work/run" "$work/none"
it 'says that a lab has none' fails 2 "lab 'init' has no lesson" eval \
	'cp -r "$work/run" "$work/init"; sed -i "1s/\"lab\":\"[a-z]*\"/\"lab\":\"init\"/" "$work/init/events.jsonl"; "$report" lesson "$work/init"'
it 'says that a run answers nothing' fails 2 'answers none of the questions' eval \
	'sed "/^step Who/,/^right/d; /^step How/,/^choices/d" "$work/lesson" >"$work/other"; "$report" lesson "$work/run" "$work/other" </dev/null'
tap_end
