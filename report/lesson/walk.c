// SPDX-License-Identifier: GPL-2.0-or-later
// A lesson's session: predict, look, answer.
#include "lesson/lesson.h"
#include "base/i18n.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

/* Where a session goes on. */
enum onward {
	NEXT,
	BACK,
	LEAVE
};

/* ---- words on the terminal ---- */

/* A text as paragraphs of the terminal's width, each line behind $before. */
static void put_text(const struct walk *w, const char *before, const char *text)
{
	struct str safe = { 0 };
	const char *next;

	text_safe(&safe, text, w->style->utf8);
	for (const char *p = str_text(&safe); *p; p = next) {
		size_t len = text_wrap(p, w->style->width - text_width(before) - 1, &next);

		fprintf(w->out, "%s%.*s\n", before, (int)len, p);
	}
	str_free(&safe);
}

static void put_texts(const struct walk *w, const char *before, const struct texts *list)
{
	for (size_t i = 0; i < list->n; i++)
		put_text(w, before, _(list->v[i]));
}

static void put_in(const struct walk *w, enum color color, const char *text)
{
	fputs(color_on(w->style, color), w->out);
	put_text(w, "", text);
	fputs(color_on(w->style, PLAIN), w->out);
}

/* What is typed behind the prompt, without the space around it; NULL at the end of all typing. The caller frees it. */
static char *typed(const struct walk *w, const char *prompt)
{
	char *line = NULL, *words;
	size_t size = 0;
	ssize_t len;

	fprintf(w->out, "%s%s> %s", color_on(w->style, BOLD), prompt, color_on(w->style, PLAIN));
	fflush(w->out);
	len = getline(&line, &size, w->in);
	if (len < 0) {
		fputc('\n', w->out);
		free(line);
		return NULL;
	}
	while (len && strchr(" \t\r\n", line[len - 1]))
		line[--len] = '\0';
	words = xstrdup(line + strspn(line, " \t"));
	free(line);
	return words;
}

/* ---- looking ---- */

