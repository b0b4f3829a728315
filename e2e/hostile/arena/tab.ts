/** A function for a page. It is sent as text: it sees its argument and nothing else of ours. */
export type Sent<A, R> = (argument: A) => R | Promise<R>;

/** How a person clicks. */
export type How = "plainly" | "with Ctrl" | "with Shift" | "with the middle button";

/** A page of a browser that hostile code runs in. */
export interface Tab {
  /** Opens an address; ends when the page has loaded, or after 15 s without an error. */
  goto(url: string): Promise<void>;
  /** Runs a function in the page. */
  inPage<R, A = undefined>(run: Sent<A, R>, argument?: A): Promise<R>;
  /** Runs a function in the app's frame; fails when there is none. */
  inFrame<R, A = undefined>(run: Sent<A, R>, argument?: A): Promise<R>;
  /** Whether the app's frame is there. */
  hasFrame(): Promise<boolean>;
  /** A real click, which is what browsers call a user's activation, on an element of the app. */
  clickInFrame(selector: string, how?: How): Promise<void>;
  /** A real click in the page. */
  click(selector: string): Promise<void>;
  /** The page's address now. */
  url(): Promise<string>;
  /** The addresses of all pages that this tab has opened. */
  popups(): Promise<string[]>;
  /** The addresses of the documents that the page's frames really hold. */
  frames(): Promise<string[]>;
  /** How often the browser has shown a dialog of the page's. They are dismissed. */
  dialogs(): number;
  /** How many downloads have begun. */
  downloads(): number;
  close(): Promise<void>;
}

/** A browser. */
export interface Arena {
  readonly name: "chromium" | "firefox";
  /** A new tab of a browser in which the owner is signed in. */
  newTab(): Promise<Tab>;
}
