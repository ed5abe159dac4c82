// One panel: its elements are made once and then only moved, so that nothing flickers.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 40, right: 12, top: 8, bottom: 20 };
const FOCUSED = ["button", "input", "select", "summary"];
const BANDS = [[0, 6], [1, 5], [2, 4]];

function make(tag, attributes = {}, parent = null) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  // Lab's own keys (arrows, Enter, z) would win over those of what has the focus, unless it says this.
  if (FOCUSED.includes(tag) || "tabindex" in attributes) node.setAttribute("data-lm-suppress-shortcuts", "");
  parent?.append(node);
  return node;
}

function draw(tag, attributes, parent) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent?.append(node);
  return node;
}

// What has not changed is not written: the browser would style and paint it again.
function setText(node, text) {
  if (node.said !== text) node.textContent = node.said = text;
}

function put(node, name, value) {
  const key = `had ${name}`;
  if (node[key] === value) return;
  node[key] = value;
  node.setAttribute(name, value);
}

// As the kernel prints numbers: thousands commas, a true minus, never minus zero.
function printed(value, decimals) {
  const fixed = Math.abs(value).toFixed(decimals);
  const [whole, rest] = fixed.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
  return (value < 0 && Number(fixed) !== 0 ? "−" : "") + grouped;
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

function ticksOf(low, high, count) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= raw - 1e-12);
  const first = Math.ceil(low / step - 1e-9);
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (Math.abs(step / power - 2.5) < 1e-9 ? 1 : 0));
  const ticks = [];
  for (let one = first; one * step <= high + 1e-9 * step; one += 1) ticks.push(one * step);
  return { ticks, places };
}

function starPath(x, y, size) {
  const points = [];
  for (let corner = 0; corner < 10; corner += 1) {
    const radius = corner % 2 ? size * 0.45 : size;
    const angle = (Math.PI * corner) / 5 - Math.PI / 2;
    points.push(`${(x + radius * Math.cos(angle)).toFixed(1)},${(y + radius * Math.sin(angle)).toFixed(1)}`);
  }
  return `M${points.join("L")}Z`;
}

// Status is told by shape as well as by colour, as in the printed charts.
function markPath(mark, x, y, size) {
  const [r, f] = [size, (value) => value.toFixed(1)];
  if (mark === "lower") return `M${f(x)},${f(y - r)}L${f(x + r)},${f(y + r)}L${f(x - r)},${f(y + r)}Z`;
  if (mark === "unverified") {
    return `M${f(x - r)},${f(y - r)}L${f(x + r)},${f(y + r)}M${f(x + r)},${f(y - r)}L${f(x - r)},${f(y + r)}`;
  }
  if (mark === "comparable") return `M${f(x)},${f(y - r)}L${f(x + r)},${f(y)}L${f(x)},${f(y + r)}L${f(x - r)},${f(y)}Z`;
  if (mark === "chained") return `M${f(x - r)},${f(y - r)}h${f(2 * r)}v${f(2 * r)}h${f(-2 * r)}Z`;
  return `M${f(x - r)},${f(y)}a${r},${r} 0 1 0 ${f(2 * r)},0a${r},${r} 0 1 0 ${f(-2 * r)},0`;
}

