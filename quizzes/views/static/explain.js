// Explain it back: write, have it read by the kernel, see which ideas were found.
function render({ model, el }) {
  const id = `fq-explain-${Math.random().toString(36).slice(2)}`;
  const text = make("textarea", { id, spellcheck: "true" });
  const status = live("fq-status");
  const found = make("div");
  const read = button("Read my text", () => model.send({ type: "read", text: text.value }), "fq-main");
  const root = make("section", { class: "fq fq-explain", "aria-label": "Explain it back" },
    make("label", { for: id, html: model.get("prompt") }), text,
    make("div", { class: "fq-actions" }, read), status, found);
  text.value = model.get("text");

  const show = () => {
    status.textContent = model.get("said");
    found.innerHTML = model.get("found");
  };
  show();
  return mount(model, el, root, { said: show, found: show });
}

export default { render };
