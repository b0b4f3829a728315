import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { ApiError, signIn } from "../api/client";
import { text } from "../text";
import { Button } from "../ui/Button";
import { CloudMark } from "../ui/Logo";
import { Notice, words } from "../ui/Notice";
import { Inline } from "../ui/Prose";
import { ThemeToggle, useTitle } from "../ui/Shell";

/** Asks for the token that the server printed. `refused`: the address held a wrong one. */
export function SignIn({ refused, onDone }: { refused: boolean; onDone: () => void }) {
  useTitle(text.signIn.title);
  const [token, setToken] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ message: string; hint?: string | undefined } | null>(
    refused ? { message: text.signIn.failed, hint: text.signIn.wrongHint } : null,
  );
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => field.current?.focus(), []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const given = tokenIn(token);
    if (given === "") {
      setProblem({ message: text.signIn.empty });
      field.current?.focus();
      return;
    }
    setBusy(true);
    try {
      await signIn(given);
      onDone();
    } catch (error) {
      const wrong = error instanceof ApiError && (error.status === 401 || error.status === 403);
      setProblem(
        wrong ? { message: text.signIn.wrong, hint: text.signIn.wrongHint } : words(error),
      );
      setBusy(false);
      field.current?.select();
    }
  };
  return (
    <div className="relative isolate grid min-h-dvh place-items-center px-4 py-12">
      <div className="dawn absolute inset-x-0 top-0 -z-10 h-120" aria-hidden />
      <div className="absolute top-3 right-4">
        <ThemeToggle />
      </div>
      <main id="content" className="w-full max-w-md">
        <CloudMark className="mx-auto size-12" />
        <h1 className="mt-4 text-center text-2xl font-semibold">{text.product}</h1>
        <form
          onSubmit={(event) => void submit(event)}
          className="mt-8 space-y-4 rounded-2xl border border-line bg-surface p-6 shadow-high"
        >
          <div>
            <h2 className="font-semibold">{text.signIn.title}</h2>
            <p className="text-sm text-muted">{text.signIn.lead}</p>
          </div>
          {problem && <Notice tone="bad" title={problem.message} hint={problem.hint} />}
          <div className="space-y-1">
            <label htmlFor={id} className="text-sm font-medium">
              {text.signIn.label}
            </label>
            <input
              ref={field}
              id={id}
              type="password"
              autoComplete="current-password"
              spellCheck={false}
              className="field h-10.5 font-mono text-base"
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          </div>
          <Button type="submit" look="primary" disabled={busy} className="w-full">
            {busy ? text.signIn.busy : text.signIn.button}
          </Button>
          <p className="text-[13px] text-muted">
            <Inline>{text.signIn.where}</Inline>
          </p>
        </form>
      </main>
    </div>
  );
}

/** The token in what was pasted: itself, or the whole address that holds it. */
export function tokenIn(pasted: string): string {
  const given = pasted.trim();
  try {
    return new URL(given).searchParams.get("token") ?? given;
  } catch {
    return given;
  }
}
