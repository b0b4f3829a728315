import { type Label as RadixLabel, Slot } from "radix-ui";
import { type ComponentProps, createContext, useContext, useId } from "react";
import {
  Controller,
  type ControllerProps,
  type FieldPath,
  type FieldValues,
  FormProvider,
  useFormContext,
  useFormState,
} from "react-hook-form";
import { cn } from "../lib/utils.ts";
import { Label } from "./label.tsx";

/** A form of react-hook-form: takes what `useForm` returned. */
export const Form = FormProvider;

const FieldName = createContext<string | undefined>(undefined);
const ItemId = createContext<string | undefined>(undefined);

/** One value of the form, by its name. */
export function FormField<
  Values extends FieldValues = FieldValues,
  Name extends FieldPath<Values> = FieldPath<Values>,
>(props: ControllerProps<Values, Name>) {
  return (
    <FieldName value={props.name}>
      <Controller {...props} />
    </FieldName>
  );
}

/** What the parts of a field need to know of it: ids, and what is wrong with its value. */
export function useFormField() {
  const name = useContext(FieldName);
  const id = useContext(ItemId);
  if (name === undefined) throw new Error("useFormField is for the parts of a <FormField>");
  const { getFieldState, control } = useFormContext();
  const state = getFieldState(name, useFormState({ control, name }));
  return {
    ...state,
    id,
    name,
    formItemId: `${id}-form-item`,
    formDescriptionId: `${id}-form-item-description`,
    formMessageId: `${id}-form-item-message`,
  };
}

export function FormItem({ className, ...props }: ComponentProps<"div">) {
  return (
    <ItemId value={useId()}>
      <div data-slot="form-item" className={cn("grid gap-2", className)} {...props} />
    </ItemId>
  );
}

export function FormLabel({ className, ...props }: ComponentProps<typeof RadixLabel.Root>) {
  const { error, formItemId } = useFormField();
  return (
    <Label
      data-slot="form-label"
      data-error={error !== undefined}
      className={cn("data-[error=true]:text-destructive", className)}
      htmlFor={formItemId}
      {...props}
    />
  );
}

/** Ties its one child to the field's label, description and message. */
export function FormControl(props: ComponentProps<typeof Slot.Root>) {
  const { error, formItemId, formDescriptionId, formMessageId } = useFormField();
  return (
    <Slot.Root
      data-slot="form-control"
      id={formItemId}
      aria-describedby={error ? `${formDescriptionId} ${formMessageId}` : formDescriptionId}
      aria-invalid={error !== undefined}
      {...props}
    />
  );
}

export function FormDescription({ className, ...props }: ComponentProps<"p">) {
  const { formDescriptionId } = useFormField();
  return (
    <p
      data-slot="form-description"
      id={formDescriptionId}
      className={cn("text-sm text-muted-foreground", className)}
      {...props}
    />
  );
}

/** What is wrong with the value, or its children; nothing when there is neither. */
export function FormMessage({ className, children, ...props }: ComponentProps<"p">) {
  const { error, formMessageId } = useFormField();
  const body = error ? String(error.message ?? "") : children;
  if (!body) return null;
  return (
    <p
      data-slot="form-message"
      id={formMessageId}
      className={cn("text-sm text-destructive", className)}
      {...props}
    >
      {body}
    </p>
  );
}
