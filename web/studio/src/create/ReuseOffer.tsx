import { History, Sparkles } from "lucide-react";
import { useEffect, useId, useRef } from "react";
import type { Offer } from "../api/llm";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ago, moment } from "../ui/format";

/** Replies from before, to be used or passed over. Nothing is used unless it is chosen. */
export function ReuseOffer({
  offers,
  busy,
  onUse,
  onAnew,
}: {
  offers: readonly Offer[];
  busy: boolean;
  onUse: (offer: Offer) => void;
  onAnew: () => void;
}) {
  const heading = useId();
  const top = useRef<HTMLElement>(null);
  useEffect(() => top.current?.focus(), []);
  const exact = offers.some((offer) => offer.kind === "exact");
  return (
    <section
      ref={top}
      tabIndex={-1}
      aria-labelledby={heading}
      className="rise border-t border-line px-4 py-4 text-sm outline-none sm:px-5"
    >
      <h2 id={heading} className="flex items-center gap-2 font-medium">
        <History className="size-4 text-accent" aria-hidden />
        {exact ? text.reuse.heading : text.reuse.headingSimilar}
      </h2>
      <p className="mt-0.5 text-[13px] text-muted">{text.reuse.lead}</p>
      <ul className="mt-3 space-y-2">
        {offers.map((offer) => (
          <li
            key={offer.id}
            className="flex items-center gap-3 rounded-xl border border-line bg-sunken px-3 py-2"
          >
            <div className="min-w-0 flex-1">
              <p className="text-[13px] text-muted">
                <time dateTime={offer.createdAt} title={moment(offer.createdAt)}>
                  {text.reuse.made(ago(offer.createdAt))}
                </time>
              </p>
              <p className="line-clamp-2 [overflow-wrap:anywhere]">{offer.prompt}</p>
              <p className="truncate text-[13px] text-muted">
                {text.reuse.by(offer.model.model)}
                {" · "}
                {offer.kind === "exact"
                  ? text.reuse.same
                  : text.reuse.alike(Math.round(offer.similarity * 100))}
              </p>
            </div>
            <Button
              size="small"
              disabled={busy}
              aria-label={text.reuse.labelOf(offer.prompt)}
              onClick={() => onUse(offer)}
            >
              {text.reuse.use}
            </Button>
          </li>
        ))}
      </ul>
      <div className="mt-3 flex justify-end">
        <Button
          look="primary"
          disabled={busy}
          icon={<Sparkles className="size-4" aria-hidden />}
          onClick={onAnew}
        >
          {text.reuse.anew}
        </Button>
      </div>
    </section>
  );
}
