// Puts a component on a page of jsdom, and finds in it what a person would.
import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach } from "vitest";

let root: Root | undefined;

afterEach(async () => {
  await act(async () => root?.unmount());
  root = undefined;
  document.body.replaceChildren();
});

/** Renders, and again in the same place when called again within a test. */
export async function render(node: ReactNode): Promise<HTMLElement> {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  if (!root) {
    const place = document.createElement("div");
    document.body.append(place);
    root = createRoot(place);
  }
  const current = root;
  await act(async () => current.render(node));
  return document.body;
}

/** Lets promises that are settled be heard. */
export const settle = () => act(async () => {});

/** The one element of a kind with this name: its label, or its text. */
export function named<E extends HTMLElement = HTMLElement>(selector: string, name: string): E {
  const found = [...document.querySelectorAll<E>(selector)].filter((it) => nameOf(it) === name);
  if (found.length !== 1) {
    const all = [...document.querySelectorAll<E>(selector)].map(nameOf);
    throw new Error(`${found.length} of ${selector} are named “${name}”; there are: ${all}`);
  }
  return found[0] as E;
}

function nameOf(element: HTMLElement): string {
  const label = element.getAttribute("aria-label");
  if (label !== null) return label;
  const labels = (element as HTMLInputElement).labels;
  const own = labels && labels.length > 0 ? labels[0]?.textContent : element.textContent;
  return (own ?? "").trim();
}

export const click = (element: HTMLElement) => act(async () => element.click());

/** Types over what stands in a field. */
export async function type(field: HTMLInputElement | HTMLTextAreaElement, value: string) {
  const prototype = Object.getPrototypeOf(field) as object;
  const setter = Object.getOwnPropertyDescriptor(prototype, "value")?.set;
  await act(async () => {
    setter?.call(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

export async function choose(select: HTMLSelectElement, value: string) {
  await act(async () => {
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

export const submit = (form: HTMLFormElement) => act(async () => form.requestSubmit());
