import {
  type ComponentProps,
  type ComponentType,
  createContext,
  type ReactNode,
  useContext,
  useId,
} from "react";
import { Legend, ResponsiveContainer, Tooltip } from "recharts";
import { useTheme } from "../hooks/use-theme.ts";
import { cn } from "../lib/utils.ts";

/** What each series of a chart is called and drawn with, by its key. */
export type ChartConfig = {
  [key: string]: { label?: ReactNode; icon?: ComponentType } & (
    | { color?: string; theme?: never }
    | { color?: never; theme: Record<"light" | "dark", string> }
  );
};

const Config = createContext<ChartConfig | null>(null);

/** The config of the chart around this part. */
export function useChart() {
  const config = useContext(Config);
  if (!config) throw new Error("useChart is for the parts of a <ChartContainer>");
  return { config };
}

/** A chart of recharts in the theme's colours: `var(--color-KEY)` is the colour of a series. */
export function ChartContainer({
  id,
  className,
  children,
  config,
  ...props
}: ComponentProps<"div"> & {
  config: ChartConfig;
  children: ComponentProps<typeof ResponsiveContainer>["children"];
}) {
  const own = useId().replace(/[^\w-]/g, "");
  const chart = `chart-${id ?? own}`;
  return (
    <Config value={config}>
      <div
        data-slot="chart"
        data-chart={chart}
        className={cn(
          "flex aspect-video justify-center text-xs [&_.recharts-cartesian-axis-tick-value]:fill-muted-foreground [&_.recharts-cartesian-grid_line]:stroke-border/60 [&_.recharts-curve.recharts-tooltip-cursor]:stroke-border [&_.recharts-layer]:outline-none [&_.recharts-polar-grid_[stroke='#ccc']]:stroke-border [&_.recharts-radial-bar-background-sector]:fill-muted [&_.recharts-rectangle.recharts-tooltip-cursor]:fill-muted [&_.recharts-reference-line_[stroke='#ccc']]:stroke-border [&_.recharts-sector]:outline-none [&_.recharts-surface]:outline-none",
          className,
        )}
        {...props}
      >
        <ChartStyle id={chart} config={config} />
        <ResponsiveContainer initialDimension={{ width: 320, height: 200 }}>
          {children}
        </ResponsiveContainer>
      </div>
    </Config>
  );
}

/** The colours of a chart as `--color-KEY`. */
export function ChartStyle({ id, config }: { id: string; config: ChartConfig }) {
  const theme = useTheme();
  const colours = Object.entries(config).flatMap(([key, series]) => {
    const colour = series.theme?.[theme] ?? series.color;
    return colour ? [`--color-${key}: ${colour};`] : [];
  });
  if (colours.length === 0) return null;
  return <style>{`[data-chart=${id}] { ${colours.join(" ")} }`}</style>;
}

/** One series at the place that is pointed at, as recharts tells it. */
type Shown = {
  name?: string | number;
  dataKey?: unknown;
  value?: unknown;
  color?: string;
  type?: string;
  payload?: Record<string, unknown> & { fill?: string };
};

export const ChartTooltip = Tooltip;

export type ChartTooltipContentProps = Omit<ComponentProps<"div">, "content"> & {
  active?: boolean;
  payload?: readonly Shown[];
  label?: ReactNode;
  labelFormatter?: (label: ReactNode, payload: readonly Shown[]) => ReactNode;
  formatter?: (
    value: unknown,
    name: unknown,
    item: Shown,
    index: number,
    payload: unknown,
  ) => ReactNode;
  labelClassName?: string;
  color?: string;
  indicator?: "line" | "dot" | "dashed";
  hideLabel?: boolean;
  hideIndicator?: boolean;
  nameKey?: string;
  labelKey?: string;
};

const INDICATORS = {
  dot: "size-2.5",
  line: "w-1 self-stretch",
  dashed: "my-0.5 w-0 self-stretch border-[1.5px] border-dashed bg-transparent",
};

