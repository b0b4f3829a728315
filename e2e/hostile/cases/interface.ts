import { pause, until } from "../arena/stage.ts";
import type { Finding } from "../arena/vector.ts";
import type { Case } from "./case.ts";
import { attempt, check, works } from "./check.ts";

/** An app that tries something in a click and keeps what came of it. */
const trying = (code: string) => `
document.addEventListener("click", (event) => {
  if (event.target.id !== "go") return;
  const seen = {};
  const note = (name, act) => {
    seen[name] = "pending";
    try {
      const result = act();
      if (result && typeof result.then === "function") result.then((value) => { seen[name] = "granted " + String(value); }, (error) => { seen[name] = error.name || String(error); });
      else seen[name] = "returned " + String(result);
    } catch (error) { seen[name] = error.name; }
  };
  ${code}
  setTimeout(() => { window.hostileSeen = seen; }, 1500);
});
`;

/** Presses the app's button and reads what came of it. */
async function tried(stage: Parameters<Case["run"]>[0], code: string) {
  const tab = await stage.run(trying(code));
  await tab.clickInFrame("#go");
  await until("the app has tried", () => tab.inFrame(() => "hostileSeen" in window));
  const seen = await tab.inFrame(() => (window as any).hostileSeen as Record<string, string>);
  return { tab, seen };
}

/** The same in a page without our headers: what the attack comes to where nothing is in its way. */
async function triedFreely(stage: Parameters<Case["run"]>[0], code: string) {
  const tab = await stage.control(trying(code));
  await tab.clickInFrame("#go");
  await until("the control has tried", () => tab.inPage(() => "hostileSeen" in window)).catch(() => {});
  const seen = await tab.inPage(() => (window as any).hostileSeen as Record<string, string>);
  return { tab, seen };
}

const denied = (seen: Record<string, string>) =>
  Object.entries(seen).map(([name, result]) => check(name, !/^granted|^returned true/.test(result), result));

const WINDOWS = `
  note("window.open", () => window.open("about:blank"));
  note("window.open, the browser's own", () => { delete window.open; return (window.open ?? Object.getPrototypeOf(window).open)?.call(window, "about:blank", "_blank", "popup"); });
  note("a link", () => { const a = document.createElement("a"); a.href = "about:blank"; a.target = "_blank"; a.dispatchEvent(new MouseEvent("click")); });
  note("picture in picture", () => documentPictureInPicture.requestWindow());
`;

const SCREEN = `
  note("fullscreen", () => document.documentElement.requestFullscreen());
  note("pointer lock", () => document.body.requestPointerLock());
  note("keyboard lock", () => navigator.keyboard.lock());
  note("orientation", () => screen.orientation.lock("landscape"));
  note("wake lock", () => navigator.wakeLock.request("screen"));
`;

const DOWNLOADS = `
  const save = (href) => { const a = document.createElement("a"); a.href = href; a.download = "evil.exe"; document.body.append(a); a.dispatchEvent(new MouseEvent("click", { bubbles: false })); };
  note("blob", () => save(URL.createObjectURL(new Blob(["x"]))));
  note("data", () => save("data:application/octet-stream,x"));
  note("file picker", () => showSaveFilePicker());
`;

const CLIPBOARD = `
  // Firefox asks the person with a button of its own, which waits for ever here.
  if (!navigator.userAgent.includes("Firefox") || window !== top) note("read", () => navigator.clipboard.readText());
  note("write", () => navigator.clipboard.writeText("evil"));
  note("write anything", () => navigator.clipboard.write([new ClipboardItem({ "text/plain": "evil" })]));
  if (!navigator.userAgent.includes("Firefox")) note("paste", () => document.execCommand("paste"));
  note("copy command", () => { const field = document.createElement("textarea"); field.value = "evil"; document.body.append(field); field.select(); return document.execCommand("copy"); });
`;

