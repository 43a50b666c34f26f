// Questions in a notebook. The key never comes here: answers go to the kernel, which marks them.
const WAIT_MS = 2500;

// One input form per kind: `read` gives the answer as text, "" while there is none.
function choice(question, name) {
  const several = question.kind === "multiple";
  const rows = question.options.map((option) => {
    const id = `${name}-${option.id}`;
    const input = make("input", { type: several ? "checkbox" : "radio", name, id, value: option.id });
    const label = make("label", { for: id },
      make("span", { class: "fq-letter", "aria-hidden": "true" }, option.id.length === 1 ? option.id : ""),
      make("span", { class: "fq-text", html: option.html }));
    const note = make("div", { class: "fq-note", hidden: true });
    return make("div", { class: "fq-option", "data-option": option.id }, input, label, note);
  });
  const inputs = () => rows.map((row) => row.querySelector("input"));
  return {
    node: make("div", { class: "fq-options" }, ...rows),
    read: () => inputs().filter((input) => input.checked).map((input) => input.value).join(""),
    write: (answer) => inputs().forEach((input) => {
      input.checked = several ? answer.includes(input.value) : answer === input.value;
    }),
    lock: (locked) => inputs().forEach((input) => { input.disabled = locked; }),
    rows,
  };
}

function number(question, name) {
  // Inside a notebook, Enter in a text box does not reach the form by itself.
  const submit = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    input.form.requestSubmit();
  };
  const input = make("input", { type: "text", inputmode: "decimal", id: name, autocomplete: "off", on: { keydown: submit } });
  return {
    node: make("div", { class: "fq-number" }, make("label", { for: name }, "Your number"), input,
      make("span", { class: "fq-unit" }, question.unit)),
    read: () => input.value.trim(),
    write: (answer) => { input.value = answer; },
    lock: (locked) => { input.disabled = locked; },
    rows: [],
  };
}

function order(question, name) {
  const list = make("ol", { class: "fq-steps" });
  let touched = false;
  const move = (row, by) => {
    const rows = [...list.children];
    const to = rows.indexOf(row) + by;
    if (to < 0 || to >= rows.length) return;
    touched = true;
    if (by < 0) list.insertBefore(row, rows[to]);
    else list.insertBefore(rows[to], row);
    relabel();
  };
  const relabel = () => [...list.children].forEach((row, at) => {
    const [up, down] = row.querySelectorAll("button");
    const text = row.querySelector(".fq-text").textContent.trim();
    up.setAttribute("aria-label", `Move up step ${at + 1}: ${text}`);
    down.setAttribute("aria-label", `Move down step ${at + 1}: ${text}`);
    up.setAttribute("aria-disabled", String(at === 0));
    down.setAttribute("aria-disabled", String(at === list.children.length - 1));
  });
  for (const option of question.options) {
    const row = make("li", { class: "fq-step", "data-option": option.id });
    const act = (by) => (event) => { move(row, by); event.currentTarget.focus(); };
    row.append(make("span", { class: "fq-text", html: option.html }),
      make("span", { class: "fq-movers" }, button("↑", act(-1)), button("↓", act(1))));
    list.append(row);
  }
  relabel();
  const rows = () => [...list.children];
  return {
    node: list,
    read: () => rows().map((row) => row.dataset.option).join(""),
    write: (answer) => {
      for (const id of answer) list.append(rows().find((row) => row.dataset.option === id));
      relabel();
    },
    lock: (locked) => list.querySelectorAll("button").forEach((one) => { one.disabled = locked; }),
    rows: [],
  };
}

const FORMS = { numeric: number, order };

