// Between the host and Tailwind's compiler: keeps one compiled handle per number.
globalThis.nimbus = (() => {
  const compiler = globalThis.tailwind;
  const handles = new Map();
  const join = (base, name) => {
    const parts = base.split("/").filter(Boolean);
    for (const part of name.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== "" && part !== ".") parts.push(part);
    }
    return parts.join("/");
  };
  return {
    async open(number, css, sheetsJson, filesJson) {
      const sheets = JSON.parse(sheetsJson);
      const files = JSON.parse(filesJson);
      const loadStylesheet = async (name, base) => {
        const bare = name.replace(/\.css$/, "");
        if (Object.hasOwn(sheets, bare)) return { path: name, base: "", content: sheets[bare] };
        for (const path of [join(base, name), join("src", name), join("", name)]) {
          if (Object.hasOwn(files, path)) {
            return { path, base: path.split("/").slice(0, -1).join("/"), content: files[path] };
          }
        }
        throw new Error(`\`${name}\` is not a style sheet of the app`);
      };
      const loadModule = async (name) => {
        throw new Error(`\`${name}\` cannot be loaded; plugins and configuration files are not run`);
      };
      handles.set(number, await compiler.compile(css, { base: "src", loadStylesheet, loadModule }));
    },
    build: (number, words) => handles.get(number).build(words.split("\n").filter(Boolean)),
    close: (number) => void handles.delete(number),
  };
})();
