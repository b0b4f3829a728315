import useEmblaCarousel, { type UseEmblaCarouselType } from "embla-carousel-react";
import {
  type ComponentProps,
  createContext,
  type KeyboardEvent,
  useCallback,
  useContext,
  useEffect,
  useState,
} from "react";
import { ArrowLeft, ArrowRight } from "../lib/icons.tsx";
import { cn } from "../lib/utils.ts";
import { Button } from "./button.tsx";

export type CarouselApi = UseEmblaCarouselType[1];
type Parameters_ = Parameters<typeof useEmblaCarousel>;
type CarouselProps = {
  opts?: Parameters_[0];
  plugins?: Parameters_[1];
  orientation?: "horizontal" | "vertical";
  /** Is given the carousel once it is there. */
  setApi?: (api: CarouselApi) => void;
};

type CarouselState = {
  carouselRef: UseEmblaCarouselType[0];
  api: CarouselApi;
  orientation: "horizontal" | "vertical";
  scrollPrev: () => void;
  scrollNext: () => void;
  canScrollPrev: boolean;
  canScrollNext: boolean;
};

const CarouselContext = createContext<CarouselState | null>(null);

/** The carousel around a part of it. */
export function useCarousel(): CarouselState {
  const carousel = useContext(CarouselContext);
  if (!carousel) throw new Error("useCarousel is for the parts of a <Carousel>");
  return carousel;
}

/** Slides side by side, moved by buttons, arrow keys or a finger. */
export function Carousel({
  orientation = "horizontal",
  opts,
  setApi,
  plugins,
  className,
  children,
  ...props
}: ComponentProps<"div"> & CarouselProps) {
  const axis = orientation === "horizontal" ? "x" : "y";
  const [carouselRef, api] = useEmblaCarousel({ ...opts, axis }, plugins);
  const [can, setCan] = useState({ prev: false, next: false });

  useEffect(() => {
    if (!api) return;
    setApi?.(api);
    const look = () => setCan({ prev: api.canScrollPrev(), next: api.canScrollNext() });
    look();
    api.on("reInit", look).on("select", look);
    return () => void api.off("reInit", look).off("select", look);
  }, [api, setApi]);

  const scrollPrev = useCallback(() => api?.scrollPrev(), [api]);
  const scrollNext = useCallback(() => api?.scrollNext(), [api]);
  const [back, on] = axis === "x" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== back && event.key !== on) return;
    event.preventDefault();
    if (event.key === back) scrollPrev();
    else scrollNext();
  };

  return (
    <CarouselContext
      value={{
        carouselRef,
        api,
        orientation,
        scrollPrev,
        scrollNext,
        canScrollPrev: can.prev,
        canScrollNext: can.next,
      }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a `section` takes no role description */}
      <div
        data-slot="carousel"
        role="region"
        aria-roledescription="carousel"
        onKeyDownCapture={onKey}
        className={cn("relative", className)}
        {...props}
      >
        {children}
      </div>
    </CarouselContext>
  );
}

export function CarouselContent({ className, ...props }: ComponentProps<"div">) {
  const { carouselRef, orientation } = useCarousel();
  return (
    <div ref={carouselRef} data-slot="carousel-content" className="overflow-hidden">
      <div
        className={cn("flex", orientation === "horizontal" ? "-ml-4" : "-mt-4 flex-col", className)}
        {...props}
      />
    </div>
  );
}

export function CarouselItem({ className, ...props }: ComponentProps<"div">) {
  const { orientation } = useCarousel();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a slide is no set of form fields
    <div
      data-slot="carousel-item"
      role="group"
      aria-roledescription="slide"
      className={cn(
        "min-w-0 shrink-0 grow-0 basis-full",
        orientation === "horizontal" ? "pl-4" : "pt-4",
        className,
      )}
      {...props}
    />
  );
}

export function CarouselPrevious({
  className,
  variant = "outline",
  size = "icon-sm",
  ...props
}: ComponentProps<typeof Button>) {
  const { orientation, scrollPrev, canScrollPrev } = useCarousel();
  return (
    <Button
      data-slot="carousel-previous"
      type="button"
      variant={variant}
      size={size}
      disabled={!canScrollPrev}
      onClick={scrollPrev}
      className={cn(
        "absolute rounded-full",
        orientation === "horizontal"
          ? "top-1/2 -left-12 -translate-y-1/2"
          : "-top-12 left-1/2 -translate-x-1/2 rotate-90",
        className,
      )}
      {...props}
    >
      <ArrowLeft />
      <span className="sr-only">Previous slide</span>
    </Button>
  );
}

export function CarouselNext({
  className,
  variant = "outline",
  size = "icon-sm",
  ...props
}: ComponentProps<typeof Button>) {
  const { orientation, scrollNext, canScrollNext } = useCarousel();
  return (
    <Button
      data-slot="carousel-next"
      type="button"
      variant={variant}
      size={size}
      disabled={!canScrollNext}
      onClick={scrollNext}
      className={cn(
        "absolute rounded-full",
        orientation === "horizontal"
          ? "top-1/2 -right-12 -translate-y-1/2"
          : "-bottom-12 left-1/2 -translate-x-1/2 rotate-90",
        className,
      )}
      {...props}
    >
      <ArrowRight />
      <span className="sr-only">Next slide</span>
    </Button>
  );
}
