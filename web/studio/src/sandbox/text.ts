// What the page around an app says about it.
export const sandboxText = {
  title: (name: string | undefined) => name ?? "App",
  starting: "Starting the app…",
  reload: "Reload the app",
  detail: "Details",
  heading: {
    blank: "The app shows nothing",
    error: "The app stopped with an error",
    hung: "The app does not respond",
    closed: "The app was closed",
    launch: "The app could not be started",
  },
  hung: "It may be in an endless loop. Reloading starts it afresh; what it has saved is kept.",
  closed: {
    navigated:
      "It reloaded itself or went to another page, which an app here may not do. What it has saved is kept.",
    helloTwice: "It tried to connect a second time.",
    signature: "A message from it was not signed as agreed, or came out of order.",
    violations: "It broke the rules for messages too often: too many, too large, or malformed.",
    silent:
      "Its page has loaded but never answered. Its address may be blocked: apps run at names below `localhost`, which this browser must be able to reach.",
    notLoaded: "Its page has not loaded within 30 seconds.",
  },
  ended: "The session of this app has ended. Reload it to go on; what it has saved is kept.",
  unreachable: "The server does not answer. Check that `cumulonimbus` still runs.",
  refused: (status: number) => `The server refused with status ${status}.`,
  timeout: "No answer came within 30 seconds.",
} as const;
