import { expect, test } from "vitest";
import { ago, bytes, duration, sentence } from "../src/ui/format";

test("messages for programs become sentences for people", () => {
  expect(sentence("connection refused at `http://localhost:11434`")).toBe(
    "Connection refused at `http://localhost:11434`.",
  );
  expect(sentence("`ollama pull x` fetches it.")).toBe("`ollama pull x` fetches it.");
  expect(sentence("Wait…")).toBe("Wait…");
  expect(sentence("")).toBe("");
});

test("moments are told by their distance", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  expect(ago("2026-03-01T11:59:40Z", now)).toBe("now");
  expect(ago("2026-03-01T11:57:00Z", now)).toBe("3 minutes ago");
  expect(ago("2026-02-28T12:00:00Z", now)).toBe("yesterday");
});

test("durations and sizes keep to what matters", () => {
  expect(duration(4230)).toBe("4.2 s");
  expect(duration(185_000)).toBe("3 min 5 s");
  expect(bytes(1_900_000_000)).toBe("1.9 GB");
  expect(bytes(12)).toBe("1 kB");
});
