// `next/head`
import { Children, isValidElement, type ReactNode } from "react";

/** What belongs to the document's head; React takes a title, metadata and links there by itself. */
export default function Head({ children }: { children?: ReactNode }) {
  return Children.toArray(children).filter(
    (child) =>
      isValidElement(child) && ["title", "meta", "link", "style"].includes(`${String(child.type)}`),
  );
}