const DEVICES = `
  note("notification", () => Notification.requestPermission().then((answer) => { if (answer !== "granted") throw Object.assign(new Error(), { name: answer }); return answer; }));
  note("camera", () => navigator.mediaDevices.getUserMedia({ video: true }));
  note("microphone", () => navigator.mediaDevices.getUserMedia({ audio: true }));
  note("screen", () => navigator.mediaDevices.getDisplayMedia());
  note("place", () => new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(resolve, (error) => reject(Object.assign(new Error(), { name: error.message })))));
  note("USB", () => navigator.usb.requestDevice({ filters: [] }));
  note("serial", () => navigator.serial.requestPort());
  note("HID", () => navigator.hid.requestDevice({ filters: [] }));
  note("Bluetooth", () => navigator.bluetooth.requestDevice({ acceptAllDevices: true }));
  note("MIDI", () => navigator.requestMIDIAccess({ sysex: true }));
  note("passkey", () => navigator.credentials.get({ publicKey: { challenge: new Uint8Array(8) } }));
  note("payment", () => new PaymentRequest([{ supportedMethods: "https://evil.test/pay" }], { total: { label: "x", amount: { currency: "EUR", value: "1" } } }).show());
  note("storage access", () => document.requestStorageAccess());
  note("contacts", () => navigator.contacts.select(["name"]));
  note("fonts", () => queryLocalFonts());
  note("idle", () => IdleDetector.requestPermission().then((answer) => { if (answer !== "granted") throw Object.assign(new Error(), { name: answer }); return answer; }));
`;

