// Runs in a browser: uses something of every library in one tree, with one React.

const manifest = await (await fetch("/lib/manifest.json")).json();
const load = (name) => import(`/lib/${manifest.libraries[name].file}`);
const loaded = {};
for (const name of Object.keys(manifest.libraries)) loaded[name] = await load(name);

const { default: React, createElement: h, useState } = loaded.react;
const { create } = loaded.zustand;
const { persist } = loaded["zustand/middleware"];
const { useShallow } = loaded["zustand/react/shallow"];
const { LineChart, Line, XAxis, Tooltip } = loaded.recharts;
const { DragDropContext, Droppable, Draggable } = loaded["@hello-pangea/dnd"];
const { motion, AnimatePresence } = loaded["framer-motion"];
const { clsx, default: clsxDefault } = loaded.clsx;
const { format, addDays } = loaded["date-fns"];
const { jsx } = loaded["react/jsx-runtime"];
const { jsxDEV } = loaded["react/jsx-dev-runtime"];
const { createPortal } = loaded["react-dom"];
const { default: Rocket } = await import(`/lib/${manifest.libraries["lucide-react"].icons.Rocket}`);

const kept = new Map();
const storage = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
  removeItem: (key) => kept.delete(key),
};
const useCount = create(
  persist((set) => ({ count: 1, add: () => set((s) => ({ count: s.count + 1 })) }), {
    name: "count",
    storage: loaded["zustand/middleware"].createJSONStorage(() => storage),
  }),
);

function Board() {
  return h(
    DragDropContext,
    { onDragEnd() {} },
    h(Droppable, { droppableId: "list" }, (list) =>
      h(
        "div",
        { ref: list.innerRef, ...list.droppableProps },
        h(Draggable, { draggableId: "card", index: 0 }, (card) =>
          h(
            "p",
            { id: "card", ref: card.innerRef, ...card.draggableProps, ...card.dragHandleProps },
            "card",
          ),
        ),
        list.placeholder,
      ),
    ),
  );
}

function App() {
  const [clicks, setClicks] = useState(0);
  const [count, add] = useCount(useShallow((s) => [s.count, s.add]));
  const press = () => {
    setClicks(clicks + 1);
    add();
  };
  return h(
    React.Fragment,
    null,
    h("button", { id: "press", onClick: press }, `${clicks} clicks, ${count} counted`),
    h(Rocket, { id: "single-icon" }),
    h(loaded["lucide-react"].Plus, { id: "icon" }),
    h(
      "div",
      { id: "chart" },
      h(
        LineChart,
        {
          width: 300,
          height: 150,
          data: [
            { d: "a", v: 1 },
            { d: "b", v: 3 },
          ],
        },
        h(XAxis, { dataKey: "d" }),
        h(Tooltip),
        h(Line, { dataKey: "v", isAnimationActive: false }),
      ),
    ),
    h(Board),
    h(
      AnimatePresence,
      null,
      h(
        motion.div,
        {
          id: "motion",
          initial: { opacity: 0 },
          animate: { opacity: 1 },
          transition: { duration: 0.05 },
        },
        "moved",
      ),
    ),
    jsx("i", { id: "clsx", children: `${clsx("a", { b: true })} ${clsxDefault(["c"])}` }),
    jsxDEV("b", {
      id: "date",
      children: format(addDays(new Date(2024, 1, 28), 1), "d MMMM yyyy"),
    }),
    createPortal(h("u", { id: "portal" }, "portal"), document.body),
  );
}

loaded["react-dom/client"].createRoot(document.getElementById("root")).render(h(App));

export {};
