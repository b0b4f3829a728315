// Fonts by name. None is fetched: the person's own font of that name is used, or one of its kind.

type Font = { className: string; variable: string; style: { fontFamily: string } };
type Options = { variable?: string; weight?: string | string[]; style?: string | string[] };

const KINDS = {
  sans: "ui-sans-serif, system-ui, sans-serif",
  serif: "ui-serif, Georgia, serif",
  mono: "ui-monospace, SFMono-Regular, Menlo, monospace",
  hand: "ui-rounded, cursive",
};

/** What `next/font` makes of a font: a class that sets it, and one that sets a variable to it. */
export function font(name: string, kind: keyof typeof KINDS) {
  return (options: Options = {}): Font => {
    const fontFamily = `${JSON.stringify(name)}, ${KINDS[kind]}`;
    const className = `font-${name.toLowerCase().replace(/\W/g, "-")}`;
    const variable = `${className}-variable${options.variable ?? ""}`;
    const rules = [`.${className} { font-family: ${fontFamily} }`];
    if (options.variable) rules.push(`.${variable} { ${options.variable}: ${fontFamily} }`);
    const sheet = document.createElement("style");
    sheet.textContent = rules.join("\n");
    document.head.append(sheet);
    return { className, variable, style: { fontFamily } };
  };
}
