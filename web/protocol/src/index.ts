// What the page that hosts an app and the frame that runs it say to each other.
//
// Both ends are built from these files, so that a limit or a message has one meaning. Nothing here
// touches the DOM, a clock of its own or the network.
export { fromBase64, toBase64 } from "./base64.ts";
export { type Rate, TokenBucket } from "./bucket.ts";
export {
  callIdOf,
  type Direction,
  type Opened,
  openEnvelope,
  randomKey,
  seal,
  sequenceOf,
} from "./envelope.ts";
export { hmacSha256, toHex } from "./hmac.ts";
export { exceedsDepth, utf8Length } from "./json.ts";
export * from "./limits.ts";
export {
  type AppState,
  type AppStateReport,
  type ConsoleLevel,
  type ConsoleLine,
  type ErrorReport,
  type Hello,
  type Init,
  type LaunchBlock,
  plainText,
  readAppState,
  readConsoleLine,
  readErrorReport,
  readHello,
  readInit,
  readLaunchBlock,
  readUser,
  type StorageArea,
  type User,
} from "./messages.ts";
export {
  allows,
  type DeclaredPermissions,
  isEmpty,
  type NeededPermission,
  NO_PERMISSIONS,
  type PermissionName,
  type PermissionState,
  type Permissions,
  readNeeded,
  readPermissionState,
  readPermissions,
  union,
  without,
} from "./permissions.ts";
export {
  type Carrier,
  carrierOf,
  isObject,
  type JsonObject,
  parseMessage,
  type RpcError,
  RpcErrorCode,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
  type RpcResponse,
  type Unreadable,
} from "./rpc.ts";
export { readUiRequest, type UiRequest } from "./ui.ts";
