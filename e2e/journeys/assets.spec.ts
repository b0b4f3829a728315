import { importApp, openApp } from "../fixtures/apps.ts";
import { expect, test } from "../fixtures/test.ts";

const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
const SVG = (width: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="9" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>`;

test("pictures, texts, data and styles reach the app in every form in which it asks for them", async ({ page, program }) => {
  const id = await importApp(program, "Assets", {
    "src/App.tsx": `
import { lazy, Suspense, useEffect, useState } from "react";
import pixel from "./assets/pixel.png";
import url, { ReactComponent as Circle } from "./assets/circle.svg";
import Ring from "./assets/ring.svg?react";
import raw from "./notes.md?raw";
import address from "./notes.md?url";
import data, { title } from "./data.json";
import styles from "./App.module.css";
import "./app.css";
const Later = lazy(() => import("./Later"));

export default function App() {
  const [answer, setAnswer] = useState(0);
  useEffect(() => {
    const code = new Blob(["onmessage = ({ data }) => postMessage(data * 2)"], { type: "text/javascript" });
    const worker = new Worker(URL.createObjectURL(code));
    worker.onmessage = ({ data }) => setAnswer(data);
    worker.postMessage(21);
    return () => worker.terminate();
  }, []);
  return (
    <main>
      <h1 className={styles.heading}>{title} {data.list.length}</h1>
      <img alt="imported" src={pixel} /><img alt="public" src="/public-pixel.png" /><img alt="svg" src={url} />
      <Circle data-testid="circle" /><Ring data-testid="ring" className="ring" />
      <pre>{raw}</pre><a href={address}>notes</a>
      <div className="painted">painted</div>
      <Suspense fallback="…"><Later /></Suspense>
      <output>{answer}</output>
      <style jsx>{\`output { letter-spacing: 2px }\`}</style>
    </main>
  );
}`,
    "src/Later.tsx": "export default function Later() { return <p>Later</p>; }",
    "src/assets/pixel.png": PIXEL,
    "public/public-pixel.png": PIXEL,
    "src/assets/circle.svg": SVG(30),
    "src/assets/ring.svg": SVG(40),
    "src/notes.md": "# <Notes>",
    "src/data.json": `{"title":"Data","list":[1,2]}`,
    "src/App.module.css": ".heading { color: rgb(1, 2, 3) }",
    "src/app.css": ".painted { background-image: url('./assets/pixel.png') }",
  });
  const app = await openApp(page, program, id);
  await expect(app.getByRole("heading")).toHaveText("Data 2");
  await expect(app.getByRole("heading")).toHaveCSS("color", "rgb(1, 2, 3)");
  const widths = { imported: 1, public: 1, svg: 30 };
  for (const [name, width] of Object.entries(widths)) {
    expect(await app.getByAltText(name).evaluate((image: HTMLImageElement) => image.naturalWidth), name).toBe(width);
  }
  await expect(app.getByTestId("circle")).toHaveAttribute("width", "30");
  await expect(app.getByTestId("ring")).toHaveClass("ring");
  await expect(app.locator("circle")).toHaveCount(2);
  await expect(app.locator("pre")).toHaveText("# <Notes>");
  await expect(app.locator(".painted")).toHaveCSS("background-image", `url("${PIXEL}")`);
  await expect(app.getByText("Later")).toBeVisible();
  await expect(app.locator("output")).toHaveText("42");
  await expect(app.locator("output")).toHaveCSS("letter-spacing", "2px");
});
