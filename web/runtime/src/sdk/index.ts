// `cumulonimbus`: what an app may import to keep data on the server.
//
//     import { useCollection, useStorage, data } from "cumulonimbus";
//
// Data belongs to the person who uses the app: it lasts across versions and devices, and no other
// person or app sees it.
export { type UseCollection, useCollection } from "./collection.ts";
export { CumulonimbusError, data, type Fields, type Item } from "./data.ts";
export { useStorage } from "./storage.ts";
