# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether each question is answered on the page within three clicks or keys, without scrolling.

page.py BROWSER RUNS QUESTIONS: of each question whose lab has a run below RUNS it prints the clicks, with what they were.
Exit status: 0 each is answered so, 1 one is not.
"""

import csv
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from chromium import Browser  # noqa: E402

MOST = 3
WIDTH, HEIGHT = 1280, 900
# where the page has what a view says; of the others it has the events, and beside them what each says and means
SECTIONS = {"answers": "answers"}
# the search waits for the next letter before it looks
TYPED_MS = 200


class Reader:
    """Somebody at the page, who looks for one answer."""

    def __init__(self, browser, page, answer):
        self.browser, self.page = browser, page
        # of the C locale's words and of JavaScript's the questions use what both have
        self.answer = f"new RegExp({json.dumps(answer)})"
        with open(os.path.join(os.path.dirname(__file__), "page.js"), encoding="utf-8") as file:
            self.script = file.read() + "window.reader = reader; 0"

    def open(self):
        self.browser.open(self.page)
        self.browser.js(self.script)

    def sees(self):
        return self.browser.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
                               f".then(() => reader.says({self.answer}))")

    def click(self, element):
        place = self.browser.js(f"reader.at({element})")
        if place:
            self.browser.click(*place)
        return bool(place)

    def section(self, view):
        return self.click(f"document.querySelector('nav a[href=\"#{SECTIONS.get(view, 'ladder')}\"]')")

    def unfold(self, _):
        return self.click(f"reader.fold({self.answer})")

    def row(self, _):
        """The row of the answer's event: a reader knows which; here each that is in sight is tried."""
        rows = "[...document.querySelectorAll('#ladder-box g.row')].filter((row) => reader.at(row))"
        return any(self.click(f"{rows}[{i}]") and self.sees() for i in range(self.browser.js(f"{rows}.length")))

    def enter(self, _):
        self.browser.key("Enter")
        return True

    def search(self, words):
        if not words or not self.click("document.getElementById('search')"):
            return False
        self.browser.call("Input.insertText", text=words)
        self.browser.js(f"new Promise((done) => setTimeout(done, {TYPED_MS}))")
        return True


# each is a click or a key; what is typed into the search is no more of them
WAYS = (("section", "unfold"), ("search", "row"), ("search", "section", "row"), ("search", "enter", "enter"))


def clicks(reader, view, words):
    """Those of the first way that leads to the answer; None: none does."""
    for way in WAYS:
        reader.open()
        done = []
        for step in way[:MOST]:
            if reader.sees():
                return done
            if not getattr(reader, step)(words if step == "search" else view):
                break
            done.append(step)
        if reader.sees():
            return done
    return None


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if not row[0].startswith("#")]


def main():
    program, runs, questions = sys.argv[1:]
    browser, asked, wrong = Browser(program), 0, 0
    browser.look(WIDTH, HEIGHT)
    try:
        for lab, question, view, words, answer in rows(questions):
            page = os.path.join(runs, lab, "report.html")
            if not os.path.exists(page):
                continue
            asked += 1
            way = clicks(Reader(browser, page, answer), view, "" if words == "-" else words)
            wrong += way is None
            if way is None:
                print(f"not within {MOST}: {lab}: {question}")
            else:
                print(f"{len(way)}: {lab}: {question} ({', '.join(way) or 'as it opens'})")
    finally:
        browser.close()
    print(f"{asked - wrong} of {asked}")
    return 0 if asked and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
