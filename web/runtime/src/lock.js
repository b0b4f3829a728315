// The lock prelude. The build puts this statement, on one line, before every script that is sent to
// an app's frame.
//
// A Content-Security-Policy does not stop WebRTC: a peer connection reaches any address over UDP
// and DNS. So its constructors are made `undefined` in a way that cannot be undone. A nested frame
// brings a fresh realm with fresh constructors; but as the policy allows no inline script and only
// files that begin with this statement, no realm runs any other code first.
//
// It must stay one statement without imports, exports or directives, must leave no name behind, and
// must not fail when it has already run in the same realm.
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
