// `@/hooks/use-toast`: short messages that any code may show; `Toaster` draws them.
import { type ReactNode, useSyncExternalStore } from "react";
import type { ToastActionElement, ToastProps } from "../components/toast.tsx";

/** Messages shown at once; the oldest makes room. */
const LIMIT = 3;
/** Milliseconds between closing and removing, while it moves out. */
const LEAVING_MS = 400;

export type ToasterToast = ToastProps & {
  id: string;
  title?: ReactNode;
  description?: ReactNode;
  action?: ToastActionElement;
};
type Toast = Omit<ToasterToast, "id">;

let toasts: ToasterToast[] = [];
let count = 0;
const listeners = new Set<() => void>();

function change(next: ToasterToast[]) {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function update(id: string, props: Partial<Toast>) {
  change(toasts.map((toast) => (toast.id === id ? { ...toast, ...props } : toast)));
}

/** Closes one message, or all of them. */
function dismiss(id?: string) {
  for (const toast of toasts) {
    if (id !== undefined && toast.id !== id) continue;
    update(toast.id, { open: false });
    setTimeout(() => change(toasts.filter((other) => other.id !== toast.id)), LEAVING_MS);
  }
}

/** Shows a message; what it returns changes or closes it. */
export function toast(props: Toast) {
  count += 1;
  const id = String(count);
  const shown: ToasterToast = {
    ...props,
    id,
    open: true,
    onOpenChange(open) {
      if (!open) dismiss(id);
      props.onOpenChange?.(open);
    },
  };
  change([shown, ...toasts].slice(0, LIMIT));
  return { id, dismiss: () => dismiss(id), update: (next: Partial<Toast>) => update(id, next) };
}

/** The messages that are shown, and how to show and close them. */
export function useToast() {
  const shown = useSyncExternalStore(
    subscribe,
    () => toasts,
    () => toasts,
  );
  return { toasts: shown, toast, dismiss };
}