/** What stands beside the pointer. */
export function ChartTooltipContent({
  active,
  payload = [],
  label,
  labelFormatter,
  formatter,
  className,
  labelClassName,
  color,
  indicator = "dot",
  hideLabel = false,
  hideIndicator = false,
  nameKey,
  labelKey,
}: ChartTooltipContentProps) {
  const { config } = useChart();
  const [first] = payload;
  if (!active || !first) return null;

  const named = labelKey === undefined && typeof label === "string" ? config[label]?.label : null;
  const heading =
    named ?? (labelKey ? seriesOf(config, first, labelKey)?.label : undefined) ?? label;
  const title = labelFormatter ? labelFormatter(heading, payload) : heading;
  return (
    <div
      className={cn(
        "grid min-w-32 items-start gap-1.5 rounded-lg border bg-popover px-2.5 py-1.5 text-xs text-popover-foreground shadow-xl",
        className,
      )}
    >
      {!hideLabel && title != null && title !== "" && (
        <div className={cn("font-medium", labelClassName)}>{title}</div>
      )}
      {payload
        .filter((item) => item.type !== "none")
        .map((item, index) => {
          const series = seriesOf(config, item, nameKey);
          const colour = color ?? item.payload?.fill ?? item.color;
          if (formatter && item.value !== undefined && item.name !== undefined) {
            const body = formatter(item.value, item.name, item, index, item.payload);
            return (
              <div key={keyOf(item)} className="flex w-full flex-wrap items-center gap-2">
                {body}
              </div>
            );
          }
          return (
            <div key={keyOf(item)} className="flex w-full items-center gap-2">
              {series?.icon ? (
                <series.icon />
              ) : (
                !hideIndicator && (
                  <div
                    className={cn("shrink-0 rounded-[2px]", INDICATORS[indicator])}
                    style={{
                      borderColor: colour,
                      backgroundColor: indicator === "dashed" ? undefined : colour,
                    }}
                  />
                )
              )}
              <span className="mr-auto text-muted-foreground">{series?.label ?? item.name}</span>
              <span className="pl-3 font-mono font-medium tabular-nums">
                {typeof item.value === "number"
                  ? item.value.toLocaleString()
                  : String(item.value ?? "")}
              </span>
            </div>
          );
        })}
    </div>
  );
}

export const ChartLegend = Legend;

/** The names and colours of the series. */
export function ChartLegendContent({
  className,
  hideIcon = false,
  payload = [],
  verticalAlign = "bottom",
  nameKey,
}: ComponentProps<"div"> & {
  hideIcon?: boolean;
  payload?: readonly Shown[];
  verticalAlign?: "top" | "bottom" | "middle";
  nameKey?: string;
}) {
  const { config } = useChart();
  return (
    <div
      className={cn(
        "flex flex-wrap items-center justify-center gap-x-4 gap-y-1",
        verticalAlign === "top" ? "pb-3" : "pt-3",
        className,
      )}
    >
      {payload
        .filter((item) => item.type !== "none")
        .map((item) => {
          const series = seriesOf(config, item, nameKey);
          return (
            <div key={keyOf(item)} className="flex items-center gap-1.5">
              {series?.icon && !hideIcon ? (
                <series.icon />
              ) : (
                <div
                  className="size-2 shrink-0 rounded-[2px]"
                  style={{ backgroundColor: item.color }}
                />
              )}
              {series?.label ?? String(item.value ?? "")}
            </div>
          );
        })}
    </div>
  );
}

/** Several slices may be of one series, and several series of one name. */
function keyOf(item: Shown) {
  return `${String(item.dataKey)} ${item.name ?? String(item.value)}`;
}

/** The config of a series: by a value of its data when `key` names one, else by its own name. */
function seriesOf(config: ChartConfig, item: Shown, key?: string) {
  const told = key === undefined ? undefined : (item.payload?.[key] ?? key);
  for (const name of [told, item.dataKey, item.name, item.value]) {
    if (typeof name === "string" && config[name]) return config[name];
  }
  return undefined;
}
