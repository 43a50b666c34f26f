// Recall cards: read the front, say the answer, turn, rate. The dates are the kernel's business.
const RATINGS = [
  ["again", "Again"],
  ["hard", "Hard"],
  ["good", "Good"],
  ["easy", "Easy"],
];

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") node.innerHTML = value;
    else if (name === "click") node.addEventListener("click", value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function render({ model, el }) {
  // JupyterLab's keys must not act on the notebook from in here (see quiz.js).
  el.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
  const root = make("section", { class: "fq", "aria-label": "Recall cards" });
  const status = make("div", { class: "fq-status", role: "status", "aria-live": "polite" });
  const place = make("div", {});
  root.append(status, place);

  const show = (focus) => {
    const card = model.get("card");
    status.textContent = model.get("said");
    place.replaceChildren();
    if (!card.id) return;
    const box = make("div", { class: "fq-card" }, make("div", { class: "fq-stem", html: card.front }));
    const turn = make("button", { type: "button", class: "fq-button fq-main", click: () => turned() }, "Turn the card");
    const turned = () => {
      turn.remove();
      box.append(make("div", { class: "fq-back", html: card.back }));
      const rate = RATINGS.map(([name, label]) =>
        make("button", { type: "button", class: "fq-button", click: () => model.send({ type: "rate", id: card.id, rating: name }) }, label));
      const row = make("div", { class: "fq-actions", role: "group", "aria-label": "How well did it come to mind?" }, ...rate);
      box.append(row);
      rate[2].focus();
    };
    box.append(make("div", { class: "fq-actions" }, turn));
    place.append(box);
    if (focus) turn.focus();
  };
  const again = () => show(true);
  model.on("change:card", again);
  show(false);
  el.append(root);
  return () => model.off("change:card", again);
}

export default { render };
