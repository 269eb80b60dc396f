// SPDX-License-Identifier: GPL-2.0-or-later
// Why each segment was sent again, by one click, as `told.answers` has it; prints TAP into the document.
'use strict';
tap(async (it) => {
	const row = [...document.querySelectorAll('#answer-table tr')].find((r) => r.textContent.includes('What was sent again?'));
	const shown = [...row.querySelectorAll('.answer')], wanted = told.answers.tables[0].rows.filter((r) => r.question === 'What was sent again?');
	const again = events.filter((e) => e.type === 'tcp.tx' && e.retrans);
	it('names each segment that was sent again', shown.length === again.length && again.length === 4);
	const grew = histories.get([...histories.keys()].find((key) => data.fields[key.split(' ')[1]] === 'sock.lost_out' && histories.get(key).some((w) => w[0] < again[0].n))) || [];
	const marking = grew.filter((w) => w[0] < again[0].n && Number(w[4]) > Number(w[3])).pop();
	const inside = events.filter((e) => e.fn === 'tcp_rack_mark_lost' && e.conn === again[0].conn && marking && e.n <= marking[0]).pop();
	const acks = events.filter((e) => e.type === 'tcp.rx' && e.netns === again[0].netns && e.n < again[0].n), sacked = acks.length ? acks[acks.length - 1].opts?.find((o) => o.name === 'sack') : null;
	it('says that RACK has found it by SACK', shown[0].textContent.includes('RACK: SACK says'));
	it('as the kernel was in RACK at that time', inside?.at === 'enter');
	it('and SACK had come', Boolean(sacked));
	it('and of no other', !/RACK/.test(shown.slice(1).map((s) => s.textContent).join()));
	it('as the command does', shown.every((s, i) => s.textContent.startsWith(wanted[i].answer)));
	const chosenBy = shown.map((s) => { s.querySelector('button.link').click(); drawMoment(); return chosen; });
	it('and goes to each by a click', chosenBy.every((e, i) => e === again[i]));
	/* who is on the stack says why: recovery by SACK, then the probe, then twice the timer */
	const causes = [/tcp_fastretrans_alert|tcp_xmit_recovery/, /tcp_send_loss_probe/, /tcp_retransmit_timer/, /tcp_retransmit_timer/];
	it('which has the cause on its stack', again.every((e, i) => causes[i].test(stackOf(e).map((f) => f.fn).join(' '))));
	it('and in its answer', ['marked as lost', 'loss probe', 'retransmission timer', 'retransmission timer'].every((word, i) => new RegExp(word, 'i').test(shown[i].textContent)));
});
