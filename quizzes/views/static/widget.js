// What every widget starts with: `quizzes/notebook.py` puts this text before each one's own.
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") node.innerHTML = value;
    else if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

const button = (label, act, kind = "") =>
  make("button", { type: "button", class: `fq-button ${kind}`, on: { click: act } }, label);

const live = (kind) => make("div", { class: kind, role: "status", "aria-live": "polite" });

// Show `root`, and call each act when its trait changes, until the widget is gone.
function mount(model, el, root, acts) {
  // JupyterLab's own keys (arrows, Enter, letters) must not act on the notebook from in here. Its
  // selectors match the focused element itself, so the mark has to be there, not on a parent.
  el.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
  const each = (how) => Object.entries(acts).forEach(([trait, act]) => model[how](`change:${trait}`, act));
  each("on");
  el.append(root);
  return () => each("off");
}
