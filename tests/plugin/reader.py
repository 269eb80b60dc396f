# SPDX-License-Identifier: GPL-2.0-or-later
"""What a reader of a page with lines and writes gets by real keys and clicks, in windows of several sizes.

reader.py BROWSER PAGE WHAT: WHAT is one of TESTS below. It prints what is wrong; exit status 1 if anything is.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from chromium import Browser  # noqa: E402

SIZES = ((1920, 1080), (1280, 800), (420, 800))
# some pictures, and what is looked at again with them
DRAWN = "new Promise((done) => setTimeout(done, 300))"
# the entries of tcp_rcv_state_process() for the SYN-ACK and the last ACK, and a line that ran in each
CALLS = """(() => {
    const calls = data.calls.filter((c) => data.functions[c[0]].name === 'tcp_rcv_state_process');
    return calls.slice(1, 3).map((c) => [c[1], c[5].filter((l) => l[2]).map((l) => l[0])]);
})()"""
# what of an element is in sight: its middle, and where the middle of what is in sight is; nothing lies over it
PLACE = """(() => {
    const element = %s;
    if (!element) return null;
    const r = element.getBoundingClientRect(), y = (r.top + r.bottom) / 2, at = document.elementFromPoint(r.left + 30, y);
    const sheet = innerWidth <= 1000 && document.body.classList.contains('sheet') ? innerHeight / 2 : innerHeight;
    return { y: Math.round(y), top: Math.round(r.top), middle: (barHeight() + sheet) / 2, most: sheet, seen: at !== null && (at === element || element.contains(at)) };
})()"""
ROW, LINE = "ladder.drawn.get(chosenRow)", "document.querySelector('#source-box .at')"


class Reader(Browser):
    """A browser that is given time to draw."""

    def visit(self, page, place=""):
        self.open(page, place)
        self.js(DRAWN)

    def press(self, *names):
        for name in names:
            self.key(name)
            self.js(DRAWN)

    def back(self):
        self.js(f"history.back(); {DRAWN}")
        return self.js("`${location.hash} ${chosen.n} ${line}`")


def address(reader, page):
    """An address brings what it names into the middle of what is in sight."""
    for width, height in SIZES:
        reader.look(width, height)
        reader.visit(page)
        asked = [(f"#e{n}/l{line}", LINE) for n, lines in reader.js(CALLS) for line in (lines[0], lines[len(lines) // 2], lines[-1])]
        row = reader.js("data.rows.find((r, i) => i > data.rows.length / 2 && !callOf.has(r.n) && rowOf(byNumber.get(r.n)) === r).n")
        asked += [(f"#e{row}", ROW), (f"#event-{row}", ROW)]
        for place, element in asked:
            reader.visit(page, place)
            found = reader.js(PLACE % element)
            if not found or not found["seen"] or abs(found["y"] - found["middle"]) > 40:
                yield f"{width}x{height} {place}: {found}"
        # a call: the top of its source, and the panel
        place = f"#e{reader.js(CALLS)[0][0]}"
        reader.visit(page, place)
        found = reader.js(PLACE % "document.querySelector('#source h2')")
        if not found["seen"] or found["y"] > 200:
            yield f"{width}x{height} {place}: {found}"
        if not reader.js("document.getElementById('detail').checkVisibility() && callOf.get(chosen.n) === shownCall"):
            yield f"{width}x{height} {place}: not shown"


def nowhere(reader, page):
    """An address that this run does not have is said to be none, until there is one."""
    reader.look(1280, 800)
    reader.visit(page)
    call = reader.js(CALLS)[0][0]
    for place in ("#e9999", "#e83l6294", f"#e{call}/l1", "#row-99999", "#nothing"):
        reader.visit(page, place)
        if not reader.js(f"document.getElementById('nowhere').checkVisibility() && document.getElementById('nowhere').textContent.includes('{place}')"):
            yield f"{place}: not a word"
    reader.press("ArrowDown")
    for place in ("", "#objects", f"#e{call}"):
        if reader.js("document.getElementById('nowhere').textContent"):
            yield f"before {place or 'a key'}: still said"
        reader.visit(page, place)


def back(reader, page):
    """Each step by a key or a click has its place in the history, and Back shows it as it was."""
    reader.look(1280, 800)
    reader.visit(page)
    call = reader.js(CALLS)[0][0]
    for place in ("", f"#e{call}"):
        reader.visit(page, place)
        met = [reader.js("`${location.hash} ${chosen.n} ${line}`")]
        for name in ("ArrowDown", "j", "s", "f", "o", "i", "v"):
            reader.press(name)
            now = reader.js("`${location.hash} ${chosen.n} ${line}`")
            if now != met[-1]:
                met.append(now)
        if len(met) < 6 or any(abs(int(now.split()[-2]) - int(was.split()[-2])) > 50 for was, now in zip(met, met[1:])):
            yield f"few steps: {met}"
        for was in met[-2::-1]:
            now = reader.back()
            if now != was:
                yield f"{place}: {now}, not {was}"
    # lines: by keys, and by a click
    reader.visit(page, f"#e{call}")
    met = [reader.js("`${location.hash} ${chosen.n} ${line}`")]
    for name in ("n", "n", "n", "N"):
        reader.press(name)
        met.append(reader.js("`${location.hash} ${chosen.n} ${line}`"))
    reader.click(*reader.js("(({ x, y }) => [x + 300, y + 4])(document.querySelector('#source-box .ran:not(.at)').getBoundingClientRect())"))
    reader.js(DRAWN)
    if len(set(met)) < 4 or not met[0].startswith(f"#event-{call} "):
        yield f"lines: {met}"
    for was in reversed(met):
        now = reader.back()
        if now != was:
            yield f"lines: {now}, not {was}"
    # a part's address keeps the event that was chosen at it
    reader.visit(page)
    reader.click(*reader.js("(({ x, y }) => [x + 5, y + 5])(document.querySelector('nav a[href=\"#objects\"]').getBoundingClientRect())"))
    reader.js(DRAWN)
    first = reader.js("chosen.n")
    reader.press("s")
    second = reader.js("chosen.n")
    if reader.back() != f"#objects {first} 0" or second == first:
        yield "a part's address has lost its event"
    # a key that is held down is one visit
    reader.visit(page)
    before = reader.js("history.length")
    for _ in range(20):
        reader.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowDown", windowsVirtualKeyCode=40, autoRepeat=True)
    reader.js(DRAWN)
    if reader.js("history.length") > before:
        yield "a key that is held down fills the history"
    reader.call("Input.dispatchKeyEvent", type="keyUp", key="ArrowDown", windowsVirtualKeyCode=40)
    reader.click(*reader.js("(({ x, y }) => [x + 5, y + 5])(document.querySelector('#detail .link').getBoundingClientRect())"))
    reader.js(DRAWN)
    if reader.js("history.length") != before + 1:
        yield "a click behind a key that was held down has no place in the history"


def objects(reader, page):
    """Objects begin with the event's own, and the markers are where the reader is."""
    reader.look(1280, 800)
    reader.visit(page, "#objects")
    top = reader.js("(() => { const d = [...document.querySelectorAll('#object-box details')]; return d.slice(0, 2).map((one) => data.objects.findIndex((o) => one.textContent.startsWith(`${o[0]}:`))); })()")
    if reader.js(f"[data.objects[{top[0]}][3] === chosen.pkt, data.objects[{top[1]}][2] === chosen.conn && !data.objects[{top[1]}][3]].join()") != "true,true":
        yield f"not the event's packet and socket first: {top}"
    for words in ("tcphdr.syn", "tcphdr.window", "sock.segs_out"):
        found = reader.js(PLACE % f"[...document.querySelectorAll('#object-box button.link')].find((b) => b.textContent === '{words}')")
        if not found or not 0 < found["y"] < found["most"]:
            yield f"{words}: {found}"
    if not reader.js("[...document.querySelectorAll('#object-box .table .fresh .link')].some((b) => b.textContent === `after event ${chosen.n - 1}`)"):
        yield "a store is not said to be after its event"
    reader.press("a", "s", "b")
    for box in ("#detail .marks", "#objects .marks"):
        if reader.js(f"document.querySelector('{box}').textContent.trim()") != reader.js("`A: event ${markA.n} B: event ${markB.n}`"):
            yield f"{box}: not where the markers are"


