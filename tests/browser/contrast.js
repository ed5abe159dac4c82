// Names every text and line that stands out too little (WCAG 2: 4.5 for text, 3 for lines).
// Selectors of texts may be given; without any, they are the explorer's.
(texts) => {
  const channel = (one) => { one /= 255; return one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4; };
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const parts = (text) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = text;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = parts(getComputedStyle(one).backgroundColor);
      if (colour[3] > 0.5) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const look = (selector, property, least) => {
    for (const node of document.querySelectorAll(selector)) {
      if (!node.getClientRects().length || node.closest(":disabled")) continue;
      const a = light(parts(getComputedStyle(node)[property]));
      const b = light(behind(node.closest("svg") ?? node));
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < least) found.push(`${selector} ${node.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
    }
  };
  if (texts) {
    look(texts, "color", 4.5);
    return found;
  }
  look(".x-explorer :is(button, select, label span, .x-label, .x-base, .x-unit, h4, summary, th, td, caption)", "color", 4.5);
  look(".x-explorer .x-tick", "fill", 4.5);
  if (texts) {
    look(texts, "color", 4.5);
    return found;
  }
  look(".x-explorer :is(.x-now, .x-path)", "stroke", 3);
  return found;
}
