// Runs in a browser: something of every listed library, each in a box of its own. A box that shows
// nothing, or whose library throws, is what the test looks for.

const manifest = await (await fetch("/lib/manifest.json")).json();
const load = (name) => import(`/lib/${manifest.libraries[name].file}`);
const names = Object.keys(manifest.libraries).filter((name) => !manifest.libraries[name].pack);
const libraries = {};
for (const name of names) libraries[name] = await load(name);
for (const name of names) {
  for (const key of manifest.libraries[name].exports) {
    if (!(key in libraries[name])) throw new Error(`${name} does not export ${key}`);
  }
}

const { createElement: h, Component, useState, Suspense } = libraries.react;
const { Canvas } = libraries["@react-three/fiber"];
const words = (value) => h("span", null, String(value));
const ui = (name) => libraries[`@/components/ui/${name}`];

/** Some of it in use, by the library's name. What it gives has to show text or a picture. */
const uses = {
  react: (l) => words(l.version),
  "react-dom": (l) => words(l.version),
  "react-is": (l) => words(l.isElement(h("i"))),
  "react-router-dom": (l) =>
    h(l.MemoryRouter, null, h(l.Routes, null, h(l.Route, { path: "/", element: words("route") }))),
  "react-hook-form": (l) =>
    h(function Form() {
      const { register, watch } = l.useForm({ defaultValues: { a: "field" } });
      return h("label", null, watch("a"), h("input", register("a")));
    }),
  "radix-ui": (l) => h(l.Switch.Root, null, h(l.Switch.Thumb), "switch"),
  cmdk: (l) =>
    h(l.Command, { label: "c" }, h(l.Command.List, null, h(l.Command.Item, null, "item"))),
  vaul: (l) => h(l.Drawer.Root, null, h(l.Drawer.Trigger, null, "drawer")),
  "embla-carousel": (l) => words(typeof l.default),
  "embla-carousel-react": (l) =>
    h(function Slides() {
      const [ref, api] = l.default();
      return h("div", { ref }, h("div", null, api ? "slides" : ""));
    }),
  "embla-carousel-autoplay": (l) => words(l.default({ playOnInit: false }).name),
  "react-day-picker": (l) => h(l.DayPicker, { mode: "single" }),
  "input-otp": (l) => h(l.OTPInput, { maxLength: 2, render: () => words("code") }),
  "react-resizable-panels": (l) =>
    h(l.PanelGroup, { direction: "horizontal" }, h(l.Panel, null, "panel")),
  "class-variance-authority": (l) => words(l.cva("a", { variants: { b: { c: "d" } } })({ b: "c" })),
  clsx: (l) => words(l.clsx("a", { b: true })),
  "tailwind-merge": (l) => words(l.twMerge("p-2 p-4")),
  "lucide-react": (l) => h(l.Rocket),
  "react-icons/fa": (l) => h(l.GenIcon({ tag: "svg", attr: { viewBox: "0 0 1 1" }, child: [] })),
  recharts: (l) =>
    h(l.LineChart, { width: 99, height: 99, data: [{ v: 1 }] }, h(l.Line, { dataKey: "v" })),
  "framer-motion": (l) => h(l.motion.div, { animate: { opacity: 1 } }, "motion"),
  "chart.js": (l) => words(typeof l.Chart.register),
  "react-chartjs-2": (l) => {
    libraries["chart.js"].Chart.register(...libraries["chart.js"].registerables);
    return h(l.Bar, {
      data: { labels: ["a"], datasets: [{ data: [1] }] },
      options: { animation: false },
    });
  },
  d3: (l) => words(l.scaleLinear([0, 10], [0, 100])(5)),
  sonner: (l) => h("div", null, "sonner", h(l.Toaster)),
  "react-hot-toast": (l) => h("div", null, "hot toast", h(l.Toaster)),
  "next-themes": (l) => h(l.ThemeProvider, { attribute: "class" }, words("themed")),
  "canvas-confetti": (l) => words(typeof l.default.create),
  marked: (l) => words(l.marked.parse("**bold**")),
  "react-markdown": (l) =>
    h(l.default, { remarkPlugins: [libraries["remark-gfm"].default] }, "~~gone~~"),
  "remark-gfm": (l) => words(typeof l.default),
  three: (l) => words(new l.Vector3(1, 2, 2).length()),
  "@react-three/fiber": () => h(Canvas, { fallback: words("canvas") }, h("group")),
  "@react-three/drei": (l) =>
    h(Canvas, { fallback: words("canvas") }, h(l.OrbitControls), h(l.Box, { args: [1, 1, 1] })),
  tone: (l) => words(l.Frequency("A4").toFrequency()),
  "@hello-pangea/dnd": (l) => h(l.DragDropContext, { onDragEnd() {} }, words("dnd")),
  "@dnd-kit/core": (l) => h(l.DndContext, null, words("kit")),
  "@dnd-kit/sortable": (l) => words(l.arrayMove([1, 2, 3], 0, 2)),
  "@dnd-kit/utilities": (l) =>
    words(l.CSS.Translate.toString({ x: 1, y: 2, scaleX: 1, scaleY: 1 })),
  "@dnd-kit/modifiers": (l) => words(typeof l.restrictToParentElement),
  zustand: (l) => words(l.create(() => ({ a: "state" })).getState().a),
  jotai: (l) => {
    const atom = l.atom("atom");
    return h(() => words(l.useAtomValue(atom)));
  },
  immer: (l) => words(l.produce([1], (draft) => void draft.push(2))),
  zod: (l) => words(l.z.string().min(2).safeParse("a").error.issues[0].code),
  "@tanstack/react-query": (l) => {
    const client = new l.QueryClient();
    const Asks = () =>
      words(l.useQuery({ queryKey: ["a"], queryFn: async () => "answer" }).data ?? "asking");
    return h(l.QueryClientProvider, { client }, h(Asks));
  },
  "@tanstack/react-table": (l) =>
    h(function Rows() {
      const [data] = useState([{ a: "cell" }]);
      const columns = [{ accessorKey: "a" }];
      const table = l.useReactTable({ data, columns, getCoreRowModel: l.getCoreRowModel() });
      return words(table.getRowModel().rows[0].getValue("a"));
    }),
  nanoid: (l) => words(l.nanoid(5)),
  uuid: (l) => words(l.v4()),
  papaparse: (l) => words(l.default.parse("a,b").data),
  mathjs: (l) => words(l.evaluate("sqrt(3^2 + 4^2)")),
  "date-fns": (l) => words(l.format(new Date(2026, 1, 1), "MMMM")),
  dayjs: (l) => {
    l.default.extend(libraries["dayjs/plugin/relativeTime"].default);
    return words(l.default("2026-01-01").from(l.default("2026-01-03")));
  },
  lodash: (l) => words(l.default.startCase("wordsInARow")),
};

