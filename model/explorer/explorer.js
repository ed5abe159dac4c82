// The whole: bar, controls, panels, verdicts. Commands go to the kernel one at a time, the newest value only.

const REST = 180;
const LOST = 8000;
const CUT = 1500;

class Link {
  constructor(model, changed) {
    this.model = model;
    this.queue = [];
    this.seq = 0;
    this.changed = changed;
  }

  send(message) {
    const last = this.queue.at(-1);
    const same = last && last.do === "set" && message.do === "set" && last.control === message.control;
    if (same) this.queue.pop();
    this.queue.push(message);
    this.next();
  }

  get busy() {
    return this.queue.length > 0 || Boolean(this.flying);
  }

  next() {
    if (this.flying || !this.queue.length) return;
    this.seq += 1;
    this.flying = this.seq;
    this.model.send({ ...this.queue.shift(), seq: this.seq });
    clearTimeout(this.timer);
    // An answer that never comes (a kernel that was restarted) must not block the hand for ever.
    this.timer = setTimeout(() => this.arrived(this.flying), LOST);
  }

  arrived(seq) {
    if (seq !== this.flying) return;
    clearTimeout(this.timer);
    this.flying = 0;
    this.next();
  }
}

function bar(root, model, words, send) {
  const box = make("div", { class: "x-bar", role: "toolbar", "aria-label": words.title }, root);
  const field = (title, tag, attributes = {}) => {
    const label = make("label", { class: "x-item" }, box);
    make("span", { text: title }, label);
    return make(tag, attributes, label);
  };
  const button = (name, act, parent = box) => {
    const node = make("button", { type: "button", "data-action": name, text: words[name] }, parent);
    node.addEventListener("click", act);
    return node;
  };
  const nodes = { problem: null };
  nodes.preset = field(words.preset, "select", { "data-action": "preset" });
  nodes.preset.addEventListener("change", () => send({ do: "preset", value: nodes.preset.value }));
  nodes.undo = button("undo", () => send({ do: "undo" }));
  nodes.redo = button("redo", () => send({ do: "redo" }));
  button("reset_all", () => send({ do: "reset_all" }));
  nodes.compare = field(words.compare, "select", { "data-action": "compare" });
  nodes.compare.addEventListener("change", () => send({ do: "pin", value: nodes.compare.value }));
  button("pin", () => send({ do: "pin", value: "now" }));
  nodes.kpi = field(words.seek, "select", { "data-action": "seek-kpi" });
  button("find", () => send({ do: "seek", value: nodes.kpi.value, at: "seek" }));
  nodes.name = field(words.name, "input", { type: "text", value: words.first_name, "data-action": "name" });
  nodes.folder = field(words.folder, "input", { type: "text", "data-action": "folder" });
  nodes.folder.closest("label").hidden = !model.get("in_lab");
  const file = () => ({ name: nodes.name.value, folder: nodes.folder.value, at: "file" });
  button("save", () => send({ do: "save", ...file() }));
  nodes.file = make("input", { type: "file", accept: ".yaml,.yml", "data-action": "file", hidden: "", "aria-label": words.load }, box);
  nodes.file.addEventListener("change", async () => {
    const [chosen] = nodes.file.files;
    if (chosen) send({ do: "load", name: chosen.name, text: await chosen.text(), at: "file" });
    nodes.file.value = "";
  });
  button("load", () => nodes.file.click());
  button("csv", () => send({ do: "csv", ...file() }));
  nodes.report = button("report", () => send({ do: "report", ...file() }));
  nodes.cancel = button("cancel", () => send({ do: "cancel" }));
  nodes.progress = make("progress", { "aria-label": words.report, max: 1, value: 0 }, box);
  nodes.status = make("span", { class: "x-status", role: "status" }, box);
  nodes.problem = make("div", { class: "x-problem", role: "alert" }, box);
  return nodes;
}

function options(select, pairs, value) {
  const key = JSON.stringify(pairs);
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    select.replaceChildren(...pairs.map(([one, text]) => make("option", { value: one, text })));
  }
  if (select.value !== value && value !== undefined) select.value = value;
}

function table(parent, words) {
  const whole = make("table", { class: "x-table" }, parent);
  const caption = make("caption", { text: words.verdicts }, whole);
  const head = make("tr", {}, make("thead", {}, whole));
  for (const title of words.columns) make("th", { scope: "col", text: title }, head);
  const body = make("tbody", {}, whole);
  return (rows, together, stale) => {
    // Probabilities are of the last ensemble until the next one is drawn, and paler.
    whole.classList.toggle("x-waiting", stale);
    setText(caption, together ? `${words.verdicts}. ${together}` : words.verdicts);
    rows.forEach((row, index) => {
      const line = body.children[index] ?? make("tr", {}, body);
      line.dataset.verdict = row.kpi;
      line.className = `x-${row.key}`;
      row.cells.forEach((text, place) => {
        const cell = line.children[place] ?? make(place ? "td" : "th", place ? {} : { scope: "row" }, line);
        setText(cell, text);
      });
    });
    while (body.children.length > rows.length) body.lastChild.remove();
  };
}

