/** Writes ONNX files for tests: protocol buffers by hand, independent of the reader. Field numbers are those of onnx.proto3. */

export const varint = (value: number): number[] => {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return bytes;
};

const key = (field: number, wire: number) => varint(field * 8 + wire);
export const whole = (field: number, value: number) => [...key(field, 0), ...varint(value)];
export const bytes = (field: number, content: readonly number[]) => [...key(field, 2), ...varint(content.length), ...content];
export const text = (field: number, value: string) => bytes(field, [...new TextEncoder().encode(value)]);
export const float = (field: number, value: number) => [...key(field, 5), ...new Uint8Array(Float32Array.of(value).buffer)];

export interface WrittenTensor {
  readonly name?: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
  /** TensorProto.DataType: 1 float32, 7 int64, 11 float64. */
  readonly type?: 1 | 7 | 11;
}

export const tensor = ({ name = "", shape, data, type = 1 }: WrittenTensor): number[] => [
  ...bytes(1, shape.flatMap(varint)),
  ...whole(2, type),
  ...text(8, name),
  ...(type === 7
    ? bytes(7, data.flatMap(varint))
    : bytes(9, [...new Uint8Array((type === 1 ? Float32Array : Float64Array).from(data).buffer)])),
];

type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly tensor: WrittenTensor }
  /** A graph inside a node. */
  | { readonly graph: Pick<WrittenModel, "nodes" | "weights" | "inputs" | "outputs"> };

const attribute = (name: string, value: Attribute): number[] => [
  ...text(1, name),
  ...(typeof value === "number"
    ? [...whole(3, value), ...whole(20, 2)]
    : typeof value === "string"
      ? [...text(4, value), ...whole(20, 3)]
      : "float" in value
        ? [...float(2, value.float), ...whole(20, 1)]
        : "tensor" in value
          ? [...bytes(5, tensor(value.tensor)), ...whole(20, 4)]
          : "graph" in value
            ? [...bytes(6, graphOf(value.graph)), ...whole(20, 5)]
            : [...value.flatMap((v) => whole(8, v)), ...whole(20, 7)]),
];

export interface WrittenNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export const node = ({ op, inputs, outputs, name = "", domain = "", attributes = {} }: WrittenNode): number[] => [
  ...inputs.flatMap((i) => text(1, i)),
  ...outputs.flatMap((o) => text(2, o)),
  ...text(3, name),
  ...text(4, op),
  ...text(7, domain),
  ...Object.entries(attributes).flatMap(([n, v]) => bytes(5, attribute(n, v))),
];

/** A float input: numbers are fixed lengths, names free ones. */
export const port = (name: string, shape: readonly (number | string)[], type = 1): number[] => {
  const dims = shape.flatMap((d) => bytes(1, typeof d === "number" ? whole(1, d) : text(2, d)));
  return [...text(1, name), ...bytes(2, bytes(1, [...whole(1, type), ...bytes(2, dims)]))];
};

export interface WrittenModel {
  readonly nodes: readonly WrittenNode[];
  readonly weights?: readonly WrittenTensor[];
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputs: readonly string[];
  readonly version?: number;
  /** More bytes of the graph and of the model. */
  readonly graph?: readonly number[];
  readonly model?: readonly number[];
}

const graphOf = ({ nodes, weights = [], inputs = {}, outputs, graph = [] }: WrittenModel): number[] => [
  ...nodes.flatMap((n) => bytes(1, node(n))),
  ...text(2, "written"),
  ...weights.flatMap((w) => bytes(5, tensor(w))),
  ...Object.entries(inputs).flatMap(([name, shape]) => bytes(11, port(name, shape))),
  ...outputs.flatMap((name) => bytes(12, text(1, name))),
  ...graph,
];

export function onnxFile(written: WrittenModel): Uint8Array {
  const { version = 17, model = [] } = written;
  const content = graphOf(written);
  return Uint8Array.from([...whole(1, 8), ...text(2, "test"), ...bytes(7, content), ...bytes(8, whole(2, version)), ...model]);
}

/** y = x W^T + b with W = [[1, 2], [3, 4]] and b = [10, 20]. */
export const affineFile = (): Uint8Array =>
  onnxFile({
    nodes: [{ op: "Gemm", inputs: ["x", "W", "b"], outputs: ["y"], attributes: { transB: 1 } }],
    weights: [
      { name: "W", shape: [2, 2], data: [1, 2, 3, 4] },
      { name: "b", shape: [2], data: [10, 20] },
    ],
    inputs: { x: ["batch", 2] },
    outputs: ["y"],
  });
