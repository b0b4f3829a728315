import { offerFile } from "../files.ts";
import { call } from "./host.ts";

/**
 * What the page around the app can do for it. Texts are shown as they are, never as HTML, and
 * always with the app's name. Every promise waits until the person has answered.
 */
export const ui = Object.freeze({
  /** Says something in passing. */
  async toast(message: string): Promise<void> {
    await call("ui.toast", { message });
  },
  /** Says something and waits until it was read. */
  async alert(message: string): Promise<void> {
    await call("ui.alert", { message });
  },
  /** Asks a question: whether the person agreed. */
  async confirm(message: string): Promise<boolean> {
    return (await call("ui.confirm", { message })) === true;
  },
  /** Asks for a text; null if the person cancelled. */
  async prompt(message: string, initial = ""): Promise<string | null> {
    const answer = await call("ui.prompt", { message, initial });
    return typeof answer === "string" ? answer : null;
  },
  /** Shows an address and opens it in a new tab if the person agrees: whether they did. */
  async openLink(url: string | URL): Promise<boolean> {
    return (await call("ui.openLink", { url: String(url) })) === true;
  },
  /** Offers a file of at most 32 MB: whether the person saved it. */
  async download(
    name: string,
    content: string | Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer>,
    type = "",
  ): Promise<boolean> {
    const file =
      content instanceof Blob ? content : new Blob([content], { type: type || typeOf(content) });
    return offerFile(call, file, name);
  },
  /** Offers a text for the clipboard: whether the person copied it. */
  async copy(text: string): Promise<boolean> {
    return (await call("ui.copy", { text })) === true;
  },
  /**
   * Asks for a height in CSS pixels, or with null for all the place there is. The answer is the
   * height that the app got.
   */
  async resize(height: number | null): Promise<number> {
    return (await call("ui.resize", { height })) as number;
  },
});

function typeOf(content: unknown): string {
  return typeof content === "string" ? "text/plain;charset=utf-8" : "application/octet-stream";
}
