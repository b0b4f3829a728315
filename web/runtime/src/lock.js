// The lock prelude. The build puts this statement, on one line, before every script that is sent to
// an app's frame. It takes away what no Content-Security-Policy and no sandbox forbids:
//
// - WebRTC: a peer connection reaches any address over UDP and DNS. So its constructors are made
//   `undefined` in a way that cannot be undone.
// - Clicks with a key held or another button, made up by script: Firefox opens the link of such a
//   click in a new tab, although the frame may open none. So they are not dispatched.
//
// A nested frame brings a fresh realm with fresh functions; but it has an origin of its own, which
// keeps the app out, and as the policy allows no inline script and only files that begin with this
// statement, no realm runs any other code first.
//
// It must stay one statement without imports, exports or directives, must leave no name behind, and
// must not fail when it has already run in the same realm. What it uses later it takes now, because
// the app may replace whatever it can reach.
{
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) {
    try {
      Object.defineProperty(globalThis, name, {
        value: undefined,
        configurable: false,
        writable: false,
      });
    } catch {
      // It is locked already.
    }
  }

  const { Event, EventTarget, MouseEvent } = globalThis;
  const { apply, getOwnPropertyDescriptor } = Reflect;
  const own = EventTarget && getOwnPropertyDescriptor(EventTarget.prototype, "dispatchEvent");
  // Workers have no clicks, and a locked one is ours already.
  if (own?.configurable && MouseEvent) {
    const dispatch = own.value;
    const getter = (of, name) => getOwnPropertyDescriptor(of.prototype, name).get;
    const type = getter(Event, "type");
    const held = ["ctrlKey", "metaKey", "shiftKey", "altKey", "button"].map((name) =>
      getter(MouseEvent, name),
    );
    const opensTab = (event) => {
      try {
        const name = apply(type, event, []);
        if (name !== "click" && name !== "auxclick") return false;
        for (let i = 0; i < held.length; i++) if (apply(held[i], event, [])) return true;
      } catch {
        // It is no mouse event; if it is no event at all, dispatching says so.
      }
      return false;
    };
    const locked = function dispatchEvent(...events) {
      return opensTab(events[0]) || apply(dispatch, this, events);
    };
    const { defineProperty } = Reflect;
    const { prototype } = EventTarget;
    // No plain value, which could not be assigned on any element either; libraries do that.
    defineProperty(prototype, "dispatchEvent", {
      get: () => locked,
      set(value) {
        if (this === prototype) return;
        defineProperty(this, "dispatchEvent", {
          value,
          configurable: true,
          enumerable: true,
          writable: true,
        });
      },
      configurable: false,
      enumerable: true,
    });
  }
}
