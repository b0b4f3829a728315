// Sets the colours before the first paint. Kept apart from the application: it is a classic,
// blocking script, so it must stay a few lines long. The key is also named in ui/theme.ts.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem("cumulonimbus.theme");
  } catch {
    // Storage can be switched off: the system's choice holds.
  }
  const dark =
    choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
