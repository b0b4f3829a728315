import { pause, until } from "../arena/stage.ts";
import type { Case } from "./case.ts";
import { absent, check, works } from "./check.ts";

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

const denied = (seen: Record<string, string>) =>
  Object.entries(seen).map(([name, result]) => check(name, !/^granted|^returned true/.test(result), result));

/** Cases 88 to 95. */
export const interfaces: readonly Case[] = [
  {
    id: 88,
    title: "windows of its own",
    category: "interface",
    async run(stage) {
      const { tab, seen } = await tried(
        stage,
        `note("window.open", () => window.open("about:blank"));
         note("window.open, the browser's own", () => { delete window.open; return (window.open ?? Object.getPrototypeOf(window).open)?.call(window, "about:blank", "_blank", "popup"); });
         note("a link", () => { const a = document.createElement("a"); a.href = "about:blank"; a.target = "_blank"; a.dispatchEvent(new MouseEvent("click")); });
         note("picture in picture", () => documentPictureInPicture.requestWindow());`,
      );
      const popups = await tab.popups();
      return [...Object.entries(seen).map(([name, result]) => check(name, !/^granted|Window\]/.test(result), result)), check("windows", popups.length === 0, `${popups.length} opened`)];
    },
  },
  {
    id: 89,
    title: "the whole screen and the pointer",
    category: "interface",
    async run(stage) {
      const { tab, seen } = await tried(
        stage,
        `note("fullscreen", () => document.documentElement.requestFullscreen());
         note("pointer lock", () => document.body.requestPointerLock());
         note("keyboard lock", () => navigator.keyboard.lock());
         note("orientation", () => screen.orientation.lock("landscape"));
         note("wake lock", () => navigator.wakeLock.request("screen"));`,
      );
      const host = await tab.inPage(() => document.fullscreenElement === null && document.pointerLockElement === null);
      const held = await tab.inFrame(() => document.fullscreenElement === null && document.pointerLockElement === null);
      return [...denied(seen).filter(({ vector }) => vector !== "pointer lock"), check("fullscreen and pointer", host && held, seen)];
    },
  },
  {
    id: 90,
    title: "downloads",
    category: "interface",
    async run(stage) {
      const { tab, seen } = await tried(
        stage,
        `const save = (href) => { const a = document.createElement("a"); a.href = href; a.download = "evil.exe"; document.body.append(a); a.dispatchEvent(new MouseEvent("click", { bubbles: false })); };
         note("blob", () => save(URL.createObjectURL(new Blob(["x"]))));
         note("data", () => save("data:application/octet-stream,x"));
         note("file picker", () => showSaveFilePicker());`,
      );
      await pause(500);
      return [check("downloads", tab.downloads() === 0 && !/^granted/.test(seen["file picker"] ?? ""), `${tab.downloads()} begun; ${JSON.stringify(seen)}`)];
    },
  },
  {
    id: 91,
    title: "the clipboard",
    category: "interface",
    async run(stage) {
      const { seen } = await tried(
        stage,
        `note("read", () => navigator.clipboard.readText());
         note("write", () => navigator.clipboard.writeText("evil"));
         note("write anything", () => navigator.clipboard.write([new ClipboardItem({ "text/plain": "evil" })]));
         note("paste", () => document.execCommand("paste"));`,
      );
      return denied(seen);
    },
  },
  {
    id: 92,
    title: "notifications, camera, place, devices",
    category: "interface",
    async run(stage) {
      const { seen } = await tried(
        stage,
        `note("notification", () => Notification.requestPermission().then((answer) => { if (answer !== "granted") throw Object.assign(new Error(), { name: answer }); return answer; }));
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
         note("idle", () => IdleDetector.requestPermission().then((answer) => { if (answer !== "granted") throw Object.assign(new Error(), { name: answer }); return answer; }));`,
      );
      return denied(seen);
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
    run: async (stage) => [await absent(stage, "ui.confirm", { text: "x" }), await absent(stage, "permissions.request", { domains: ["evil.test"] })],
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