class Chart {
  constructor(parent, panel, words, open) {
    this.panel = panel;
    this.words = words;
    this.size = { width: 0, height: 0 };
    this.root = make("div", { class: "x-panel", "data-panel": panel.kpi }, parent);
    this.button = make("button", { type: "button", class: "x-open", "aria-expanded": "false" }, this.root);
    this.button.setAttribute("aria-label", filled(words.large, { title: panel.title }));
    make("span", { class: "x-open-title", text: panel.title }, this.button);
    make("span", { class: "x-unit", text: panel.unit }, this.button);
    this.verdict = make("span", { class: "x-mark" }, this.button);
    this.plot = make("div", { class: "x-plot" }, this.root);
    this.tip = make("div", { class: "x-tip", hidden: "" }, this.plot);
    this.svg = draw("svg", { role: "img" }, this.plot);
    const id = `x-${Math.random().toString(36).slice(2)}`;
    setText(draw("title", { id: `${id}-t` }, this.svg), panel.long);
    this.desc = draw("desc", { id: `${id}-d` }, this.svg);
    this.svg.setAttribute("aria-labelledby", `${id}-t`);
    this.svg.setAttribute("aria-describedby", `${id}-d`);
    this.axes = draw("g", { class: "x-axes" }, this.svg);
    this.fans = BANDS.map((_, index) => draw("path", { class: `x-band x-band-${index}` }, this.svg));
    this.path = draw("path", { class: "x-line x-path" }, this.svg);
    this.held = draw("path", { class: "x-line x-held" }, this.svg);
    this.line = draw("path", { class: "x-line x-now" }, this.svg);
    this.stars = draw("path", { class: "x-star" }, this.svg);
    this.marks = draw("g", {}, this.svg);
    this.cursor = draw("line", { class: "x-cursor", visibility: "hidden" }, this.svg);
    this.button.addEventListener("click", () => open(this));
    this.plot.addEventListener("click", () => open(this));
    this.plot.addEventListener("pointermove", (event) => this.hover(this.yearAt(event)));
    this.plot.addEventListener("pointerleave", () => this.hover(null));
    this.button.addEventListener("blur", () => this.hover(null));
    this.button.addEventListener("keydown", (event) => this.keyed(event));
  }