function legend(parent, words) {
  const box = make("ul", { class: "x-legend", "aria-label": words.legend }, parent);
  const item = (kind, shape) => {
    const line = make("li", {}, box);
    const icon = draw("svg", { viewBox: "0 0 24 14", width: 24, height: 14, "aria-hidden": "true" }, line);
    draw("path", { class: kind, d: shape }, icon);
    const said = make("span", {}, line);
    return (text) => {
      line.hidden = !text;
      setText(said, text ?? "");
    };
  };
  const items = {
    now: item("x-line x-now", "M1,7H23"), path: item("x-line x-path", "M1,7H23"), held: item("x-line x-held", "M1,7H23"),
    band: item("x-band x-band-2", "M1,1H23V13H1Z"), target: item("x-star", starPath(12, 7, 6.5)),
  };
  const marks = {};
  return (frame, picture, fan) => {
    items.now(picture.title);
    items.path(frame.path_title);
    items.held(picture.held?.title);
    items.band(Object.keys(fan.bands ?? {}).length ? words.band : "");
    items.target(words.target);
    const there = new Set(frame.panels.flatMap((panel) => panel.outturns.map((one) => one.mark)));
    for (const [mark, text] of Object.entries(frame.marks)) {
      marks[mark] ??= item(`x-outturn x-outturn-${mark}`, markPath(mark, 12, 7, 3.6));
      marks[mark](there.has(mark) ? text : "");
    }
  };
}