/** What has more than one name is used under one of them. */
const OTHERS = {
  "@/components/ui/button": () => h(ui("button").Button, null, "button"),
  "next/link": (l) => h(l.default, { href: "/a" }, "link"),
  "next/image": (l) =>
    h(l.default, { src: "data:image/gif;base64,R0lGODlhAQABAAAAACw=", alt: "dot" }),
  "next/font/google": (l) =>
    words(l.Inter({ subsets: ["latin"], variable: "--font" }).style.fontFamily),
  "next/navigation": (l) => h(() => words(l.usePathname())),
  "next/dynamic": (l) => h(l.default(async () => () => words("later"))),
  "next/head": (l) => h("div", null, "head", h(l.default, null, h("title", null, "Titled"))),
  crypto: (l) => words(l.randomUUID()),
  events: (l) => words(new l.EventEmitter().on("a", () => {}).emit("a")),
  path: (l) => words(l.join("a", "..", "b/c.txt") + l.extname("x.tar.gz")),
};

class Box extends Component {
  state = { error: "" };
  static getDerivedStateFromError(error) {
    return { error: String(error) };
  }
  render() {
    const { name, children } = this.props;
    const said = this.state.error || h(Suspense, { fallback: "" }, children);
    return h("section", { "data-library": name, "data-error": this.state.error }, said);
  }
}

const all = { ...uses, ...OTHERS };
const boxes = Object.entries(all).map(([name, use]) =>
  h(
    Box,
    { key: name, name },
    h(() => use(libraries[name] ?? libraries["react-icons/lib"])),
  ),
);
libraries["react-dom/client"].createRoot(document.getElementById("root")).render(boxes);
const listed = Object.keys(manifest.libraries).filter(
  (name) => !manifest.libraries[name].unlisted && !/^(react\/|react-dom\/|@radix-ui\/)/.test(name),
);
document.body.dataset.unused = listed.filter((name) => !(name in all)).join(" ");

export {};