def tabs(reader, page):
    """A tab in the source is as wide as any other: what is in front of a line moves none."""
    reader.look(1280, 800)
    reader.visit(page)
    reader.visit(page, f"#e{reader.js(CALLS)[0][0]}")
    wide = reader.js("""(() => {
        const range = document.createRange(), widths = [];
        for (const row of document.querySelectorAll('#source-box .line, #detail .frame .at')) {
            const walk = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
            for (let node; (node = walk.nextNode());) {
                const tab = node.textContent.match(/^\t+(?=\S)/);
                if (!tab || !row.checkVisibility()) continue;
                range.setStart(node, 0); range.setEnd(node, tab[0].length);
                widths.push(range.getBoundingClientRect().width / tab[0].length);
                break;
            }
        }
        return widths;
    })()""")
    if len(wide) < 20 or max(wide[:20]) - min(wide[:20]) > 0.5:
        yield f"{len(wide)} lines with tabs, wide as {sorted({round(one) for one in wide})} px"


# what a reader can click: it is in sight, and nothing lies over it
LINK = """(() => {
    const found = [...document.querySelectorAll(%s)].find((b) => (%s).test(b.textContent) && b.checkVisibility());
    if (!found) return null;
    const r = [...found.getClientRects()][0], x = r.x + Math.min(r.width / 2, 20), y = r.y + r.height / 2;
    return found.contains(document.elementFromPoint(x, y)) ? [x, y] : null;
})()"""
SEEN = """(() => {
    const found = [...document.querySelectorAll(%s)].filter((b) => (%s).test(b.textContent));
    return found.some((b) => [...b.getClientRects()].some((r) => r.width > 0 && b.contains(document.elementFromPoint(r.x + Math.min(r.width / 2, 20), r.y + r.height / 2))));
})()"""
# the question; what is pressed (a key), clicked (where, which), or typed into the search that has the keyboard; what is then seen
QUESTIONS = (
    ("what changed in the client's socket between SYN and SYN-ACK",
     ("a", ("#answers tr:nth-child(2) .link", "/event/"), "b"),
     (("#between summary", "/client, connection 1: \\d+/"), ("#between td", "/sock.snd_nxt/"), ("#between td", "/sock.icsk_pending/"))),
    ("which lines ran for the SYN",
     ("/", "=tcp_rcv_state_process", ("#answers tr:nth-child(2) .link", "/event/")), (("#source-box .ran", "/conn_request\\(sk, skb\\)/"),)),
    ("and for the SYN-ACK, and in which they differ",
     ("/", "=tcp_rcv_state_process", ("#answers tr:nth-child(2) .link", "/event/"), ("#source-box p:nth-child(2) .link", "/./")),
     (("#source-box .ran.differs", "/tcp_rcv_synsent_state_process/"), ("#source-box .not.differs", "/conn_request/"))),
    ("who has set the SYN flag in the header",
     (("nav a", "/^Objects$/"), ("#object-box .link", "/^tcphdr.syn$/")), (("#history td", "/0 → 1/"), ("#history td", "/__tcp_transmit_skb/"))),
    ("the history of a field of a socket",
     (("nav a", "/^Objects$/"), ("#object-box .link", "/^sock.segs_out$/")), (("#history td", "/0 → 1/"), ("#history td", "/after event/"))),
    ("the way from connect() over the driver to accept()",
     (("nav a", "/^Layers$/"), ("#way summary", "/./")), (("#way td", "/__x64_sys_connect/"),)),
)


def questions(reader, page):
    """Each of them is answered by three real keys and clicks at most, without scrolling; what is typed is no more of them."""
    reader.look(1280, 800)
    for question, steps, wanted in QUESTIONS:
        reader.visit(page)
        for step in steps:
            if isinstance(step, tuple):
                place = reader.js(LINK % (repr(step[0]), step[1].replace("\\\\", "\\")))
                if not place:
                    yield f"{question}: {step} is not in sight"
                    break
                reader.click(*place)
                reader.js(DRAWN)
            elif step.startswith("="):
                reader.call("Input.insertText", text=step[1:])
                reader.js(DRAWN)
            else:
                reader.press(step)
        for where, what in wanted:
            if not reader.js(SEEN % (repr(where), what.replace("\\\\", "\\"))):
                yield f"{question}: {where} {what} is not seen"
        if sum(not str(step).startswith("=") for step in steps) > 3:
            yield f"{question}: {len(steps)} steps"


TESTS = {test.__name__: test for test in (address, nowhere, back, objects, tabs, questions)}


def main():
    program, page, what = sys.argv[1:]
    reader = Reader(program)
    try:
        wrong = list(TESTS[what](reader, page))
    finally:
        reader.close()
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
