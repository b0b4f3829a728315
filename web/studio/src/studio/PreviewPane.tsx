import { CircleStop, Monitor, RotateCw, Smartphone, SquareTerminal, Wrench } from "lucide-react";
import { useState } from "react";
import { rememberRun } from "../home/lastRun";
import { IframeSandbox } from "../sandbox/IframeSandbox";
import { text } from "../text";
import { Button, IconButton } from "../ui/Button";
import { Console, type Line } from "./Console";

/** The most lines of the console that are kept. */
const MOST_LINES = 200;

/** The app as it runs, with what there is to do when it does not. */
export function PreviewPane({
  appId,
  name,
  versionId,
  caption,
  failed,
  onFix,
}: {
  appId: string;
  name: string;
  /** The version that runs; none while there is none. */
  versionId: string | null;
  /** Which version this is, and what it took to build it. */
  caption: string;
  /** Whether the last attempt ended without anything that runs. */
  failed: boolean;
  /** Asks the model to fix what the app reported; none where no model can be asked. */
  onFix: ((prompt: string) => void) | undefined;
}) {
  const [reloads, setReloads] = useState(0);
  // A new version starts by itself.
  const [stopped, setStopped] = useState<string | null>(null);
  const start = () => {
    setStopped(null);
    setReloads(reloads + 1);
  };
  const [phone, setPhone] = useState(false);
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [consoleOpen, setConsoleOpen] = useState(false);

  if (!versionId) {
    return (
      <section
        aria-label={text.preview.label}
        className="grid h-full place-content-center bg-sunken px-6 text-center"
      >
        <p className="font-medium">{text.preview.empty}</p>
        <p className="text-sm text-muted">
          {failed ? text.preview.emptyFailed : text.preview.emptyNote}
        </p>
      </section>
    );
  }
  return (
    <section aria-label={text.preview.label} className="flex h-full min-h-0 flex-col bg-sunken">
      <div className="flex h-11 shrink-0 items-center gap-1 border-b border-line bg-surface px-2">
        <IconButton
          label={text.preview.reload}
          icon={<RotateCw className="size-4" aria-hidden />}
          onClick={start}
        />
        <IconButton
          label={text.sandbox.stop}
          icon={<CircleStop className="size-4" aria-hidden />}
          disabled={stopped === versionId}
          onClick={() => setStopped(versionId)}
        />
        <p className="min-w-0 flex-1 truncate px-1 text-[13px] text-muted">{caption}</p>
        <IconButton
          label={text.preview.console(lines.length)}
          pressed={consoleOpen}
          icon={
            <span className="relative">
              <SquareTerminal className="size-4" aria-hidden />
              {lines.some((line) => line.level === "error") && (
                <span className="absolute -top-1 -right-1 size-2 rounded-full bg-bad" />
              )}
            </span>
          }
          onClick={() => setConsoleOpen(!consoleOpen)}
        />
        <fieldset className="hidden lg:flex">
          <legend className="sr-only">{text.preview.size}</legend>
          <IconButton
            label={text.preview.wide}
            pressed={!phone}
            icon={<Monitor className="size-4" aria-hidden />}
            onClick={() => setPhone(false)}
          />
          <IconButton
            label={text.preview.phone}
            pressed={phone}
            icon={<Smartphone className="size-4" aria-hidden />}
            onClick={() => setPhone(true)}
          />
        </fieldset>
      </div>
      <div className={`min-h-0 flex-1 ${phone ? "flex justify-center p-4" : ""}`}>
        <div
          className={
            phone
              ? "h-full w-[390px] max-w-full overflow-hidden rounded-2xl border border-line-strong bg-surface shadow-high"
              : "h-full"
          }
        >
          <IframeSandbox
            reloadKey={reloads}
            stopped={stopped === versionId}
            onStart={start}
            appId={appId}
            versionId={versionId}
            name={name}
            onState={({ state }) => {
              if (state === "loading") setLines([]);
              rememberRun(versionId, state);
            }}
            onConsole={(line) => setLines((now) => [...now.slice(1 - MOST_LINES), line])}
            onError={({ message }) =>
              setLines((now) => [...now.slice(1 - MOST_LINES), { level: "error", text: message }])
            }
            problemActions={(report) =>
              onFix && (
                <Button
                  size="small"
                  look="primary"
                  icon={<Wrench className="size-3.5" aria-hidden />}
                  onClick={() => onFix(text.fix(report.state, report.message ?? ""))}
                >
                  {text.preview.fix}
                </Button>
              )
            }
            className="h-full w-full"
          />
        </div>
      </div>
      {consoleOpen && <Console lines={lines} onClear={() => setLines([])} />}
    </section>
  );
}
