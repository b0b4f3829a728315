// Whether a person sees anything of the app.

const MAX_NODES = 5_000;
const SILENT = new Set(["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT", "TITLE", "LINK", "META"]);
const SHOWING = new Set([
  "IMG",
  "SVG",
  "CANVAS",
  "VIDEO",
  "AUDIO",
  "INPUT",
  "TEXTAREA",
  "SELECT",
  "BUTTON",
  "PROGRESS",
  "METER",
  "IFRAME",
]);

/** What the page shows, as far as is needed to name a cause when it is nothing. */
export type Sight = {
  /** There is text, a picture, a control or a painted box. */
  readonly visible: boolean;
  /** Elements in the body that the app made. */
  readonly elements: number;
};

/** Looks at the body. In a frame that is not displayed nothing has a size: there, content counts. */
export function look(window: Window & typeof globalThis): Sight {
  const { document } = window;
  const measured = window.innerWidth > 0 && window.innerHeight > 0;
  const walker = document.createTreeWalker(
    document.body,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    (node) => (SILENT.has(node.nodeName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
  );
  let elements = 0;
  for (let seen = 0; seen < MAX_NODES && walker.nextNode(); seen++) {
    const node = walker.currentNode;
    if (node instanceof Element) {
      if (node.id !== "root" || node.parentElement !== document.body) elements++;
      if (shows(window, node, measured)) return { visible: true, elements };
    } else if (/\S/.test(node.nodeValue ?? "") && hasBox(node.parentElement, measured)) {
      return { visible: true, elements };
    }
  }
  return { visible: false, elements };
}

function shows(window: Window, element: Element, measured: boolean): boolean {
  if (SHOWING.has(element.nodeName.toUpperCase())) return hasBox(element, measured);
  return measured && element.childElementCount === 0 && isPainted(window, element);
}

function hasBox(element: Element | null, measured: boolean): boolean {
  if (element === null) return false;
  if (!measured) return true;
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0;
}

/** A box with a colour, picture or edge of its own, smaller than the page: a tile, a spinner. */
function isPainted(window: Window, element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  if (width === 0 || height === 0) return false;
  if (width >= window.innerWidth && height >= window.innerHeight) return false;
  const style = window.getComputedStyle(element);
  return (
    !/^(?:transparent|rgba\(.*, 0\))$/.test(style.backgroundColor) ||
    style.backgroundImage !== "none" ||
    style.boxShadow !== "none" ||
    (style.borderTopStyle !== "none" && Number.parseFloat(style.borderTopWidth) > 0)
  );
}
