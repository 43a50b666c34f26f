// Explain it back: write, have it read by the kernel, see which ideas were found.
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
  const id = `fq-explain-${Math.random().toString(36).slice(2)}`;
  const text = make("textarea", { id, spellcheck: "true" });
  const status = make("div", { class: "fq-status", role: "status", "aria-live": "polite" });
  const found = make("div", {});
  const read = () => model.send({ type: "read", text: text.value });
  const root = make("section", { class: "fq fq-explain", "aria-label": "Explain it back" },
    make("label", { for: id, html: model.get("prompt") }), text,
    make("div", { class: "fq-actions" },
      make("button", { type: "button", class: "fq-button fq-main", click: read }, "Read my text")),
    status, found);
  text.value = model.get("text");

  const show = () => {
    status.textContent = model.get("said");
    found.innerHTML = model.get("found");
  };
  model.on("change:said change:found", show);
  show();
  el.append(root);
  return () => model.off("change:said change:found", show);
}

export default { render };