/** Cases 88 to 95. */
export const interfaces: readonly Case[] = [
  {
    id: 88,
    title: "windows of its own",
    category: "interface",
    async run(stage) {
      const { tab, seen } = await tried(stage, WINDOWS);
      const free = await triedFreely(stage, WINDOWS);
      const [popups, freely] = [await tab.popups(), await free.tab.popups()];
      return [...Object.entries(seen).map(([name, result]) => check(name, !/^granted|Window\]/.test(result), result)), check("windows", popups.length === 0 && freely.length > 0, `${popups.length} opened; ${freely.length} by the control`)];
    },
  },
  {
    id: 89,
    title: "the whole screen and the pointer",
    category: "interface",
    async run(stage) {
      const { tab, seen } = await tried(stage, SCREEN);
      const free = await triedFreely(stage, SCREEN);
      const away = () => document.fullscreenElement === null && document.pointerLockElement === null;
      const held = (await tab.inPage(away)) && (await tab.inFrame(away));
      const proof = free.seen["fullscreen"]?.startsWith("granted") ?? false;
      return [...denied(seen), check("fullscreen and pointer", held && proof, `neither was taken; the control: ${JSON.stringify(free.seen)}`)];
    },
  },
  {
    id: 90,
    title: "downloads",
    category: "interface",
    async run(stage) {
      const { tab, seen } = await tried(stage, DOWNLOADS);
      const free = await triedFreely(stage, DOWNLOADS);
      await pause(500);
      return [
        check("file picker", !/^granted/.test(seen["file picker"] ?? ""), seen["file picker"]),
        check("downloads", tab.downloads() === 0 && free.tab.downloads() > 0, `${tab.downloads()} begun; ${free.tab.downloads()} by the control`),
      ];
    },
  },
  {
    id: 91,
    title: "the clipboard",
    category: "interface",
    async run(stage) {
      const { seen } = await tried(stage, CLIPBOARD);
      const free = await triedFreely(stage, CLIPBOARD);
      // No policy forbids it: a click in any page may put something there. SECURITY.md says so.
      const known = stage.arena.name === "firefox" ? ["copy command", "write", "write anything"] : ["copy command"];
      const findings = denied(seen).map((finding): Finding =>
        finding.outcome === "failed" && known.includes(finding.vector) ? { ...finding, outcome: "possible, as known" } : finding,
      );
      return [...findings, check("the control", /granted|returned true/.test(`${free.seen["write"]} ${free.seen["copy command"]}`), free.seen)];
    },
  },
  {
    id: 92,
    title: "notifications, camera, place, devices",
    category: "interface",
    async run(stage) {
      const { seen } = await tried(stage, DEVICES);
      const free = await triedFreely(stage, DEVICES);
      const { camera = "", microphone = "" } = free.seen;
      return [...denied(seen), check("the control", camera.startsWith("granted") && microphone.startsWith("granted"), free.seen)];
    },
  },
  {
    id: 93,
    title: "a sign-in form of its own",
    category: "interface",
    async run(stage) {
      const name = "Definitely your bank";
      const tab = await stage.open(
        await stage.coded(
          `document.body.insertAdjacentHTML("beforeend", '<form style="position:fixed;inset:-500px;z-index:2147483647;background:white"><h1>Cumulonimbus</h1>Session ended. <input type=password placeholder=Token></form>');`,
          name,
        ),
      );
      const seen = await tab.inPage(() => {
        const heading = document.querySelector("header h1") as HTMLElement;
        const { left, top, width, height, bottom } = heading.getBoundingClientRect();
        const hit = document.elementFromPoint(left + Math.min(width, 40) / 2, top + height / 2);
        const frame = (document.querySelector("iframe") as Element).getBoundingClientRect();
        return { name: heading.innerText, onTop: hit === heading, below: frame.top >= bottom - 12, title: document.title };
      });
      return [check("the bar above the app", seen.name === name && seen.onTop && seen.below, seen)];
    },
  },
  {
    id: 94,
    title: "a consent dialog below something else",
    category: "interface",
    async run(stage) {
      const tab = await stage.run("");
      await tab.inPage(() => {
        // Notes when the question comes, and when the link that opens the address does: it is made when it is ready. An observer is
        // told before the page's next task, so that the time between is never seen too short.
        const seen: { at?: number; armedAt?: number } = {};
        Object.assign(window, { hostileDialog: seen });
        new MutationObserver(() => {
          if (document.querySelector('[role="alertdialog"]') === null) return;
          seen.at ??= performance.now();
          const link = document.querySelector('a[href^="http://evil.test"]');
          if (link !== null && link.getAttribute("aria-disabled") !== "true") seen.armedAt ??= performance.now();
        }).observe(document, { subtree: true, childList: true, attributes: true });
      });
      await tab.inFrame(() => {
        void (window as any)[Symbol.for("cumulonimbus")].call("ui.openLink", { url: "http://evil.test/" }).catch(() => {});
      });
      const dialog = () => tab.inPage(() => (window as any).hostileDialog as { at?: number; armedAt?: number });
      await until("the link is ready", async () => (await dialog()).armedAt !== undefined, 5_000).catch(() => {});
      const { at = 0, armedAt = 0 } = await dialog();
      const request = await (await stage.run("")).inFrame(attempt, { method: "permission.request", params: { permission: "http", domain: "evil.test" } });
      return [
        check("a question of the host page", armedAt - at >= 500, `outside of the frame; ready ${Math.round(armedAt - at)} ms after it came`),
        check("a permission that was not declared", !/true|granted/.test(request), request),
      ];
    },
  },
  {
    id: 95,
    title: "stealing the focus",
    category: "interface",
    async run(stage) {
      const tab = await stage.run(
        `document.body.insertAdjacentHTML("beforeend", "<input id=steal>");
         setInterval(() => { window.focus(); document.querySelector("#steal").focus(); document.querySelector("#steal").select(); }, 5);`,
      );
      await tab.inPage(() => (document.querySelector("header a") as HTMLElement).focus());
      await pause(1_000);
      const focus = await tab.inPage(() => document.activeElement?.tagName ?? "none");
      const stillRuns = await works(tab);
      await tab.click('header a[href="/"]');
      await until("the list of apps is there", async () => new URL(await tab.url()).pathname === "/");
      return [check("the host page", stillRuns, `the link above the app works; the focus was in ${focus}`)];
    },
  },
];
