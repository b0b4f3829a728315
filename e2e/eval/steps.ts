import type { FrameLocator, Locator, Page } from "@playwright/test";
import type { Step } from "./prompts.ts";

/** Where an app is: a page of its own, or a frame. */
export type Place = Page | FrameLocator;

/** How long one step may take, in milliseconds. */
const PATIENCE = 4_000;
const FIELDS = "input:not([type=checkbox],[type=radio],[type=submit],[type=button],[type=range]), textarea, [contenteditable=true]";
const BUTTONS = "button, [role=button], [role=tab], input[type=submit], input[type=button], a, summary, label:has(input)";

/**
 * Does the steps one after another.
 *
 * Returns the first that failed, as a sentence; nothing when the app did all of them.
 */
export async function tryOut(place: Place, steps: readonly Step[]): Promise<string | undefined> {
  for (const step of steps) {
    try {
      await act(place, step);
    } catch (error) {
      if ("optional" in step && step.optional) continue;
      return `${JSON.stringify(step)}: ${String((error as Error).message).split("\n")[0]}`;
    }
  }
  return undefined;
}

async function act(place: Place, step: Step): Promise<void> {
  if ("fill" in step) {
    const field = await first(place.locator(FIELDS), step.fill, describeField);
    await type(field, step.with);
  } else if ("cell" in step) {
    const fields = await visible(place.locator(FIELDS));
    const cells = fields.length > 8 ? fields : await visible(place.locator("td"));
    const cell = cells[step.cell];
    if (cell === undefined) throw new Error(`there is no cell ${step.cell}`);
    await cell.click({ timeout: PATIENCE });
    await type(fields.length > 8 ? cell : place.locator("td input, td [contenteditable]").first(), step.with);
    await cell.page().keyboard.press("Enter");
  } else if ("click" in step) {
    await (await first(place.locator(BUTTONS), step.click, describeButton)).click({ timeout: PATIENCE });
  } else if ("square" in step) {
    await (await square(place, step.square)).click({ timeout: PATIENCE });
  } else if ("press" in step) {
    await place.locator("body").press(step.press, { timeout: PATIENCE });
  } else if ("wait" in step) {
    await new Promise((resolve) => setTimeout(resolve, step.wait));
  } else if ("see" in step) {
    await until(() => shows(place, new RegExp(step.see, "i")), "it is not seen");
  } else {
    await until(async () => (await place.locator(step.exists).count()) > 0, "it does not exist");
  }
}

async function type(field: Locator, text: string): Promise<void> {
  await field.fill(text, { timeout: PATIENCE });
}

/** The first visible element of which the pattern fits the description; for want of one, the only one there is. */
async function first(all: Locator, pattern: string, describe: (element: Element) => string): Promise<Locator> {
  const wanted = new RegExp(pattern, "i");
  const found = await visible(all);
  for (const element of found) {
    if (wanted.test(await element.evaluate(describe))) return element;
  }
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  throw new Error(`none of ${found.length} elements fits`);
}

async function visible(all: Locator): Promise<Locator[]> {
  const found = await all.all();
  const seen = await Promise.all(found.map((element) => element.isVisible()));
  return found.filter((_, at) => seen[at]);
}

/** Runs in the page. */
function describeField(element: Element): string {
  const { labels, type } = element as HTMLInputElement;
  const words = [...(labels ?? [])].map((label) => label.textContent);
  // What stands before a field is its label to who looks at it.
  const before = element.previousElementSibling?.textContent ?? element.parentElement?.textContent;
  const named = ["aria-label", "placeholder", "name", "id", "title"].map((name) => element.getAttribute(name));
  return [...words, ...named, before, type].filter(Boolean).join(" ").slice(0, 300);
}

/** Runs in the page. */
function describeButton(element: Element): string {
  const icons = [...element.querySelectorAll("svg")].map((icon) => icon.getAttribute("class"));
  const named = ["aria-label", "title", "value"].map((name) => element.getAttribute(name));
  return [element.textContent?.trim(), ...named, ...icons].filter(Boolean).join(" ").slice(0, 200);
}

/** The n-th child of the element that has the most alike children which can be pressed. */
async function square(place: Place, at: number): Promise<Locator> {
  const marked = await place.locator("body").evaluate((body) => {
    let best: Element[] = [];
    for (const parent of body.querySelectorAll("*")) {
      const children = [...parent.children].filter((child) => child.getBoundingClientRect().width > 0);
      const alike = children.filter((child) => child.tagName === children[0]?.tagName);
      // Rows of squares are one board.
      const squares = alike.length >= 3 && alike.every((row) => row.children.length === alike.length)
        ? alike.flatMap((row) => [...row.children])
        : alike;
      if (squares.length >= 9 && squares.length > best.length) best = squares;
    }
    for (const [index, element] of best.entries()) element.setAttribute("data-eval-square", String(index));
    return best.length;
  });
  if (marked === 0) throw new Error("there is no board");
  return place.locator(`[data-eval-square="${at}"]`);
}

async function shows(place: Place, wanted: RegExp): Promise<boolean> {
  const body = place.locator("body");
  if (wanted.test(await body.innerText({ timeout: PATIENCE }))) return true;
  const values = await place.locator("input, textarea").evaluateAll((all) =>
    all.map((field) => (field as HTMLInputElement).value),
  );
  return values.some((value) => wanted.test(value));
}

async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(otherwise);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