function download(message, buffers) {
  const raw = buffers.map((one) => (one instanceof DataView ? one : new DataView(one.buffer ?? one)));
  const link = make("a", { href: URL.createObjectURL(new Blob(raw, { type: message.mime })), download: message.file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// A kernel that ended answers nothing: the page says so at once, and gives what it knows of the scenario.
function watch(model, root, words) {
  const kernel = model.widget_manager?.kernel;
  if (!kernel) return () => {};
  let waiting;
  const box = make("div", { class: "x-dead", role: "alert", hidden: "" });
  make("span", { text: words.dead }, box);
  const keep = make("button", { type: "button", "data-action": "keep", text: words.keep }, box);
  keep.addEventListener("click", () => {
    const raw = new TextEncoder().encode(model.get("kept"));
    download({ file: `${words.first_name.replace(/\W+/g, "_").toLowerCase()}.yaml`, mime: "application/yaml" }, [raw]);
  });
  const say = (ended) => {
    for (const part of root.children) if (part !== box) part.inert = ended;
    box.hidden = !ended;
  };
  root.prepend(box);
  const died = (_, status) => ["dead", "restarting", "autorestarting", "terminating"].includes(status) && say(true);
  const cut = (_, status) => {
    clearTimeout(waiting);
    if (status !== "connected") waiting = setTimeout(() => say(true), CUT);
    else if (!["dead", "unknown"].includes(kernel.status)) say(false);
  };
  kernel.statusChanged.connect(died);
  kernel.connectionStatusChanged.connect(cut);
  return () => {
    clearTimeout(waiting);
    kernel.statusChanged.disconnect(died);
    kernel.connectionStatusChanged.disconnect(cut);
  };
}

function render({ model, el }) {
  const words = model.get("words");
  const root = make("div", { class: "x-explorer", "data-explorer": "", role: "group", "aria-label": words.title }, el);
  const link = new Link(model);
  const send = (message) => {
    link.send(message);
    root.dataset.busy = String(link.busy);
  };
  const nodes = bar(root, model, words, send);
  const main = make("div", { class: "x-main" }, root);
  const controls = new Controls(make("div", { class: "x-controls", role: "region", tabindex: "-1", "aria-label": words.controls }, main), words, send);
  const right = make("div", { class: "x-right" }, main);
  const panels = make("div", { class: "x-panels", role: "region", "aria-label": words.panels }, right);
  const explain = legend(right, words);
  const verdicts = table(make("div", { class: "x-verdicts", role: "region", "aria-label": words.verdicts, tabindex: "0" }, right), words);
  let charts = [];
  let large = null;
  let shown = {};
  let based = { revision: -1, lines: {} };

  function open(chart) {
    large = large === chart ? null : chart;
    panels.classList.toggle("x-one", Boolean(large));
    for (const one of charts) {
      const on = one === large;
      one.root.classList.toggle("x-large", on);
      one.button.setAttribute("aria-expanded", String(on));
      one.button.setAttribute("aria-label", on ? `${one.panel.title}: ${words.small}` : filled(words.large, { title: one.panel.title }));
    }
    for (const one of charts) one.resize();
    chart.button.focus({ preventScroll: true });
  }

  function bandsOf(kpi, picture, fan) {
    const bands = fan.bands?.[kpi];
    const line = picture.lines[kpi];
    const then = based.lines[kpi];
    if (!bands || bands[0].length !== line.length) return null;
    if (based.revision === picture.revision || !then) return bands;
    // Until the ensemble is drawn anew, the old fan goes along with the line, paler.
    return bands.map((values) => values.map((value, index) => (then[index] && line[index] ? (value * line[index]) / then[index] : value)));
  }

  function drawAll() {
    const [frame, picture, fan, rows] = ["frame", "picture", "fan", "rows"].map((name) => model.get(name));
    if (shown.frame !== frame) {
      shown.frame = frame;
      const panelled = JSON.stringify(frame.panels);
      if (panelled !== shown.panelled) {
        shown.panelled = panelled;
        large = null;
        panels.classList.remove("x-one");
        panels.replaceChildren();
        charts = frame.panels.map((panel) => new Chart(panels, panel, words, open));
        options(nodes.kpi, frame.panels.map((panel) => [panel.kpi, panel.title]));
        for (const chart of charts) chart.resize();
      }
    }
    if (shown.fan !== fan && fan.revision === picture.revision) {
      shown.fan = fan;
      based = { revision: fan.revision, lines: picture.lines };
    }
    const held = picture.held ?? {};
    for (const chart of charts) {
      const { kpi } = chart.panel;
      const lastRow = rows.findLast((row) => row.kpi === kpi);
      chart.show({
        first: frame.first, last: frame.last, line: picture.lines[kpi], known: picture.known[kpi],
        path: frame.path[kpi], pathTitle: frame.path_title, title: picture.title,
        held: held.lines?.[kpi]?.slice(0, frame.last - frame.first + 1), heldTitle: held.title,
        bands: bandsOf(kpi, picture, fan), stale: based.revision !== picture.revision,
      });
      chart.describe(lastRow);
    }
    explain(frame, picture, fan);
    verdicts(rows, fan.together, based.revision !== picture.revision);
    root.dataset.fan = String(based.revision);
    root.dataset.busy = String(link.busy);
    root.dataset.revision = String(picture.revision);
  }

  function drawBar() {
    const picture = model.get("picture");
    const presets = model.get("presets");
    options(nodes.preset, presets, picture.chosen);
    options(nodes.compare, [["", words.nothing], ["now", words.now], ...presets], picture.pinned);
    nodes.undo.disabled = !picture.undo;
    nodes.redo.disabled = !picture.redo;
    const job = model.get("job");
    const running = Boolean(job.running);
    nodes.report.hidden = running;
    nodes.cancel.hidden = !running;
    nodes.progress.hidden = !running;
    if (job.total) [nodes.progress.max, nodes.progress.value] = [job.total, job.done];
    else nodes.progress.removeAttribute("value");
    setText(nodes.status, model.get("status"));
    const problems = model.get("problems");
    const elsewhere = Object.entries(problems).filter(([id]) => !controls.rows.has(id)).map(([, text]) => text);
    setText(nodes.problem, elsewhere.join("\n"));
  }

  let resting;
  function rest() {
    clearTimeout(resting);
    resting = setTimeout(() => {
      const { revision } = model.get("picture");
      if (link.busy) rest();
      else if (model.get("fan").revision !== revision || shown.asked !== revision) {
        shown.asked = revision;
        send({ do: "refine" });
      }
    }, REST);
  }

  function update() {
    link.arrived(model.get("answered"));
    controls.build(model.get("groups"));
    controls.update(model.get("values"), model.get("problems"), link.busy);
    drawBar();
    const { revision } = model.get("picture");
    drawAll();
    if (shown.rested !== revision) {
      shown.rested = revision;
      rest();
    }
  }

  const heard = (message, buffers) => message.file && download(message, buffers);
  model.on("change", update);
  model.on("msg:custom", heard);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && large) open(large);
    const typing = event.target.matches("input[type=text]");
    if (!(event.ctrlKey || event.metaKey) || typing) return;
    const back = event.key === "z" && !event.shiftKey;
    const again = event.key === "y" || (event.key.toLowerCase() === "z" && event.shiftKey);
    if (!back && !again) return;
    event.preventDefault();
    event.stopPropagation();
    send({ do: back ? "undo" : "redo" });
  });
  const sizes = new ResizeObserver(() => charts.forEach((one) => one.resize()));
  sizes.observe(panels);
  update();
  const unwatch = watch(model, root, words);
  return () => {
    unwatch();
    clearTimeout(resting);
    clearTimeout(link.timer);
    sizes.disconnect();
    model.off("change", update);
    model.off("msg:custom", heard);
  };
}

export default { render };
