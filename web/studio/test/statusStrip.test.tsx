// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { initialState } from "../src/stream/reduce";
import type { CodeStream } from "../src/stream/useCodeStream";
import { StatusStrip } from "../src/studio/StatusStrip";
import { text } from "../src/text";
import { click, named, render } from "./render";

const stream = (over: Partial<CodeStream>): CodeStream => ({
  state: initialState(),
  connection: { state: "open" },
  running: true,
  start: () => {},
  resume: () => {},
  stop: () => Promise.resolve(),
  ...over,
});
const strip = (followed: CodeStream, startedAt: string | undefined, onRetry?: () => void) => (
  <StatusStrip
    stream={followed}
    idle=""
    startedAt={startedAt}
    onStop={() => {}}
    onRetry={onRetry}
  />
);

test("the seconds are counted from when the generation began, not from when it is opened", async () => {
  const page = await render(strip(stream({}), new Date(Date.now() - 65_500).toISOString()));
  expect(page.textContent).toContain(text.progress.seconds(65));
  // By a server whose clock is ahead, nothing has begun in the future.
  await render(strip(stream({}), new Date(Date.now() + 5000).toISOString()));
  expect(page.textContent).toContain(text.progress.seconds(0));
});

test("what failed can be tried again here where the conversation is out of view", async () => {
  const failed = stream({
    running: false,
    connection: { state: "closed" },
    state: {
      ...initialState(),
      outcome: "failed",
      error: { code: "cancelled", message: "", hint: undefined, versionId: undefined },
    },
  });
  const onRetry = vi.fn();
  await render(strip(failed, undefined, onRetry));
  await click(named("button", text.actions.retry));
  expect(onRetry).toHaveBeenCalledOnce();
  await render(strip(failed, undefined));
  expect(document.querySelectorAll("button")).toHaveLength(0);
});
