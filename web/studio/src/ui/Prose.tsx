import { Fragment, type ReactNode } from "react";

/**
 * Words of a model or of the server: paragraphs, lists, `code` and **bold**; everything else,
 * markup and links included, is shown as it is written.
 */
export function Prose({ children, className = "" }: { children: string; className?: string }) {
  return (
    <div className={`space-y-2 [overflow-wrap:anywhere] ${className}`}>
      {blocks(children).map((block, at) =>
        block.list ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: text only grows at its end
          <ul key={at} className="list-disc space-y-1 pl-5">
            {block.lines.map((line, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: text only grows at its end
              <li key={n}>
                <Inline>{line}</Inline>
              </li>
            ))}
          </ul>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: text only grows at its end
          <p key={at} className="whitespace-pre-line">
            <Inline>{block.lines.join("\n")}</Inline>
          </p>
        ),
      )}
    </div>
  );
}

/** One line of such words. */
export function Inline({ children }: { children: string }): ReactNode {
  return children.split(/(`[^`\n]+`|\*\*[^*\n]+\*\*)/).map((part, at) => {
    const key = at;
    if (part.startsWith("`") && part.length > 2) {
      return (
        <code key={key} className="inline-code">
          {part.slice(1, -1)}
        </code>
      );
    }
    if (part.startsWith("**") && part.length > 4) {
      return <strong key={key}>{part.slice(2, -2)}</strong>;
    }
    return <Fragment key={key}>{part}</Fragment>;
  });
}

interface Block {
  list: boolean;
  lines: string[];
}

function blocks(source: string): Block[] {
  const found: Block[] = [];
  let open: Block | undefined;
  for (const raw of source.replaceAll("\r\n", "\n").trim().split("\n")) {
    const line = raw.trimEnd();
    if (line.trim() === "") {
      open = undefined;
      continue;
    }
    const item = /^\s*(?:[-*•]|\d+[.)])\s+(.*)$/.exec(line);
    const words = item?.[1] ?? line.replace(/^#{1,6}\s+/, "");
    if (!open || open.list !== Boolean(item)) {
      open = { list: Boolean(item), lines: [] };
      found.push(open);
    }
    open.lines.push(words);
  }
  return found;
}
