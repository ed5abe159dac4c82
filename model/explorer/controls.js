// The controls: native inputs, generated from what the kernel describes. They hold no value of their own:
// what stands in them is what the kernel has, but for the one that is being moved.

const HELD_KEY = 700;

class Controls {
  constructor(parent, words, send) {
    this.words = words;
    this.send = send;
    this.rows = new Map();
    this.parent = parent;
    this.gesture = 0;
    this.lastKey = { id: "", time: 0 };
    this.open = new Set();
  }

  // A new structure (another curve, another shock): only the groups that changed are built anew.
  build(groups) {
    const wanted = JSON.stringify(groups.map((one) => one.id));
    if (wanted !== this.order) {
      this.order = wanted;
      this.parent.replaceChildren();
      this.rows.clear();
      this.built = new Map();
      this.boxes = new Map();
      for (const group of groups) this.boxes.set(group.id, make("section", { class: "x-group" }, this.parent));
    }
    const focused = document.activeElement?.closest?.("[data-control]")?.dataset.control;
    for (const group of groups) {
      const key = JSON.stringify(group);
      if (this.built.get(group.id) === key) continue;
      this.built.set(group.id, key);
      this.group(group, this.boxes.get(group.id));
    }
    if (focused && this.rows.has(focused) && !this.parent.contains(document.activeElement)) {
      this.rows.get(focused).first.focus();
    }
  }

  group(group, box) {
    for (const [id, row] of this.rows) if (row.group === group.id) this.rows.delete(id);
    box.replaceChildren();
    box.setAttribute("aria-label", group.title);
    make("h4", { text: group.title }, box);
    const main = group.controls.filter((one) => one.main);
    const rest = group.controls.filter((one) => !one.main);
    for (const one of main) this.row(group, one, box);
    if (!rest.length) return;
    const fold = make("details", {}, box);
    if (this.open.has(group.id)) fold.open = true;
    fold.addEventListener("toggle", () => this.open[fold.open ? "add" : "delete"](group.id));
    const summary = make("summary", { text: this.words.more }, fold);
    summary.setAttribute("aria-label", `${group.title}: ${this.words.more}`);
    for (const one of rest) this.row(group, one, fold);
  }

  row(group, one, parent) {
    const name = `${group.title}: ${one.label}`;
    const box = make("div", { class: `x-control x-${one.kind}`, "data-control": one.id }, parent);
    make("span", { class: "x-label", text: one.label }, box);
    const row = { one, group: group.id, box, name };
    if (one.kind === "number") this.number(row);
    else if (one.kind === "choice") this.choice(row);
    else this.flag(row);
    const base = one.baseline ? filled(this.words.baseline, { value: one.baseline }) : "";
    make("span", { class: "x-base", text: [one.again, base].filter(Boolean).join("; ") }, box);
    row.reset = make("button", { type: "button", class: "x-reset", text: "↺", "aria-label": `${this.words.reset}: ${name}` }, box);
    row.reset.title = `${this.words.reset}: ${one.text || this.words.as_planned} ${one.unit}`.trim();
    row.reset.addEventListener("click", () => this.send({ do: "reset", control: one.id }));
    row.problem = make("div", { class: "x-problem", role: "alert", id: `x-problem-${one.id}` }, box);
    this.rows.set(one.id, row);
  }

  number(row) {
    const { one, box, name } = row;
    row.range = make("input", { type: "range", min: one.low, max: one.high, step: one.step, "aria-label": name }, box);
    const field = make("span", { class: "x-field" }, box);
    row.text = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `${name} (${one.unit || "…"})` }, field);
    make("span", { class: "x-unit", text: one.unit }, field);
    row.first = row.range;
    row.range.addEventListener("pointerdown", () => { this.gesture += 1; this.dragging = one.id; });
    row.range.addEventListener("input", () => {
      const now = performance.now();
      const held = this.lastKey.id === one.id && now - this.lastKey.time < HELD_KEY;
      if (this.dragging !== one.id && !held) this.gesture += 1;
      this.lastKey = { id: one.id, time: now };
      row.moving = true;
      this.send({ do: "set", control: one.id, value: Number(row.range.value), gesture: `${one.id} ${this.gesture}` });
    });
    row.range.addEventListener("change", () => { this.dragging = null; });
    // What is being typed is left alone until it is done, whatever arrives meanwhile; Escape gives it up.
    row.text.addEventListener("input", () => { row.typing = true; });
    const done = () => {
      if (!row.typing) return;
      row.typing = false;
      row.moving = true;
      this.send({ do: "set", control: one.id, value: row.text.value });
    };
    row.text.addEventListener("change", done);
    row.text.addEventListener("keydown", (event) => {
      // Inside Lab Enter alone makes no change event.
      if (event.key === "Enter") done();
      if (event.key !== "Escape") return;
      row.typing = false;
      row.text.value = row.said;
    });
  }

  choice(row) {
    const { one, box, name } = row;
    row.select = make("select", { "aria-label": name }, box);
    for (const [value, title] of one.options) make("option", { value, text: title }, row.select);
    row.first = row.select;
    row.select.addEventListener("change", () => this.send({ do: "set", control: one.id, value: row.select.value }));
  }

  flag(row) {
    const { one, box, name } = row;
    row.check = make("input", { type: "checkbox", "aria-label": name }, box);
    row.first = row.check;
    row.check.addEventListener("change", () => this.send({ do: "set", control: one.id, value: row.check.checked }));
  }

  // busy: a newer value than the kernel's is on its way, so the one being moved is left alone.
  update(values, problems, busy) {
    for (const [id, row] of this.rows) {
      const { one } = row;
      const moved = values[id];
      const problem = problems[id] ?? "";
      const key = `${problem} ${moved?.value} ${moved?.text}`;
      if (row.key === key && !row.moving) continue;
      row.key = busy && row.moving ? "" : key;
      setText(row.problem, problem);
      row.box.classList.toggle("x-moved", Boolean(moved));
      row.reset.disabled = !moved && !problem;
      for (const input of [row.text, row.range, row.select]) {
        if (!input) continue;
        if (problem) {
          input.setAttribute("aria-invalid", "true");
          input.setAttribute("aria-describedby", row.problem.id);
        } else {
          input.removeAttribute("aria-invalid");
          input.removeAttribute("aria-describedby");
        }
      }
      if (busy && row.moving) continue;
      row.moving = false;
      if (row.select) {
        const value = String(moved ? moved.value : one.start);
        if (row.select.value !== value) row.select.value = value;
      } else if (row.check) {
        row.check.checked = moved ? moved.value : one.start;
      } else {
        this.updateNumber(row, moved, problem);
      }
    }
  }

  updateNumber(row, moved, problem) {
    const { one } = row;
    const value = moved ? moved.value : one.start ?? one.rest;
    const text = moved ? moved.text : one.text;
    // What was typed and refused stays to be mended.
    row.said = text;
    if (!problem && !row.typing && row.text.value !== text) row.text.value = text;
    row.text.placeholder = one.start === null ? this.words.as_planned : "";
    const [low, high] = [Math.min(one.low, value), Math.max(one.high, value)];
    if (Number(row.range.min) !== low) row.range.min = low;
    if (Number(row.range.max) !== high) row.range.max = high;
    if (document.activeElement !== row.range || Math.abs(Number(row.range.value) - value) > one.step * 0.6) {
      row.range.value = value;
    }
    row.range.setAttribute("aria-valuetext", `${text || this.words.as_planned} ${one.unit}`.trim());
  }
}
