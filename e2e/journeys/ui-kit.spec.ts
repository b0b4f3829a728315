import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { FrameLocator, Page } from "@playwright/test";
import { importApp, openApp } from "../fixtures/apps.ts";
import type { Program } from "../fixtures/program.ts";
import { expect, test } from "../fixtures/test.ts";

const GALLERY = fileURLToPath(new URL("../fixtures/gallery", import.meta.url));

async function gallery(): Promise<Record<string, string>> {
  const entries = await readdir(GALLERY, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [relative(GALLERY, file), await readFile(file, "utf8")])));
}

/** What Chromium says about the headers of every app, whatever is in it. */
const OF_THE_FRAME = [/about:blank.*allow-scripts/, /Permissions-Policy header/, /Content-Security-Policy directive 'webrtc'/];

/** What the page and its frame complain of. */
function complaints(page: Page): string[] {
  const said: string[] = [];
  page.on("console", (message) => {
    const complains = message.type() === "error" || message.type() === "warning";
    if (complains && !OF_THE_FRAME.some((known) => known.test(message.text()))) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(error.message));
  return said;
}

async function openGallery(page: Page, program: Program): Promise<FrameLocator> {
  return openApp(page, program, await importApp(program, "Gallery", await gallery()));
}

async function turnTo(app: FrameLocator, name: string): Promise<void> {
  await app.getByRole("button", { name, exact: true }).click();
  await expect(app.locator(`main[data-page=${name}]`)).toBeVisible();
}

test("every component of the set shows itself, light and dark, wide and narrow", async ({ page, program }, info) => {
  // It takes thirty-two pictures.
  test.slow();
  const said = complaints(page);
  const app = await openGallery(page, program);
  const colours = new Set<string>();
  for (const [colorScheme, width] of [
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
    ["dark", 390],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    for (const name of ["Fields", "Choices", "Panels", "Menus", "Ways", "Data", "Feedback", "Frame"]) {
      await turnTo(app, name);
      await info.attach(`${name} ${colorScheme} ${width}`, { body: await page.screenshot(), contentType: "image/png" });
    }
    colours.add(await app.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor));
  }
  expect([...colours], "light and dark differ").toHaveLength(2);
  await turnTo(app, "Data");
  const bars = app.locator(".recharts-bar-rectangle path");
  await expect(bars.first()).toBeVisible();
  const fills = await bars.evaluateAll((all) => all.map((bar) => getComputedStyle(bar).fill));
  expect(new Set(fills).size, "each series has a colour of its own").toBe(2);
  expect(fills).not.toContain("rgb(0, 0, 0)");
  expect(said).toEqual([]);
});

test("dialogs, selects, tabs, accordions and menus are used by keyboard", async ({ page, program }) => {
  const said = complaints(page);
  const app = await openGallery(page, program);

  await turnTo(app, "Panels");
  await app.getByRole("button", { name: "Edit profile" }).press("Enter");
  const dialog = app.getByRole("dialog", { name: "Profile" });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(app.getByRole("button", { name: "Edit profile" })).toBeFocused();
  await app.getByRole("button", { name: "Delete all" }).press("Enter");
  await expect(app.getByRole("button", { name: "Keep" })).toBeFocused();
  await app.getByRole("alertdialog").getByRole("button", { name: "Delete" }).press("Enter");
  await expect(app.locator("#answer")).toHaveText("deleted");

  await turnTo(app, "Choices");
  const fruit = app.getByRole("combobox", { name: "Fruit" });
  await fruit.press("Enter");
  await expect(app.getByRole("option", { name: "Apple" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(fruit).toHaveText("Banana");

  await turnTo(app, "Ways");
  await app.getByRole("tab", { name: "Account" }).press("ArrowRight");
  await expect(app.getByRole("tab", { name: "Password" })).toHaveAttribute("data-state", "active");
  await expect(app.getByText("What only you know.")).toBeVisible();
  await app.getByRole("button", { name: "Does it move?" }).press("Enter");
  await expect(app.getByText("It opens and closes softly.")).toBeVisible();
  await app.getByRole("button", { name: "More", exact: true }).press("Enter");
  await expect(app.getByText("There was more.")).toBeVisible();

  await turnTo(app, "Menus");
  await app.getByRole("button", { name: "Account" }).press("Enter");
  await expect(app.getByRole("menuitem", { name: "Profile" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(app.locator("#chosen")).toHaveText("settings");
  await app.getByText("Press here").click({ button: "right" });
  await app.getByRole("menuitem", { name: "Back" }).click();
  await expect(app.locator("#chosen")).toHaveText("back");
  expect(said).toEqual([]);
});

test("a form is checked, a day chosen, a command found, a message shown", async ({ page, program }) => {
  const said = complaints(page);
  const app = await openGallery(page, program);

  await app.getByRole("button", { name: "Sign up" }).click();
  await expect(app.getByText("A name has at least two letters.")).toBeVisible();
  const email = app.getByLabel("E-mail");
  await expect(email).toHaveAttribute("aria-invalid", "true");
  await email.fill("ada@example.org");
  await expect(app.getByText("This is no address.")).toBeHidden();
  await app.getByLabel("Name").fill("Ada");
  await app.getByRole("button", { name: "Sign up" }).click();
  await expect(app.getByText("Sent as Ada")).toBeVisible();
  await app.getByLabel("Code").fill("123456");
  await expect(app.getByText("6 of 6")).toBeVisible();

  await turnTo(app, "Choices");
  const day = app.getByRole("button", { name: /May 12th, 2026/ });
  await day.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(app.locator("#day")).toHaveText("Wed May 13 2026");
  await app.getByRole("slider", { name: "Loudness" }).press("ArrowRight");
  await expect(app.getByText("41 %")).toBeVisible();

  await turnTo(app, "Menus");
  await app.getByPlaceholder("Type a command").fill("bill");
  await expect(app.getByRole("option", { name: "Calendar" })).toBeHidden();
  await page.keyboard.press("Enter");
  await expect(app.locator("#chosen")).toHaveText("billing");
  await app.getByPlaceholder("Type a command").fill("zebra");
  await expect(app.getByText("Nothing of that name.")).toBeVisible();

  await turnTo(app, "Feedback");
  await app.getByRole("button", { name: "Plan" }).click();
  await expect(app.getByText("Friday at ten.", { exact: true })).toBeVisible();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("All of it.")).toBeVisible();
  expect(said).toEqual([]);
});

test("the sidebar folds, and comes in over a narrow page", async ({ page, program }) => {
  const app = await openGallery(page, program);
  await turnTo(app, "Frame");
  const sidebar = app.locator("[data-slot=sidebar]");
  await expect(sidebar).toHaveAttribute("data-state", "expanded");
  await app.getByRole("button", { name: "Toggle sidebar" }).click();
  await expect(sidebar).toHaveAttribute("data-state", "collapsed");
  await page.setViewportSize({ width: 390, height: 800 });
  await expect(app.getByText("A narrow page")).toBeVisible();
  await app.getByRole("button", { name: "Toggle sidebar" }).click();
  await expect(app.getByRole("dialog", { name: "Sidebar" })).toBeVisible();
});

test("an app's own component and theme win over the set's", async ({ page, program }) => {
  const id = await importApp(program, "Own", {
    "src/App.tsx": `import { Button } from "@/components/ui/button";
import { Badge } from "./components/ui/badge";
import "./index.css";
export default function App() {
  return <main className="bg-background text-foreground"><Button>mine</Button><Badge>theirs</Badge></main>;
}`,
    "src/components/ui/button.tsx": `export function Button({ children }: { children: string }) { return <button id="own">{children}</button>; }`,
    "src/index.css": "@layer base { :root { --background: 120 100% 25%; --primary: 0 100% 50%; } }",
  });
  await page.emulateMedia({ colorScheme: "dark" });
  const app = await openApp(page, program, id);
  await expect(app.locator("#own")).toHaveText("mine");
  const background = (selector: string) => app.locator(selector).evaluate((element) => getComputedStyle(element).backgroundColor);
  expect(await background("main")).toBe("rgb(0, 128, 0)");
  expect(await background("[data-slot=badge]")).toBe("rgb(255, 0, 0)");
});

test("an app's own switch between light and dark works", async ({ page, program }) => {
  const id = await importApp(program, "Switch", {
    "src/App.tsx": `import { useState } from "react";
import { Card } from "@/components/ui/card";
export default function App() {
  const [on, setOn] = useState(false);
  const turn = () => { setOn(!on); document.documentElement.classList.toggle("dark"); };
  return <Card className="text-red-500 dark:text-green-500"><button onClick={turn}>turn</button></Card>;
}`,
  });
  await page.emulateMedia({ colorScheme: "dark" });
  const app = await openApp(page, program, id);
  const look = () => app.locator("[data-slot=card]").evaluate((card) => [getComputedStyle(card).color, getComputedStyle(card).backgroundColor]);
  const before = await look();
  await app.getByRole("button", { name: "turn" }).click();
  const after = await look();
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test("icons of packs and brands, and what is written for Next.js", async ({ page, program }) => {
  const said = complaints(page);
  const id = await importApp(program, "Shims", {
    "src/App.tsx": `"use client";
import fs from "fs";
import path from "node:path";
import Image from "next/image";
import Link from "next/link";
import dynamic from "next/dynamic";
import { Inter } from "next/font/google";
import { usePathname, useRouter } from "next/navigation";
import { Github } from "lucide-react";
import { FaGithub, FaTrash } from "react-icons/fa";
import { MdDelete } from "react-icons/md";
import { debounce } from "lodash";
import dayjs from "dayjs";
import relativeTime from "dayjs/plugin/relativeTime";
dayjs.extend(relativeTime);
const inter = Inter({ subsets: ["latin"] });
const Later = dynamic(() => import("./Later"), { loading: () => <p>wait</p>, ssr: false });
export default function App() {
  const place = usePathname();
  const router = useRouter();
  return (
    <main className={inter.className}>
      <Github id="brand" /><FaGithub className="pack" /><FaTrash className="pack" /><MdDelete className="pack" />
      <Image src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="dot" width={10} height={10} priority />
      <Link href="/about?x=1">About</Link>
      <button onClick={() => router.push("/deep/er")}>Push</button>
      <output id="place">{place}</output>
      <output id="rest">{[path.join("a", "b"), typeof debounce, process.env.NODE_ENV, String(import.meta.env.VITE_KEY), String(process.env.NEXT_PUBLIC_KEY), typeof window.storage].join(" ")}</output>
      <Later />
    </main>
  );
}`,
    "src/Later.tsx": "export default function Later() { return <p>later</p>; }",
  });
  const app = await openApp(page, program, id);
  await expect(app.locator("svg.pack")).toHaveCount(3);
  await expect(app.locator("#brand path").first()).toBeAttached();
  await expect(app.getByText("later", { exact: true })).toBeVisible();
  await expect(app.locator("#rest")).toHaveText("a/b function production undefined undefined object");
  await app.getByRole("link", { name: "About" }).click();
  await expect(app.locator("#place")).toHaveText("/about");
  await app.getByRole("button", { name: "Push" }).click();
  await expect(app.locator("#place")).toHaveText("/deep/er");
  await expect(app.locator("main")).toHaveCSS("font-family", /Inter/);
  expect(said).toEqual([]);
});
