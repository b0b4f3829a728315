import type { Vector } from "../arena/vector.ts";
import type { Case } from "./case.ts";
import { clickedByPerson } from "./exfil-bridge.ts";
import * as leaving from "./exfil-leaving.ts";
import * as realms from "./exfil-realms.ts";
import * as requests from "./exfil-requests.ts";

const way = (id: number, title: string, vectors: readonly Vector[], known: readonly string[] = []): Case => ({
  id,
  title,
  category: "exfiltration",
  run: (stage) => stage.exfiltrate(id, vectors, stage.arena.name === "firefox" ? known : []),
});

/** Cases 25 to 47: everything that could carry data away. */
export const ways: readonly Case[] = [
  way(25, "fetch, XMLHttpRequest, beacon", requests.fetches),
  way(26, "WebSocket, EventSource, WebTransport", requests.sockets),
  way(27, "images, style, fonts", requests.pictures),
  way(28, "video, audio, tracks", requests.media),
  way(29, "scripts, copied nonce, matching integrity", requests.scripts),
  way(30, "import, modulepreload, worklets", requests.imports),
  way(31, "preload, prefetch, dictionaries", requests.hints),
  way(32, "dns-prefetch", requests.names),
  way(33, "preconnect", requests.connections, ["preconnect", "preconnect crossorigin"]),
  way(34, "speculation rules", requests.speculation),
  way(35, "navigating itself", leaving.navigations),
  way(36, "ping and download", leaving.links),
  way(37, "forms", leaving.forms),
  {
    id: 38,
    title: "new windows",
    category: "exfiltration",
    run: async (stage) => [...(await stage.exfiltrate(38, leaving.windows)), ...(await clickedByPerson(stage))],
  },
  way(39, "nested frames with an address", leaving.frames),
  way(40, "nested documents", leaving.documents),
  way(41, "WebRTC", realms.peers),
  way(42, "WebRTC from another realm", realms.realms),
  way(43, "workers", realms.workers),
  way(45, "base, meta, document.write", leaving.rewritten),
  way(46, "object, embed, SVG", leaving.plugins),
  way(47, "FedCM, payment, attribution", leaving.platform),
];
