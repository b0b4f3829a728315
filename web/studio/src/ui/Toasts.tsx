import { X } from "lucide-react";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { text } from "../text";
import { Button, IconButton } from "./Button";
import { words } from "./Notice";

interface Toast {
  key: number;
  message: string;
  bad: boolean;
  action: { label: string; run: () => void } | undefined;
}

/** Long enough to read and to reach the button; it waits while pointed at or focused. */
const SHOWN_MS = 8000;

let toasts: readonly Toast[] = [];
let newest = 0;
const listeners = new Set<() => void>();

/** Says something in passing, with at most one thing to do about it. */
export function toast(message: string, action?: { label: string; run: () => void }) {
  show({ message, action, bad: false });
}

/** Says that something failed. */
export function toastFailure(error: unknown) {
  const { message, hint } = words(error);
  show({ message: hint ? `${message} ${hint}` : message, action: undefined, bad: true });
}

function show(toast: Omit<Toast, "key">) {
  newest += 1;
  set([...toasts.slice(-2), { ...toast, key: newest }]);
}

function set(next: readonly Toast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const dismiss = (key: number) => set(toasts.filter((toast) => toast.key !== key));

/** Where they appear. Always on the page, so that screen readers announce what is added. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-center gap-2 sm:items-end"
    >
      {shown.map((toast) => (
        <ToastCard key={toast.key} toast={toast} />
      ))}
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const held = useRef(false);
  useEffect(() => {
    let left = SHOWN_MS;
    const timer = setInterval(() => {
      if (!held.current) left -= 500;
      if (left <= 0) dismiss(toast.key);
    }, 500);
    return () => clearInterval(timer);
  }, [toast.key]);
  const hold = () => {
    held.current = true;
  };
  const release = () => {
    held.current = false;
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only keeps it on the screen
    <div
      className={`rise pointer-events-auto flex w-full max-w-md items-center gap-3 rounded-xl border bg-surface py-2.5 pr-2 pl-4 text-sm shadow-high ${toast.bad ? "border-bad-line" : "border-line"}`}
      onMouseEnter={hold}
      onMouseLeave={release}
      onFocus={hold}
      onBlur={release}
    >
      <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">{toast.message}</p>
      {toast.action && (
        <Button
          size="small"
          onClick={() => {
            toast.action?.run();
            dismiss(toast.key);
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton
        label={text.actions.dismiss}
        icon={<X className="size-4" aria-hidden />}
        onClick={() => dismiss(toast.key)}
      />
    </div>
  );
}
