import { useId } from "react";

/** One of a few short choices, side by side. */
export function Segmented<Value extends string>({
  label,
  choices,
  value,
  onChange,
}: {
  /** What is chosen, for screen readers. */
  label: string;
  choices: readonly (readonly [Value, string])[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset className="inline-flex rounded-lg bg-ink/6 p-0.5">
      <legend className="sr-only">{label}</legend>
      {choices.map(([choice, words]) => (
        <label
          key={choice}
          className="relative flex h-8 cursor-pointer items-center rounded-md px-3.5 text-sm text-muted transition-colors has-checked:bg-surface has-checked:font-medium has-checked:text-ink has-checked:shadow-[0_1px_2px_rgb(0_0_0/10%)] has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={value === choice}
            onChange={() => onChange(choice)}
          />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
