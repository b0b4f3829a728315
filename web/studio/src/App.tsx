import { Component, lazy, type ReactNode, Suspense, useCallback, useState } from "react";
import { ApiError, getSession } from "./api/client";
import { useResource } from "./api/useResource";
import { AppPage } from "./app/AppPage";
import { HomePage } from "./home/HomePage";
import { routeOf } from "./router";
import { SignIn } from "./session/SignIn";
import { StudioPage } from "./studio/StudioPage";
import { text } from "./text";
import { Button, LinkButton } from "./ui/Button";
import { Failure, Notice } from "./ui/Notice";
import { Shell, Waiting } from "./ui/Shell";
import { Toasts } from "./ui/Toasts";

const SettingsPage = lazy(() => import("./settings/SettingsPage"));

/** The page that the address names, for whoever is signed in. */
export function App() {
  return (
    <Safely>
      <Session />
      <Toasts />
    </Safely>
  );
}

function Session() {
  const [refused, setRefused] = useState(
    () => new URLSearchParams(location.search).get("signin") === "failed",
  );
  const { data, error, refresh } = useResource(getSession);
  const signedIn = useCallback(() => {
    setRefused(false);
    if (location.search.includes("signin=")) history.replaceState(history.state, "", "/");
    refresh();
  }, [refresh]);
  if (data) return <Page />;
  if (error instanceof ApiError && error.status === 401) {
    return <SignIn refused={refused} onDone={signedIn} />;
  }
  return (
    <div className="mx-auto max-w-xl px-4 py-24">
      {error === undefined ? (
        <Waiting className="late">{text.loading.page}</Waiting>
      ) : (
        <Failure error={error}>
          <Button size="small" onClick={refresh}>
            {text.actions.retry}
          </Button>
        </Failure>
      )}
    </div>
  );
}

function Page() {
  const route = routeOf(location.pathname, location.search);
  switch (route.page) {
    case "home":
      return <HomePage prompt="" only={false} />;
    case "new":
      return <HomePage prompt={route.prompt} only />;
    case "app":
      return <AppPage appId={route.appId} />;
    case "studio":
      return <StudioPage appId={route.appId} generationId={route.generationId} />;
    case "settings":
      return (
        <Suspense
          fallback={
            <Shell title={text.settings.title}>
              <Waiting className="late mt-16">{text.loading.page}</Waiting>
            </Shell>
          }
        >
          <SettingsPage />
        </Suspense>
      );
    case "lost":
      return (
        <Shell title={text.lost.title}>
          <Notice title={text.lost.title} hint={text.lost.body} className="mt-16">
            <LinkButton size="small" href="/">
              {text.lost.back}
            </LinkButton>
          </Notice>
        </Shell>
      );
  }
}

/** Says so when the page itself fails, in place of leaving it blank. */
class Safely extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    const cause = this.state.error instanceof Error ? this.state.error.message : "";
    return (
      <main className="mx-auto max-w-xl px-4 py-24">
        <Notice
          tone="bad"
          title={cause ? `${text.errors.crashed}: ${cause}` : text.errors.crashed}
          hint={text.errors.crashedHint}
        >
          <Button size="small" onClick={() => location.reload()}>
            {text.errors.reload}
          </Button>
        </Notice>
      </main>
    );
  }
}
