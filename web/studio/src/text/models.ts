// What is said about models: who writes, where the data goes, what was received.

export const model = {
  label: "Model for this request",
  checking: "Looking for a model…",
  none: "No model is connected",
  noneLocal: "No local model is ready",
  stays: "stays on this machine or network",
  leaves: "sent to the provider",
  local: "Local",
  hosted: "Hosted",
  where: (local: boolean, name: string, provider: string) =>
    local
      ? `Stays on this machine or network: ${name} writes.`
      : `Your description is sent to ${provider}: ${name} writes.`,
  demoWhere: "No model is asked: the nearest of our sample apps is played.",
  demoSettings: "Choose a model",
  chip: (note: string) => `, ${note}. Choose the model.`,
  choose: ". Choose the model.",
  heading: "Who writes this app",
  provider: "Provider",
  auto: "Automatic",
  autoNote: "The local model when it is ready, else the hosted one.",
  autoLocal: "The local model. A hosted one is never asked.",
  name: "Model",
  configured: (name: string | null) => (name ? `As configured: ${name}` : "As configured"),
  hostedName: "Leave empty for the configured one",
  demo: "Sample generator",
  demoNote: "No model is connected: plays the sample nearest to the description.",
  off: "switched off",
  notReady: "not ready",
  staysOut: "leaves this machine: not for this app",
  once: "For this request only. Your settings stay as they are.",
} as const;

/** "Never leaves this machine", of one app. */
export const localOnly = {
  label: "Never leaves this machine",
  note: "Only models on this machine or network may write this app. A hosted one is never asked, also when the local one fails.",
  none: "No local model is ready, and this app never leaves this machine.",
  connect: "Connect one in the settings",
  on: "This app never leaves this machine now.",
  off: "Hosted models may write this app again.",
} as const;

/** A reply that was kept from before, offered in place of asking again. */
export const reuse = {
  heading: "You asked for this before",
  headingSimilar: "You asked for something like this before",
  lead: "Use what was written then, or have it written anew. What is used costs nothing and is built at once.",
  made: (when: string) => `Made ${when} for`,
  by: (name: string) => `by ${name}`,
  same: "the same words",
  alike: (percent: number) => `${percent}% alike`,
  use: "Use it",
  labelOf: (prompt: string) => `Use it: the reply to “${prompt}”`,
  anew: "Generate anew",
} as const;

/** What the model says it received of what was sent. */
export const meter = {
  heading: "What the model received",
  sent: (tokens: string) => `Sent about ${tokens} tokens`,
  read: (tokens: string) => `the model says it read ${tokens}`,
  unread: "the model does not say what it read",
  window: (tokens: string) => `its window holds ${tokens}`,
  noWindow: "the size of its window is not known",
  uncut: "Nothing suggests that any of it was cut.",
  cut: "It did not receive all of it. What it wrote may miss what you asked for: ask for less at once, or choose a model with a larger window.",
  full: (percent: number) => `${percent}% of the window`,
  arrived: (percent: number) => `${percent}% of it arrived`,
  cost: (dollars: string) => `Cost ${dollars}`,
} as const;

export const noModel = {
  heading: "No model is connected yet",
  lead: "Cumulonimbus needs a model to write code. Connect one of these; this page notices by itself.",
  show: "How to connect one",
  hide: "Hide",
  ollama: "On this machine: Ollama",
  ollamaNote: "Private: nothing leaves your network.",
  ollamaInstall: "Install Ollama and start it:",
  ollamaLink: "ollama.com/download",
  ollamaUrl: "https://ollama.com/download",
  ollamaPull: "Fetch the configured model:",
  ollamaCommand: (name: string) => `ollama pull ${name}`,
  hosted: "Hosted: OpenRouter",
  hostedNote: "Quick to set up; descriptions are sent there.",
  hostedKey: "Put in a key:",
  hostedSettings: "Settings, Models",
  hostedVariable: "Or start the server with it:",
  hostedCommand: "OPENROUTER_API_KEY=…",
  found: "What was found",
  samples: "Or watch a sample being made",
  samplesLabel: "Sample generator: no model is connected",
  samplesNote:
    "These apps were written by us. They play through the real pipeline: stream, build, sandbox.",
  play: "Play the sample",
} as const;
