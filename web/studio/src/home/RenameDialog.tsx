import { type FormEvent, useState } from "react";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";

/** The longest name, in characters, as the server has it. */
const MAX_NAME_CHARS = 80;

export function RenameDialog({
  name,
  onClose,
  onSave,
}: {
  name: string;
  onClose: () => void;
  onSave: (name: string) => void;
}) {
  const [value, setValue] = useState(name);
  const tidy = value.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (tidy === "") return;
    if (tidy === name) onClose();
    else onSave(tidy);
  };
  return (
    <Dialog title={text.home.renameHeading} onClose={onClose}>
      <form onSubmit={submit} className="space-y-5">
        <label className="block space-y-1 text-sm">
          <span className="font-medium">{text.home.renameLabel}</span>
          <input
            className="field h-10 text-base"
            value={value}
            maxLength={MAX_NAME_CHARS}
            onChange={(event) => setValue(event.target.value)}
            onFocus={(event) => event.target.select()}
          />
        </label>
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            {text.actions.cancel}
          </Button>
          <Button type="submit" look="primary" disabled={tidy === ""}>
            {text.actions.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
