import { ExternalLink } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { hasModel } from "../api/client";
import { useHealth } from "../api/useHealth";
import { AS_CONFIGURED } from "../create/choice";
import { LocalOnlyBadge } from "../create/Where";
import { appPath } from "../router";
import { text } from "../text";
import { Button, LinkButton } from "../ui/Button";
import { CloudMark } from "../ui/Logo";
import { Failure } from "../ui/Notice";
import { SkipLink, ThemeToggle, useTitle, Waiting } from "../ui/Shell";
import { Tabs } from "../ui/Tabs";
import { useMedia } from "../ui/useMedia";
import { Conversation } from "./Conversation";
import { LookingBar } from "./LookingBar";
import { PreviewPane } from "./PreviewPane";
import { Split } from "./Split";
import { StatusStrip } from "./StatusStrip";
import { useStudio } from "./useStudio";
import { VersionsPane } from "./VersionsPane";

const CodeStreamViewer = lazy(() => import("./CodeStreamViewer"));

type View = "chat" | "code" | "preview" | "split" | "versions";

/** Where an app is made: the conversation on the left, what comes of it on the right. */
export function StudioPage({
  appId,
  generationId,
}: {
  appId: string;
  generationId: string | null;
}) {
  const studio = useStudio(appId, generationId);
  const { stream, app, head } = studio;
  const health = useHealth().data;
  const beside = useMedia("(min-width: 900px)");
  const roomy = useMedia("(min-width: 1280px)");
  const name = app?.name ?? text.studio.untitled;
  useTitle(app ? text.studio.title(name) : text.product);

  const [chosen, setChosen] = useState<View>();
  const [wanted, setWanted] = useState<{ path: string; at: number }>();
  // The first build of a generation comes into view by itself, once.
  const preview = stream.state.preview?.versionId ?? stream.state.versionId;
  const runnable = stream.state.outcome === "failed" ? null : preview;
  const previewed = useRef<string | null>(null);
  const id = stream.state.generationId;
  useEffect(() => {
    if (!runnable || previewed.current === id) return;
    previewed.current = id;
    setChosen((now) => (now === "versions" ? now : undefined));
  }, [runnable, id]);
  const running = stream.running;
  useEffect(() => {
    if (running && !runnable) setChosen((now) => (now === "preview" ? undefined : now));
  }, [running, runnable]);

  const withPreview = running ? runnable !== null : studio.shown !== null;
  const usual: View = withPreview ? (roomy ? "split" : "preview") : "code";
  const view = fit(chosen ?? usual, beside, roomy);

  const openFile = (path: string) => {
    setWanted({ path, at: Date.now() });
    setChosen((now) => (fit(now ?? usual, beside, roomy) === "split" ? now : "code"));
  };
  const ask: typeof studio.ask = (prompt, choice, reuse) => {
    studio.ask(prompt, choice, reuse);
    setChosen(undefined);
  };

  const retry = () => {
    studio.retry();
    setChosen(undefined);
  };

  if (studio.error !== undefined) {
    return (
      <main id="content" className="mx-auto max-w-xl px-4 py-24">
        <Failure error={studio.error}>
          <Button size="small" onClick={studio.refresh}>
            {text.actions.retry}
          </Button>
          <LinkButton size="small" href="/">
            {text.lost.back}
          </LinkButton>
        </Failure>
      </main>
    );
  }

  const shownVersion = studio.versions.find((version) => version.id === studio.shown);
  const buildMs =
    stream.state.preview?.versionId === studio.shown ? stream.state.preview?.buildMs : undefined;
  const caption = [
    shownVersion && text.preview.version(shownVersion.number),
    buildMs !== undefined && text.preview.buildMs(buildMs),
  ]
    .filter(Boolean)
    .join(" · ");
  const canFix = health !== undefined && hasModel(health) && !running && !studio.looking;

  const conversation = (
    <Conversation
      stream={stream}
      generations={studio.generations}
      activePrompt={studio.prompt}
      activeId={studio.activeId}
      versionNumber={
        studio.versions.find((version) => version.id === stream.state.versionId)?.number
      }
      brought={studio.draft}
      appId={appId}
      fresh={head === null}
      localOnly={app?.localOnly}
      onLocalOnly={studio.setLocalOnly}
      health={health}
      onFile={openFile}
      onAsk={ask}
      onRetry={retry}
    />
  );
  const right = (
    <div id="studio-panel" role="tabpanel" aria-label={text.studio.tabs[view]} className="h-full">
      <div className={view === "versions" ? "h-full" : "hidden"}>
        <VersionsPane
          versions={studio.versions}
          head={head}
          shown={studio.looking?.id ?? head}
          busy={studio.restoring || running}
          onLook={(version) => {
            studio.setLooking(version.id === head ? null : version);
            setChosen(version.status === "runnable" ? undefined : "code");
          }}
          onRestore={studio.restore}
        />
      </div>
      <div className={view === "versions" || view === "chat" ? "hidden" : "flex h-full flex-col"}>
        {studio.looking && (
          <LookingBar
            version={studio.looking}
            busy={studio.restoring || running}
            onBack={() => studio.setLooking(null)}
            onRestore={studio.restore}
          />
        )}
        <div className="min-h-0 flex-1">
          <Split
            show={view === "split" ? "both" : view === "preview" ? "right" : "left"}
            left={
              <Suspense
                fallback={
                  <div className="grid h-full place-items-center bg-surface">
                    <Waiting>{text.loading.code}</Waiting>
                  </div>
                }
              >
                <CodeStreamViewer
                  appId={appId}
                  files={studio.files}
                  writing={running ? studio.writing : undefined}
                  wanted={wanted}
                  downloadable={head !== null}
                  cutBy={stream.state.error?.code}
                />
              </Suspense>
            }
            right={
              <PreviewPane
                appId={appId}
                name={name}
                versionId={studio.shown}
                caption={caption}
                failed={stream.state.outcome === "failed" || studio.draft !== undefined}
                onFix={canFix ? (prompt) => ask(prompt, AS_CONFIGURED) : undefined}
              />
            }
          />
        </div>
      </div>
    </div>
  );

  const views: View[] = beside
    ? roomy
      ? ["code", "preview", "split", "versions"]
      : ["code", "preview", "versions"]
    : ["chat", "code", "preview", "versions"];
  const tabs = views.map((viewId) => ({ id: viewId, label: text.studio.tabs[viewId] }));
  return (
    <div data-fill className="flex h-dvh flex-col overflow-hidden">
      <SkipLink />
      <header className="flex h-13 shrink-0 items-center gap-2 border-b border-line bg-surface px-3 sm:gap-3 sm:px-4">
        <a href="/" aria-label={text.nav.home} className="shrink-0 rounded-lg p-1">
          <CloudMark className="size-6.5" />
        </a>
        <span className="text-line-strong" aria-hidden>
          /
        </span>
        <h1 className="min-w-0 flex-1 truncate text-[15px] font-medium tracking-normal">
          {app ? name : <span className="text-faint">{text.loading.app}</span>}
        </h1>
        {app?.localOnly && <LocalOnlyBadge />}
        {beside && (
          <Tabs
            label={text.studio.views}
            panel="studio-panel"
            tabs={tabs}
            selected={view}
            onSelect={setChosen}
            className="flex rounded-lg bg-sunken p-0.5"
            tabClass={(selected) =>
              `h-7.5 rounded-md px-3 text-[13px] font-medium transition-colors ${selected ? "bg-surface text-ink shadow-[0_1px_2px_rgb(0_0_0/10%)] dark:bg-line" : "text-muted hover:text-ink"}`
            }
          />
        )}
        <div className="flex items-center gap-1">
          <ThemeToggle />
          {head && (
            <LinkButton
              size="small"
              href={appPath(appId)}
              aria-label={text.studio.openAlone}
              icon={<ExternalLink className="size-3.5" aria-hidden />}
            >
              <span className="max-sm:hidden">{text.studio.openAlone}</span>
            </LinkButton>
          )}
        </div>
      </header>
      <StatusStrip
        stream={stream}
        idle={text.progress.idle}
        startedAt={studio.startedAt}
        onStop={studio.stop}
        onRetry={beside || view === "chat" ? undefined : retry}
      />
      <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 outline-none">
        <div
          className={
            beside
              ? "h-full w-[clamp(320px,28vw,440px)] shrink-0 border-r border-line"
              : view === "chat"
                ? "h-full w-full"
                : "hidden"
          }
        >
          {conversation}
        </div>
        <div className={`min-w-0 flex-1 ${view === "chat" ? "hidden" : ""}`}>{right}</div>
      </main>
      {!beside && (
        <nav aria-label={text.studio.views} className="shrink-0">
          <Tabs
            label={text.studio.views}
            panel="studio-panel"
            tabs={tabs}
            selected={view}
            onSelect={setChosen}
            className="grid shrink-0 grid-cols-4 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)]"
            tabClass={(selected) =>
              `h-12 border-t-2 text-[13px] font-medium -outline-offset-2 ${selected ? "border-accent text-ink" : "border-transparent text-muted"}`
            }
          />
        </nav>
      )}
    </div>
  );
}

/** The nearest view that there is room for. */
function fit(view: View, beside: boolean, roomy: boolean): View {
  if (view === "split" && !roomy) return "preview";
  if (view === "chat" && beside) return "code";
  return view;
}