  keyed(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !this.data) return;
    event.preventDefault();
    const from = this.year ?? this.data.last - by;
    this.hover(Math.min(this.data.last, Math.max(this.firstYear, from + by)));
  }

  resize() {
    const box = this.plot.getBoundingClientRect();
    const [width, height] = [Math.round(box.width), Math.round(box.height)];
    if (width === this.size.width && height === this.size.height) return;
    this.size = { width, height };
    this.axesKey = "";
    if (this.data) this.show(this.data);
  }

  // data: first, last, line, known, path, held, bands (quantiles), stale
  show(data) {
    this.data = data;
    const { width, height } = this.size;
    if (!width || !height) return;
    const { panel } = this;
    const outturns = panel.outturns.filter((one) => one.year <= data.last);
    this.firstYear = Math.min(data.first, ...outturns.map((one) => one.year));
    const targets = panel.targets.filter((one) => one.year <= data.last);
    const every = [
      ...data.line, ...(data.path ?? []), ...(data.held ?? []), ...(data.bands ? data.bands.flat() : []),
      ...outturns.map((one) => one.value), ...targets.map((one) => one.value),
    ].filter((one) => one !== null);
    const [least, most] = [Math.min(...every), Math.max(...every)];
    const low = least >= 0 && least < 0.5 * most ? 0 : least - 0.25 * (most - least || 1);
    const high = most + 0.08 * (most - Math.min(low, most));
    const x = (year) =>
      MARGIN.left + ((year - this.firstYear + 0.3) / (data.last - this.firstYear + 0.6)) * (width - MARGIN.left - MARGIN.right);
    const y = (value) => height - MARGIN.bottom - ((value - low) / (high - low)) * (height - MARGIN.top - MARGIN.bottom);
    this.scale = { x, y };
    this.drawAxes(low, high, width, height, x, y);
    const lineOf = (values) => {
      let text = "";
      let pen = "M";
      (values ?? []).forEach((value, index) => {
        if (value === null) return;
        text += `${pen}${x(data.first + index).toFixed(1)},${y(value).toFixed(1)}`;
        pen = "L";
      });
      return text;
    };
    put(this.line, "d", lineOf(data.line));
    put(this.path, "d", lineOf(data.path));
    put(this.held, "d", lineOf(data.held));
    BANDS.forEach(([from, to], index) => {
      let text = "";
      if (data.bands) {
        const start = Math.max(0, data.known - data.first);
        const point = (values) => (_, place) =>
          `${x(data.first + start + place).toFixed(1)},${y(values[start + place]).toFixed(1)}`;
        const upper = data.bands[to].slice(start).map(point(data.bands[to]));
        const lower = data.bands[from].slice(start).map(point(data.bands[from])).reverse();
        text = `M${[...upper, ...lower].join("L")}Z`;
      }
      put(this.fans[index], "d", text);
      put(this.fans[index], "class", `x-band x-band-${index}${data.stale ? " x-stale" : ""}`);
    });
    const large = this.root.classList.contains("x-large");
    put(this.stars, "d", targets.map((one) => starPath(x(one.year), y(one.value), large ? 10 : 7)).join(""));
    outturns.forEach((one, index) => {
      const mark = this.marks.children[index] ?? draw("path", {}, this.marks);
      put(mark, "class", `x-outturn x-outturn-${one.mark}`);
      put(mark, "d", markPath(one.mark, x(one.year), y(one.value), large ? 4 : 2.6));
    });
    while (this.marks.children.length > outturns.length) this.marks.lastChild.remove();
    if (this.year !== undefined && this.year !== null) this.hover(this.year);
  }

  describe(row) {
    if (!row) return;
    setText(this.desc, row.said);
    setText(this.verdict, { met: "✓", nearly: "≈", missed: "✗" }[row.key] ?? "?");
    put(this.verdict, "class", `x-mark x-${row.key}`);
  }

  drawAxes(low, high, width, height, x, y) {
    const key = [low, high, width, height, this.firstYear, this.data.last].join(" ");
    if (key === this.axesKey) return;
    this.axesKey = key;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const parts = [];
    const { ticks, places } = ticksOf(low, high, height > 260 ? 7 : 4);
    // By so many places the unit that is shown moves the decimal point.
    const { shift } = this.panel;
    for (const tick of ticks) {
      const at = y(tick).toFixed(1);
      parts.push(`<line class="x-grid" x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${at}" y2="${at}"/>`);
      const text = printed(tick * 10 ** shift, Math.max(0, places - shift));
      // Where thousands are not parted in print, they are not here, and take less room.
      const shown = shift ? text.replaceAll(",", "") : text;
      parts.push(`<text class="x-tick" x="${MARGIN.left - 5}" y="${at}" dy="0.32em" text-anchor="end">${shown}</text>`);
    }
    const room = (width - MARGIN.left - MARGIN.right) / 36;
    const span = this.data.last - this.firstYear + 1;
    const step = [1, 2, 5, 10, 20].find((one) => span / one <= room) ?? 20;
    for (let year = this.data.last; year >= this.firstYear; year -= step) {
      parts.push(`<text class="x-tick" x="${x(year).toFixed(1)}" y="${height - 5}" text-anchor="middle">${year}</text>`);
    }
    this.axes.innerHTML = parts.join("");
  }

  yearAt(event) {
    if (!this.data || !this.scale) return null;
    const box = this.plot.getBoundingClientRect();
    const share = (event.clientX - box.left - MARGIN.left) / (box.width - MARGIN.left - MARGIN.right);
    const span = this.data.last - this.firstYear + 0.6;
    const year = Math.round(this.firstYear - 0.3 + share * span);
    return Math.min(this.data.last, Math.max(this.firstYear, year));
  }

  hover(year) {
    this.year = year;
    this.tip.hidden = year === null;
    this.cursor.setAttribute("visibility", year === null ? "hidden" : "visible");
    if (year === null) return;
    const { data, panel } = this;
    const at = year - data.first;
    const print = (value) => printed(value * 10 ** panel.shift, panel.decimals);
    const rows = [String(year)];
    if (at >= 0 && data.line[at] !== null) rows.push(`${data.title}: ${print(data.line[at])}`);
    if (at >= 0 && data.bands && !data.stale && year > data.known) {
      rows.push(`90 %: ${print(data.bands[0][at])} – ${print(data.bands[6][at])}`);
    }
    if (at >= 0 && data.held?.[at] != null) rows.push(`${data.heldTitle}: ${print(data.held[at])}`);
    if (at >= 0 && data.path?.[at] != null) rows.push(`${data.pathTitle}: ${print(data.path[at])}`);
    for (const aim of panel.targets) if (aim.year === year) rows.push(`${this.words.target}: ${aim.text}`);
    for (const one of panel.outturns) if (one.year === year) rows.push(one.text);
    this.tip.replaceChildren(...rows.map((text) => make("div", { text })));
    const x = this.scale.x(year);
    for (const end of ["x1", "x2"]) this.cursor.setAttribute(end, x.toFixed(1));
    this.cursor.setAttribute("y1", MARGIN.top);
    this.cursor.setAttribute("y2", this.size.height - MARGIN.bottom);
    const left = x < this.size.width / 2;
    this.tip.style.left = left ? `${x + 8}px` : "auto";
    this.tip.style.right = left ? "auto" : `${this.size.width - x + 8}px`;
  }
}