/* Shows a view, by this program itself. */
static void show(const struct walk *w, const char *look)
{
	wordexp_t words = { .we_offs = 2 };
	pid_t child;

	fprintf(w->out, "%s$ build/ktreport show %s %s%s\n", color_on(w->style, DIM), look,
		w->trace->folder, color_on(w->style, PLAIN));
	fflush(w->out);
	if (wordexp(look, &words, WRDE_DOOFFS | WRDE_NOCMD | WRDE_UNDEF) != 0)
		return;
	child = fork();
	if (child == 0) {
		VEC(char *) arguments = { 0 };

		*vec_add(&arguments) = "ktreport";
		*vec_add(&arguments) = "show";
		for (size_t i = 0; i < words.we_wordc; i++)
			*vec_add(&arguments) = words.we_wordv[i + words.we_offs];
		*vec_add(&arguments) = w->trace->folder;
		if (i18n_is_chinese())
			*vec_add(&arguments) = "--zh";
		*vec_add(&arguments) = NULL;
		execv("/proc/self/exe", arguments.v);
		_exit(127);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
	wordfree(&words);
}

/* Where else one may look: the page, and GDB. */
static void offer(const struct walk *w, const struct step *step)
{
	const struct event *ev;

	if (!step->event_n)
		return;
	ev = &w->trace->events.v[step->event_n - 1];
	fprintf(w->out, "  %s/report.html#event-%lld\n", w->trace->folder, (long long)ev->n);
	if (event_int(ev, "icount", 0))
		fprintf(w->out, "  make debug FROM=%s EVENT=%lld\n", w->trace->folder,
			(long long)ev->n);
}

/* ---- one step ---- */

static bool is_choice(const struct step *step, const char *words)
{
	if (!step->choices.n)
		return true;
	for (size_t i = 0; i < step->choices.n; i++)
		if (strcasecmp(step->choices.v[i], words) == 0)
			return true;
	return false;
}

static void put_question(const struct walk *w, const struct step *step)
{
	struct str question = { 0 };

	str_add(&question, _(step->ask));
	for (size_t i = 0; i < step->choices.n; i++)
		str_addf(&question, "%s%s", i ? " | " : "  [", step->choices.v[i]);
	str_add(&question, step->choices.n ? "]" : "");
	put_in(w, BOLD, str_text(&question));
	str_free(&question);
}

/* A sentence with a word of somebody else's in it. */
static void put_with(const struct walk *w, enum color color, const char *format, const char *word)
{
	char *sentence = xasprintf(format, word);

	put_in(w, color, sentence);
	free(sentence);
}

static void put_right(const struct walk *w, const struct step *step, const struct said *said)
{
	if (text_is(said->verdict, "shown"))
		put_with(w, YELLOW, _("The run says: %s"), step->answer);
	else
		put_with(w, GREEN, _("Right: %s"), step->answer);
	if (said->prediction && lesson_right(step, said->prediction))
		put_text(w, "", _("As you predicted."));
	else if (said->prediction)
		put_with(w, PLAIN, _("You had predicted: %s"), said->prediction);
	if (step->right)
		put_text(w, "", _(step->right));
}

static void put_hint(const struct walk *w, const struct step *step, size_t *hint)
{
	if (*hint == step->hints.n) {
		put_text(w, "  ", _("No more hints; ! tells the answer."));
		return;
	}
	put_text(w, "  ", _(step->hints.v[*hint]));
	++*hint;
}

static void put_look(const struct walk *w, const struct step *step, size_t *look)
{
	if (*look < step->look.n)
		show(w, step->look.v[(*look)++]);
	else
		put_text(w, "  ", _("Nothing more to look at; ? gives a hint."));
}

static void judge(const struct walk *w, const struct step *step, struct said *said,
		  const char *words)
{
	if (!is_choice(step, words)) {
		put_text(w, "  ", _("It is one of those in brackets."));
		return;
	}
	said->tries++;
	free(said->answer);
	said->answer = xstrdup(words);
	if (lesson_right(step, words))
		said->verdict = "right";
	else
		put_in(w, RED, _("That is not what the run says. Enter looks, ? gives a hint."));
}

/* Answers are asked for until one is right, or shown. */
static enum onward ask(const struct walk *w, const struct step *step, struct said *said)
{
	size_t look = 0, hint = 0;
	char *words;

	while (text_is(said->verdict, "open") && (words = typed(w, _("answer")))) {
		char first = words[0] && !words[1] ? words[0] : '\0';

		if (!*words)
			put_look(w, step, &look);
		else if (first == '?')
			put_hint(w, step, &hint);
		else if (first == '!')
			said->verdict = "shown";
		else if (first == '-' || first == 'q') {
			free(words);
			return first == '-' ? BACK : LEAVE;
		} else
			judge(w, step, said, words);
		free(words);
	}
	return text_is(said->verdict, "open") ? LEAVE : NEXT;
}

/* A prediction is made once, before looking; Enter makes none. */
static enum onward predict(const struct walk *w, struct said *said)
{
	enum onward onward = NEXT;
	char *words;

	if (said->prediction || said->tries)
		return NEXT;
	words = typed(w, _("prediction"));
	if (!words || text_is(words, "q"))
		onward = LEAVE;
	else if (text_is(words, "-"))
		onward = BACK;
	else if (words[0] && (words[1] || (words[0] != '?' && words[0] != '!')))
		said->prediction = xstrdup(words);
	free(words);
	return onward;
}

static enum onward take_step(const struct walk *w, size_t i, struct said *said)
{
	const struct step *step = &w->lesson->steps.v[i];
	char *title = xasprintf("%zu/%zu  %s", i + 1, w->lesson->steps.n, _(step->title));
	enum onward onward;

	fputc('\n', w->out);
	put_in(w, CYAN, title);
	free(title);
	if (!step->answer) {
		put_text(w, "", _("This run does not show it: another kernel, or other points."));
		said->verdict = "none";
		return NEXT;
	}
	put_texts(w, "", &step->say);
	put_question(w, step);
	onward = predict(w, said);
	if (onward != NEXT)
		return onward;
	offer(w, step);
	onward = ask(w, step, said);
	if (onward == NEXT)
		put_right(w, step, said);
	return onward;
}

/* ---- the whole ---- */

static void put_sum(const struct walk *w, const struct said *said)
{
	size_t right = 0, predicted = 0, n = 0;

	for (size_t i = 0; i < w->lesson->steps.n; i++) {
		n += w->lesson->steps.v[i].answer != NULL;
		right += text_is(said[i].verdict, "right");
		predicted += said[i].prediction &&
			     lesson_right(&w->lesson->steps.v[i], said[i].prediction);
	}
	fprintf(w->out, _("\n%zu of %zu answered, %zu predicted; kept in %s\n"), right, n,
		predicted, w->answers);
}

/* The first step from here on that is open; all are answered: the number of steps. */
static size_t open_step(const struct walk *w, const struct said *said, size_t i)
{
	while (i < w->lesson->steps.n && !text_is(said[i].verdict, "open"))
		i++;
	return i;
}

bool lesson_walk(const struct walk *w)
{
	struct said *said = answers_read(w->lesson, w->answers);
	size_t i = open_step(w, said, 0);
	enum onward onward = NEXT;
	bool kept = true;

	put_text(w, "",
		 _("Predict, look, answer: the run knows what is right. Enter looks, ? gives a "
		   "hint, ! tells the answer, - goes back, q leaves."));
	while (onward != LEAVE && kept && i < w->lesson->steps.n) {
		onward = take_step(w, i, &said[i]);
		kept = answers_write(w->lesson, said, w->answers);
		if (onward == BACK && i)
			said[--i].verdict = "open";
		else if (onward == NEXT)
			i = open_step(w, said, i + 1);
	}
	if (kept)
		put_sum(w, said);
	answers_free(w->lesson, said);
	return kept;
}
