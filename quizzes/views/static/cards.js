// Recall cards: read the front, say the answer, turn, rate. The dates are the kernel's business.
const RATINGS = ["Again", "Hard", "Good", "Easy"];

function render({ model, el }) {
  const status = live("fq-status");
  const place = make("div");
  const root = make("section", { class: "fq", "aria-label": "Recall cards" }, status, place);

  const show = (focus) => {
    const card = model.get("card");
    status.textContent = model.get("said");
    place.replaceChildren();
    if (!card.id) return;
    const rate = (label) => button(label, () => model.send({ type: "rate", id: card.id, rating: label.toLowerCase() }));
    const turned = () => {
      const rates = RATINGS.map(rate);
      turn.remove();
      box.append(make("div", { class: "fq-back", html: card.back }),
        make("div", { class: "fq-actions", role: "group", "aria-label": "How well did it come to mind?" }, ...rates));
      rates[2].focus();
    };
    const turn = button("Turn the card", turned, "fq-main");
    const box = make("div", { class: "fq-card" }, make("div", { class: "fq-stem", html: card.front }),
      make("div", { class: "fq-actions" }, turn));
    place.append(box);
    if (focus) turn.focus();
  };
  show(false);
  return mount(model, el, root, { card: () => show(true) });
}

export default { render };
