import { useEffect, useRef } from "preact/hooks";
import { color, diverging, frame, rgb, useScheme, useWidth, type Frame } from "../parts/canvas.js";
import { PngButton } from "../parts/picture-buttons.js";
import type { LiveStart } from "../worker/protocol/train.js";

const HEIGHT = 300;

/** What the network says about its data: a curve through points on a line, or colours of the plane. */
export function Picture({ start, values }: { readonly start: LiveStart; readonly values: Float64Array | null }) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const scheme = useScheme();
  const flat = start.inputs === 1;
  useEffect(() => {
    if (!values || width < 50 || !canvas.current) return;
    if (flat) curve(canvas.current, width, start, values);
    else plane(canvas.current, width, start, values);
  }, [values, width, scheme, start]);
  return (
    <section class="plot" ref={box}>
      <h2>{flat ? "The network through its data" : "The plane as the network sees it"}</h2>
      <canvas
        ref={canvas}
        role="img"
        aria-label={
          flat
            ? `The network's output over its input, with the ${start.samples?.targets.length ?? 0} samples as dots`
            : `The network's output over the plane in colours, with the ${start.samples?.targets.length ?? 0} samples as dots`
        }
        style={{ height: `${HEIGHT}px` }}
      />
      <p class="under">
        {flat
          ? "Line: the network. Dots: the samples it learns."
          : start.outputs === 1
            ? "Blue: output below 0. Orange: above 0. Dots: the samples, in the colour of their class."
            : "Each point has the colour of the class whose output is the largest. Dots: the samples, in the colour of their class."}
      </p>
      <PngButton name="the network and its data" />
    </section>
  );
}

function curve(canvas: HTMLCanvasElement, width: number, { view, samples, outputs }: LiveStart, values: Float64Array): void {
  const { from, to, cells } = view!;
  const targets = Array.from(samples!.targets).filter((_, i) => i % outputs === 0);
  const [least, most] = [Math.min(...targets), Math.max(...targets)];
  const margin = 0.25 * (most - least || 1);
  const f = frame(canvas, width, HEIGHT, {
    x: [from[0]!, to[0]!],
    y: [least - margin, most + margin],
    xLabel: "input",
    yLabel: "output",
  });
  inside(f, () => {
    f.context.strokeStyle = color("--c1");
    f.context.lineWidth = 2;
    f.context.beginPath();
    for (let i = 0; i < cells; i++) {
      const x = from[0]! + ((to[0]! - from[0]!) * (i + 0.5)) / cells;
      f.context.lineTo(f.x(x), f.y(values[i * outputs]!));
    }
    f.context.stroke();
    targets.forEach((t, i) => dot(f, samples!.inputs[i]!, t, color("--c2")));
  });
}

function plane(canvas: HTMLCanvasElement, width: number, { view, samples, outputs }: LiveStart, values: Float64Array): void {
  const { from, to, cells } = view!;
  const f = frame(canvas, width, HEIGHT, {
    x: [from[0]!, to[0]!],
    y: [from[1]!, to[1]!],
    xLabel: "first input",
    yLabel: "second input",
  });
  const classes = ["--c1", "--c2", "--c3", "--c4", "--c5"];
  const scale = diverging("--c1", "--c2");
  const paint = (i: number): readonly [number, number, number] => {
    if (outputs === 1) return scale(values[i]!);
    const row = values.subarray(i * outputs, (i + 1) * outputs);
    return rgb(color(classes[row.indexOf(Math.max(...row)) % classes.length]!));
  };
  const image = new ImageData(cells, cells);
  for (let i = 0; i < cells * cells; i++) {
    const at = 4 * ((cells - 1 - Math.floor(i / cells)) * cells + (i % cells));
    image.data.set([...paint(i), 255], at);
  }
  const small = new OffscreenCanvas(cells, cells);
  small.getContext("2d")!.putImageData(image, 0, 0);
  inside(f, () => {
    f.context.imageSmoothingEnabled = true;
    f.context.drawImage(small, f.left, f.top, f.width, f.height);
    for (let i = 0; i < samples!.targets.length / outputs; i++) {
      const label =
        outputs === 1
          ? samples!.targets[i]! < 0
            ? 0
            : 1
          : Array.from(samples!.targets.subarray(i * outputs, (i + 1) * outputs)).indexOf(1);
      dot(f, samples!.inputs[2 * i]!, samples!.inputs[2 * i + 1]!, color(classes[Math.max(0, label) % classes.length]!));
    }
  });
}

function inside({ context, left, top, width, height }: Frame, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  draw();
  context.restore();
}

function dot(f: Frame, x: number, y: number, fill: string): void {
  f.context.beginPath();
  f.context.arc(f.x(x), f.y(y), 4, 0, 2 * Math.PI);
  f.context.fillStyle = fill;
  f.context.fill();
  f.context.lineWidth = 1.5;
  f.context.strokeStyle = color("--ground");
  f.context.stroke();
}
