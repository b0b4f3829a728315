import { ArrowLeft, CircleStop, PanelsTopLeft, RotateCw } from "lucide-react";
import { useCallback, useState } from "react";
import { ApiError, getApp } from "../api/client";
import { useResource } from "../api/useResource";
import { rememberRun } from "../home/lastRun";
import { studioPath } from "../router";
import { IframeSandbox } from "../sandbox/IframeSandbox";
import { text } from "../text";
import { Button, IconButton, LinkButton } from "../ui/Button";
import { CloudMark } from "../ui/Logo";
import { Failure, Notice } from "../ui/Notice";
import { SkipLink, useTitle, Waiting } from "../ui/Shell";

/** An app alone, under a slim bar that always names it. */
export function AppPage({ appId }: { appId: string }) {
  const load = useCallback(() => getApp(appId), [appId]);
  const { data: app, error, refresh } = useResource(load);
  const [reloads, setReloads] = useState(0);
  const [stopped, setStopped] = useState(false);
  const start = () => {
    setStopped(false);
    setReloads(reloads + 1);
  };
  useTitle(app?.name ?? text.product);

  const missing = error instanceof ApiError && error.status === 404;
  return (
    <div data-fill className="flex h-dvh flex-col overflow-hidden">
      <SkipLink />
      <header className="flex h-11 shrink-0 items-center gap-1 border-b border-line bg-surface px-2">
        <LinkButton
          look="quiet"
          size="small"
          href="/"
          icon={<ArrowLeft className="size-4" aria-hidden />}
        >
          <span className="max-sm:sr-only">{text.app.back}</span>
        </LinkButton>
        <CloudMark className="ml-1 size-5 shrink-0" />
        <h1 className="min-w-0 flex-1 truncate px-1.5 text-sm font-medium tracking-normal">
          {app?.name ?? ""}
        </h1>
        <IconButton
          label={text.preview.reload}
          icon={<RotateCw className="size-4" aria-hidden />}
          disabled={!app?.head}
          onClick={start}
        />
        <IconButton
          label={text.sandbox.stop}
          icon={<CircleStop className="size-4" aria-hidden />}
          disabled={!app?.head || stopped}
          onClick={() => setStopped(true)}
        />
        <LinkButton
          look="quiet"
          size="small"
          href={studioPath(appId)}
          icon={<PanelsTopLeft className="size-4" aria-hidden />}
        >
          {text.app.studio}
        </LinkButton>
      </header>
      <main id="content" tabIndex={-1} className="min-h-0 flex-1 outline-none">
        {app?.head ? (
          <IframeSandbox
            reloadKey={reloads}
            stopped={stopped}
            onStart={start}
            appId={appId}
            name={app.name}
            onState={({ state }) => rememberRun(app.head, state)}
            className="h-full w-full"
          />
        ) : (
          <div className="mx-auto max-w-xl px-4 py-16">
            {app && (
              <Notice title={text.app.noHead} hint={text.app.noHeadNote}>
                <LinkButton size="small" href={studioPath(appId)}>
                  {text.actions.studio}
                </LinkButton>
              </Notice>
            )}
            {!app && missing && (
              <Notice tone="warn" title={text.app.missing} hint={text.app.missingNote}>
                <LinkButton size="small" href="/">
                  {text.lost.back}
                </LinkButton>
              </Notice>
            )}
            {!app && error !== undefined && !missing && (
              <Failure error={error}>
                <Button size="small" onClick={refresh}>
                  {text.actions.retry}
                </Button>
              </Failure>
            )}
            {!app && error === undefined && <Waiting>{text.loading.app}</Waiting>}
          </div>
        )}
      </main>
    </div>
  );
}
