import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";

export interface Tab<Id extends string> {
  id: Id;
  label: string;
  icon?: ReactNode;
}

/** A row of tabs (ARIA tabs pattern): arrow keys move, and moving selects. */
export function Tabs<Id extends string>({
  label,
  tabs,
  selected,
  panel,
  onSelect,
  className = "",
  tabClass,
}: {
  label: string;
  tabs: readonly Tab<Id>[];
  selected: Id;
  /** The id of the element that they switch. */
  panel: string;
  onSelect: (id: Id) => void;
  className?: string;
  tabClass: (selected: boolean) => string;
}) {
  const list = useRef<HTMLDivElement>(null);
  // The selected one stays in view, also when the row becomes narrower.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is selected
  useEffect(() => {
    const row = list.current;
    if (!row) return;
    const observer = new ResizeObserver(() =>
      row
        .querySelector("[aria-selected=true]")
        ?.scrollIntoView({ block: "nearest", inline: "nearest" }),
    );
    observer.observe(row);
    return () => observer.disconnect();
  }, [selected]);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === selected);
    const to: Record<string, number> = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at - 1 + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const target = to[event.key];
    const tab = target === undefined ? undefined : tabs[target];
    if (!tab) return;
    event.preventDefault();
    onSelect(tab.id);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[target ?? 0]?.focus();
  };
  return (
    <div
      ref={list}
      role="tablist"
      aria-label={label}
      tabIndex={-1}
      className={className}
      onKeyDown={onKeyDown}
    >
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          aria-selected={tab.id === selected}
          aria-controls={panel}
          tabIndex={tab.id === selected ? 0 : -1}
          className={tabClass(tab.id === selected)}
          onClick={() => onSelect(tab.id)}
        >
          {tab.icon}
          {tab.label}
        </button>
      ))}
    </div>
  );
}
