// `next/dynamic`
import { type ComponentType, type JSX, lazy, Suspense } from "react";

type Loaded<Props> = ComponentType<Props> | { default: ComponentType<Props> };

/** A component that is fetched when it is first shown. */
export default function dynamic<Props extends object>(
  load: (() => Promise<Loaded<Props>>) | { loader: () => Promise<Loaded<Props>> },
  options: { loading?: ComponentType<Record<string, unknown>>; ssr?: boolean } = {},
): (props: Props) => JSX.Element {
  const loader = typeof load === "function" ? load : load.loader;
  const Component = lazy(async () => {
    const loaded = await loader();
    return "default" in loaded ? loaded : { default: loaded };
  }) as unknown as ComponentType<Props>;
  const Loading = options.loading;
  return function Dynamic(props: Props) {
    return (
      <Suspense fallback={Loading ? <Loading isLoading /> : null}>
        <Component {...props} />
      </Suspense>
    );
  };
}
