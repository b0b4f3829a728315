import { Check, Gauge, Square } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client";
import { type CalibrationStep, calibrate, type ModelProfile } from "../api/llm";
import type { ModelChoice } from "../api/types";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ago, duration, moment, number } from "../ui/format";
import { Failure } from "../ui/Notice";
import { Inline } from "../ui/Prose";

interface Step {
  step: CalibrationStep;
  message: string;
}

/** A model's row, with the way to measure it and what was measured. */
export function Calibration({
  choice,
  name,
  profile,
  ask,
  onProfile,
  children,
}: {
  choice: ModelChoice;
  name: string;
  profile: ModelProfile | null;
  /** Whether to go on, where that is a question. */
  ask?: () => Promise<boolean>;
  onProfile: (profile: ModelProfile) => void;
  /** What the row says about the model. */
  children: ReactNode;
}) {
  const [steps, setSteps] = useState<readonly Step[]>();
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const words = profile ? text.settings.calibrateAgain : text.settings.calibrate;
  const stop = () => {
    running.current?.abort();
    setSteps(undefined);
  };
  const measure = async () => {
    if (ask && !(await ask())) return;
    const controller = new AbortController();
    running.current = controller;
    setError(undefined);
    setSteps([]);
    try {
      for await (const event of calibrate(choice, controller.signal)) {
        if (event.type === "error") throw new ApiError(200, event.code, event.error, event.hint);
        if (event.type === "complete") {
          onProfile(event.profile);
          setSteps(undefined);
          return;
        }
        setSteps((now) => withStep(now ?? [], event));
      }
      throw new ApiError(0, "lost", text.errors.lost, text.errors.lostHint);
    } catch (cause) {
      if (controller.signal.aborted) return;
      setError(cause);
      setSteps(undefined);
    }
  };
  return (
    <div className="space-y-2">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">{children}</div>
        {steps ? (
          <Button
            size="small"
            look="quiet"
            icon={<Square className="size-2.5 fill-current" aria-hidden />}
            aria-label={`${text.settings.calibrateStop}: ${name}`}
            onClick={stop}
          >
            {text.studio.stop}
          </Button>
        ) : (
          <Button
            size="small"
            look="quiet"
            icon={<Gauge className="size-3.5" aria-hidden />}
            aria-label={`${words}: ${name}`}
            onClick={() => void measure()}
          >
            {words}
          </Button>
        )}
      </div>
      {steps && <Steps steps={steps} />}
      {error !== undefined && <Failure error={error} />}
      {profile && !steps && <Profile profile={profile} />}
    </div>
  );
}

/** A step says more as it goes on: its newest words stand. */
function withStep(steps: readonly Step[], { step, message }: Step): readonly Step[] {
  const at = steps.findIndex((other) => other.step === step);
  return at < 0 ? [...steps, { step, message }] : steps.with(at, { step, message });
}

function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <div role="status" className="rounded-lg bg-sunken px-3 py-2 text-[13px]">
      {steps.length === 0 && <p className="text-muted">{text.settings.calibrating}</p>}
      <ol className="space-y-1">
        {steps.map(({ step, message }, at) => (
          <li key={step} className="flex items-start gap-2">
            {at === steps.length - 1 ? (
              <span className="breathe mt-1.5 mr-1 size-2 shrink-0 rounded-full bg-ember" />
            ) : (
              <Check className="mt-0.5 size-3.5 shrink-0 text-good" aria-hidden />
            )}
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {text.settings.steps[step] ?? step}
              {message && (
                <span className="text-muted">
                  {": "}
                  <Inline>{message}</Inline>
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** What measuring found out. */
export function Profile({ profile }: { profile: ModelProfile }) {
  const words = text.settings.profile;
  const facts: [string, string][] = [
    [words.speed, words.speedOf(rounded(profile.tokensPerSecond), duration(profile.firstTokenMs))],
    [words.dialect, words.dialects[profile.dialect] ?? profile.dialect],
    [words.files, profile.severalFiles ? words.filesYes : words.filesNo],
    [words.edits, profile.edits ? words.editsYes : words.editsNo],
    [
      words.longest,
      (profile.cleanToTheEnd ? words.atLeast : words.upTo)(number(profile.cleanTokens)),
    ],
    [words.thinks, profile.thinks ? words.yes : words.no],
  ];
  return (
    <dl className="grid gap-x-5 gap-y-1 rounded-lg bg-sunken px-3 py-2 text-[13px] sm:grid-cols-2">
      {facts.map(([name, value]) => (
        <div key={name} className="flex min-w-0 gap-1.5">
          <dt className="shrink-0 text-muted">{name}</dt>
          <dd className="min-w-0">{value}</dd>
        </div>
      ))}
      <div className="text-muted sm:col-span-2" title={moment(profile.measuredAt)}>
        <dt className="sr-only">{text.settings.calibrate}</dt>
        <dd>{text.settings.measured(ago(profile.measuredAt))}</dd>
      </div>
    </dl>
  );
}

const rounded = (n: number) => (n < 10 ? n.toFixed(1) : number(Math.round(n)));
