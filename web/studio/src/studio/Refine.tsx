import { ArrowUp } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import type { Offer } from "../api/llm";
import type { Health } from "../api/types";
import { AS_CONFIGURED, answererOf, type Choice, requestFields } from "../create/choice";
import { ModelChip, ModelPicker } from "../create/ModelPicker";
import { offersFor } from "../create/offers";
import { ReuseOffer } from "../create/ReuseOffer";
import { Where } from "../create/Where";
import { text } from "../text";
import { IconButton } from "../ui/Button";

/** The box that asks for a change, with everything that decides who makes it. */
export function Refine({
  appId,
  health,
  running,
  fresh,
  localOnly = false,
  onLocalOnly,
  onAsk,
}: {
  appId: string;
  health: Health | undefined;
  running: boolean;
  /** Whether nothing was made yet. */
  fresh: boolean;
  /** Whether the app never leaves this machine; unknown until it is loaded. */
  localOnly: boolean | undefined;
  onLocalOnly: (localOnly: boolean) => void;
  /** `reuse`: a kept reply, to be used in place of asking. */
  onAsk: (prompt: string, choice: Choice, reuse?: string) => void;
}) {
  const [prompt, setPrompt] = useState("");
  const [choice, setChoice] = useState<Choice>(AS_CONFIGURED);
  const [picking, setPicking] = useState(false);
  const [offers, setOffers] = useState<readonly Offer[]>([]);
  const [busy, setBusy] = useState(false);
  const panel = useId();
  const who = health && answererOf(health, choice, localOnly);
  // The sample generator makes apps and cannot change them.
  const nobody = who === null || (who?.provider === "demo" && !fresh);
  const unready = running || nobody || busy || prompt.trim() === "";
  const ask = (reuse?: string) => {
    onAsk(prompt, choice, reuse);
    setPrompt("");
    setOffers([]);
    setPicking(false);
  };
  /** Offers what is kept from before, once; else asks. */
  const send = async () => {
    if (unready) return;
    if (offers.length === 0 && who?.provider !== "demo") {
      setBusy(true);
      const found = await offersFor({ prompt, appId, ...requestFields(choice) });
      setBusy(false);
      if (found.length > 0) {
        setOffers(found);
        setPicking(false);
        return;
      }
    }
    ask();
  };
  // What is offered fits what was asked, and nothing else.
  const choose = (by: Choice) => {
    setChoice(by);
    setOffers([]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  const label: ReactNode = fresh ? text.studio.refineFirst : text.studio.refine;
  return (
    <form
      className="shrink-0 px-3 pb-3 sm:px-4 sm:pb-4"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className="overflow-hidden rounded-2xl border border-line-strong bg-surface shadow-card transition-colors focus-within:border-accent">
        {picking && health && (
          <div className="max-h-[45vh] overflow-y-auto border-b border-line">
            <ModelPicker
              id={panel}
              health={health}
              choice={choice}
              localOnly={localOnly}
              onChange={choose}
              withDemo={fresh}
            />
          </div>
        )}
        {offers.length > 0 && (
          <div className="max-h-[45vh] overflow-y-auto border-b border-line">
            <ReuseOffer
              offers={offers}
              busy={running}
              onUse={(offer) => ask(offer.id)}
              onAnew={() => ask()}
            />
          </div>
        )}
        <label>
          <span className="sr-only">{text.studio.refineLabel}</span>
          <textarea
            rows={2}
            value={prompt}
            placeholder={running ? text.studio.whileRunning : String(label)}
            className="block max-h-40 min-h-14 w-full resize-none bg-transparent px-4 pt-3 pb-1 text-[15px] outline-none field-sizing-content placeholder:text-faint"
            onChange={(event) => {
              setPrompt(event.target.value);
              setOffers([]);
            }}
            onKeyDown={onKeyDown}
          />
        </label>
        {nobody && !localOnly && !running && (
          <p className="px-4 pb-1 text-[13px] text-ember">
            {text.studio.noModelToRefine}{" "}
            <a href="/settings" className="rounded underline underline-offset-2">
              {text.studio.connect}
            </a>
          </p>
        )}
        <div className="flex items-center gap-2 px-2 pb-2">
          <div className="min-w-0 flex-1">
            <ModelChip
              health={health}
              choice={choice}
              localOnly={localOnly}
              open={picking}
              panel={panel}
              onToggle={() => setPicking(!picking)}
            />
          </div>
          <IconButton
            type="submit"
            label={fresh ? text.studio.sendFirst : text.studio.send}
            icon={<ArrowUp className="size-4.5" aria-hidden />}
            disabled={unready}
            className="bg-ink! text-bg! hover:bg-ink/85!"
          />
        </div>
        <Where
          brief
          health={health}
          choice={choice}
          localOnly={localOnly}
          onLocalOnly={(on) => {
            const chosen = health?.providers.find((p) => p.provider === choice.provider);
            if (on && chosen && !chosen.local) choose(AS_CONFIGURED);
            onLocalOnly(on);
          }}
        />
      </div>
    </form>
  );
}