function questionCard(model, question, prefix) {
  const name = `${prefix}-${question.number}`;
  const form = (FORMS[question.kind] ?? choice)(question, name);
  const status = live("fq-status");
  const hint = make("div", { class: "fq-hint", hidden: true });
  const solution = make("details", { class: "fq-solution", hidden: true });
  const check = make("button", { type: "submit", class: "fq-button fq-main" }, question.commits ? "Commit to this answer" : "Check");
  const again = button("Try again", () => reset());
  const ask = button("Hint", () => model.send({ type: "hint", id: question.id }));
  let waiting = null;

  const say = (text, state = "") => { status.textContent = text; status.dataset.state = state; };
  const submit = (event) => {
    event.preventDefault();
    const answer = form.read();
    if (!answer) return say(question.kind === "numeric" ? "Write a number first." : "Choose an answer first.", "ask");
    check.disabled = true;
    say("Checking …");
    waiting = setTimeout(() => say("The kernel is busy or stopped. Your answer is marked as soon as the running cell ends; after a restart, run this cell again.", "ask"), WAIT_MS);
    model.send({ type: "answer", id: question.id, answer });
  };
  const clearNotes = () => form.rows.forEach((row) => {
    delete row.dataset.state;
    row.querySelector(".fq-note").hidden = true;
  });
  const reset = () => {
    clearNotes();
    form.lock(false);
    check.hidden = check.disabled = false;
    again.hidden = true;
    solution.hidden = true;
    say("");
    (form.node.querySelector("input, button") ?? check).focus();
  };
  const showHint = (html) => {
    hint.innerHTML = html;
    hint.hidden = !html;
    ask.hidden = Boolean(html);
  };
  const showNotes = (reply) => form.rows.forEach((row) => {
    const found = reply.notes[row.dataset.option];
    if (!found) return;
    const note = row.querySelector(".fq-note");
    note.innerHTML = found.html;
    note.hidden = false;
    row.dataset.state = found.right ? "right" : "wrong";
  });
  const showReply = (reply) => {
    clearTimeout(waiting);
    check.disabled = false;
    if (reply.problem) return say(reply.problem, "ask");
    form.write(reply.answer);
    form.lock(true);
    clearNotes();
    showNotes(reply);
    say(reply.said, reply.right ? "right" : "wrong");
    if (reply.detail) status.append(make("div", { html: reply.detail }));
    solution.innerHTML = `<summary>Worked solution</summary>${reply.solution}`;
    solution.hidden = false;
    check.hidden = true;
    again.hidden = question.commits || reply.right;
  };

  again.hidden = true;
  const legend = make("legend", {}, make("span", { class: "fq-count" }, question.title));
  const node = make("form", { class: "fq-question", on: { submit } },
    make("fieldset", {}, legend, make("div", { class: "fq-stem", html: question.stem }), form.node),
    make("div", { class: "fq-actions" }, check, again, ask), hint, status, solution);
  return { node, showReply, showHint };
}

function render({ model, el }) {
  const prefix = `fq${Math.random().toString(36).slice(2)}`;
  const root = make("section", { class: "fq" });
  const shown = {};
  let cards = {};

  const update = () => {
    const replies = model.get("replies");
    for (const [id, reply] of Object.entries(replies)) {
      const text = JSON.stringify(reply);
      if (!cards[id] || shown[id] === text) continue;
      shown[id] = text;
      if (reply.hint != null) cards[id].showHint(reply.hint);
      if (reply.answer != null || reply.problem) cards[id].showReply(reply);
    }
    root.querySelector(".fq-total").textContent = model.get("total");
  };
  const build = () => {
    cards = {};
    for (const id of Object.keys(shown)) delete shown[id];
    root.replaceChildren(make("header", { class: "fq-head" },
      make("div", { class: "fq-title", role: "heading", "aria-level": "3" }, model.get("title")),
      live("fq-total")));
    root.setAttribute("aria-label", model.get("title"));
    for (const question of model.get("paper")) {
      cards[question.id] = questionCard(model, question, prefix);
      root.append(cards[question.id].node);
    }
    if (model.get("more")) root.append(button(model.get("more"), () => model.send({ type: "more" })));
    update();
  };
  const rebuild = () => {
    build();
    root.querySelector("input, button")?.focus();
  };
  build();
  return mount(model, el, root, { replies: update, total: update, paper: rebuild });
}

export default { render };
