import { pause, type Stage, until } from "../arena/stage.ts";
import type { Tab } from "../arena/tab.ts";
import type { Finding } from "../arena/vector.ts";
import type { Case } from "./case.ts";
import { check, launches, works } from "./check.ts";

/** A hello with a launch that is not the sender's, and what comes back over its port. */
const GREET = `
const greet = (window, launch, host) => {
  const { port1, port2 } = new MessageChannel();
  const heard = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve("an answer: " + String(data).slice(0, 80));
    setTimeout(resolve, 1500, "silence");
  });
  window.postMessage({ hello: "cumulonimbus", v: 1, launch }, host, [port2]);
  return heard;
};
`;

/**
 * An app that runs its own code once more in a frame within its own: there no script may stand in
 * the page, but one of the app's own may be loaded.
 */
const NESTING = `
${GREET}
if (window.parent !== window.top) {
  const { launch, host } = JSON.parse(window.name);
  greet(window.top, launch, host).then((heard) => window.parent.postMessage({ heard }, "*"));
} else {
  window.addEventListener("message", ({ data }) => { window.hostileHeard = data.heard; });
  window.nest = (launch, host) => {
    const boot = [...document.scripts].find(({ src }) => src.endsWith("/boot.js")).src;
    const frame = document.createElement("iframe");
    frame.name = JSON.stringify({ launch, host });
    frame.srcdoc = '<script type="module" src="' + boot.replace("boot.js", "app.js") + '"></' + "script>";
    document.body.append(frame);
  };
}
`;

const NEIGHBOUR = `
${GREET}
window.greet = async (launch, host) => { window.hostileHeard = await greet(window.parent, launch, host); };
`;

interface Greeting {
  readonly launch: string;
  readonly origin: string;
  readonly ports: number;
  readonly fromFrame: boolean;
}

/** Notes every hello that reaches the host page from here on. */
async function listen(tab: Tab): Promise<void> {
  await tab.inPage(() => {
    const seen: Greeting[] = [];
    Object.assign(window, { hostileGreetings: seen });
    window.addEventListener("message", ({ data, origin, ports, source }) => {
      if (data?.hello !== "cumulonimbus") return;
      const fromFrame = source === document.querySelector("iframe")?.contentWindow;
      seen.push({ launch: data.launch, origin, ports: ports.length, fromFrame });
    });
  });
}

/** A check that a hello came in and was not answered, and that all is as before. */
async function ignored(tab: Tab, vector: string, launch: string, fromFrame: boolean): Promise<Finding> {
  const heard = () => tab.inFrame(() => String((window as any).hostileHeard ?? ""));
  await until("the sender has waited", async () => (await heard()) !== "", 8_000).catch(() => {});
  const seen = await tab.inPage(() => (window as any).hostileGreetings as Greeting[]);
  const [greeting] = seen;
  const came = seen.length === 1 && greeting?.launch === launch && greeting.origin === "null" && greeting.ports === 1;
  const held = came && greeting.fromFrame === fromFrame && (await heard()) === "silence" && (await works(tab));
  return check(vector, held, `the host page got ${JSON.stringify(seen)}; the sender heard ${await heard()}; the app goes on`);
}

async function fromWithin(stage: Stage): Promise<Finding> {
  const tab = await stage.run(NESTING);
  const [stolen] = await launches(tab);
  await listen(tab);
  await tab.inFrame(
    ({ launch, host }) => (window as any).nest(launch, host) as void,
    { launch: stolen?.launch ?? "", host: stage.target.origin },
  );
  return await ignored(tab, "a frame within the app's own, with its launch", stolen?.launch ?? "", false);
}

async function fromAnother(stage: Stage): Promise<Finding[]> {
  const victim = await stage.run("");
  const [stolen] = await launches(victim);
  const tab = await stage.run(NEIGHBOUR);
  await listen(tab);
  await tab.inFrame(
    ({ launch, host }) => (window as any).greet(launch, host) as Promise<void>,
    { launch: stolen?.launch ?? "", host: stage.target.origin },
  );
  await pause(100);
  return [
    await ignored(tab, "another app, with the launch of one that runs", stolen?.launch ?? "", true),
    check("the app whose launch it was", await works(victim), "goes on"),
  ];
}

/** Case 53. */
export const hellos: readonly Case[] = [
  {
    id: 53,
    title: "hello of a sibling with a stolen launch",
    category: "bridge",
    run: async (stage) => [await fromWithin(stage), ...(await fromAnother(stage))],
  },
];
