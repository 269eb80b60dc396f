# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether all can read and use a report's page: axe-core's findings, contrast, and the keyboard alone.

access.py [--looks] BROWSER AXE PAGE…; AXE: axe.min.js, or - and the reason in the environment's NO_AXE
--looks: of many pages, without the keyboard, and each colour and language at one width
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from chromium import SHIFT, Browser, Tap  # noqa: E402

# more stops of the Tab key than a page of a lab may have
MOST_STOPS = 1500
# width, whether dark, whether Chinese
LOOKS = ((1300, False, False), (1300, True, True), (420, False, True), (420, True, False))
FEW_LOOKS = ((1300, False, False), (420, True, True))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def tabs(browser, modifiers=0):
    """From stop to stop until it comes back to where it was: how many, and what is wrong about them."""
    wrong = []
    browser.js("access.met.clear()")
    for stops in range(MOST_STOPS):
        browser.key("Tab", modifiers)
        said = browser.js("access.focus()")
        if said is None:
            return stops, wrong
        wrong += said
    return MOST_STOPS, wrong + [f"no end after {MOST_STOPS}"]


def looks(tap, browser, axe, page, which):
    """Each width, colour and language."""
    for width, dark, chinese in which:
        browser.look(width, dark=dark)
        browser.open(page)
        about = f"{width} px, {'dark' if dark else 'light'}, {'Chinese' if chinese else 'English'}"
        browser.js(("document.getElementById('language').click();" if chinese else "") +
                   # where lines and stores were recorded: a call's source, and the history of a field
                   "const call = data.calls.find((c) => c[5].length > 3 && byNumber.get(c[1]));"
                   "if (call) { choose(byNumber.get(call[1])); stepLine(1); showHistory(data.writes[0][1], data.writes[0][2]); }"
                   "document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        # lists are filled as they open, the parts below with the next picture
        browser.js("new Promise((done) => setTimeout(done, 200))")
        wide = browser.js("document.documentElement.scrollWidth")
        tap.it(f"is as wide as the window, {about}", [] if wide <= width else [f"{wide} px"])
        browser.js(read("tests/report/access.js") + "window.access = access; 0")
        if axe == "-":
            tap.skip(f"has no finding of axe-core, {about}", os.environ.get("NO_AXE", "no axe-core"))
        else:
            browser.js(read(axe) + ";0")
            tap.it(f"has no finding of axe-core, {about}", browser.js("access.axe()"))
        tap.it(f"draws no text of little contrast, {about}", browser.js("access.drawn()"))
        tap.it(f"has room for each text, {about}", browser.js("access.room()"))


def misplaced(browser):
    """What is wrong about where the page is, each part having been asked for by its address: its top lies under the bar."""
    wrong = []
    for part in browser.js("[...document.querySelectorAll('nav a[href]:not([hidden]):not(#found)')].map((a) => a.hash)"):
        # what is out of sight is laid out when it comes in sight: from the one end and from the other
        for end in ("0", "document.documentElement.scrollHeight"):
            browser.js(f"location.hash = ''; scrollTo(0, {end}); new Promise((drawn) => setTimeout(drawn, 100))")
            browser.js(f"location.hash = '{part}'; new Promise((drawn) => setTimeout(drawn, 200))")
            off = browser.js(f"document.querySelector('{part}').getBoundingClientRect().top - barHeight()")
            left = browser.js("document.documentElement.scrollHeight - innerHeight - scrollY")
            if not -1 <= off <= 12 and left > 1:
                wrong.append(f"{part} from {end}: {off:.0f} px below the bar")
    return wrong


def keyboard(tap, browser, page):
    for width in (1300, 420):
        browser.look(width)
        browser.open(page)
        tap.it(f"has each part at its address, {width} px", misplaced(browser))
        browser.open(page)
        browser.js(read("tests/report/access.js") + "window.access = access; 0")
        stops, wrong = tabs(browser)
        tap.it(f"shows where the keyboard is, at each of its stops, {width} px", wrong)
        tap.it(f"reaches all by it ({stops} stops)", browser.js("access.missed()") if stops > 30 else [f"{stops} stops"])
        tap.it("and back", tabs(browser, SHIFT)[1])
        browser.js("choose(data.rows.map((r) => byNumber.get(r.n)).find(peerOf))")
        browser.key("d")
        places = [browser.js("document.activeElement.id")]
        browser.js("document.querySelector('#detail p .link').focus()")
        was = browser.js("chosen.n")
        browser.key("Enter")
        places += [browser.js(f"chosen.n !== {was} && document.getElementById('detail').contains(document.activeElement)")]
        browser.key("Escape")
        places += [browser.js("document.activeElement.closest('#ladder-box') !== null")]
        tap.it("goes into the panel, along a link in it, and back to the ladder", [] if places == ["detail", True, True] else places)


def main():
    many = sys.argv[1] == "--looks"
    program, axe, *pages = sys.argv[2 if many else 1:]
    tap, browser = Tap(), Browser(program)
    try:
        for page in pages:
            print(f"# {page}")
            looks(tap, browser, axe, page, FEW_LOOKS if many else LOOKS)
            if not many:
                keyboard(tap, browser, page)
    finally:
        browser.close()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
