// `cumulonimbus`: what an app may import to reach beyond its frame. docs/sdk.md describes it.
//
//     import { useCollection, useStorage, ai, http, ui, useUser } from "cumulonimbus";
//
// Data belongs to the person who uses the app: it lasts across versions and devices, and no other
// person or app sees it, unless it is kept in a shared collection.
export {
  type AiMessage,
  type AiRequest,
  type AiUsage,
  ai,
  type Completion,
} from "./ai.ts";
export { type UseCollection, useCollection } from "./collection.ts";
export {
  type Condition,
  data,
  type Fields,
  type InScope,
  type Item,
  type Page,
  type Query,
  type Scope,
} from "./data.ts";
export { CumulonimbusError } from "./host.ts";
export { type HttpInit, http } from "./http.ts";
export type { DataEvent } from "./live.ts";
export { type UsePermission, usePermission, useUser } from "./person.ts";
export { useStorage } from "./storage.ts";
export { ui } from "./ui.ts";
