/** What operators are written into: ONNX nodes and constants under the names of the TFLite tensors. */
import type { Attributes, OnnxConstant, OnnxNode } from './onnx.ts'
import { ConversionError, type TfliteGraph, type TfliteTensor } from './tflite.ts'

/** As in the schema's enum ActivationFunctionType; the others do not occur. */
const activations = { none: 0, relu: 1, relu6: 3 } as const

export class GraphBuilder {
  readonly nodes: OnnxNode[] = []
  readonly constants: OnnxConstant[] = []
  readonly #graph: TfliteGraph
  readonly #renamed: ReadonlyMap<string, string>
  /** Constants that an operator made of constants (half precision to single). */
  readonly #derived = new Map<number, Float32Array | Int32Array>()
  /** What has four dimensions and is no feature map, but a list that keeps TFLite's order. */
  readonly #lists = new Set<number>()

  constructor(graph: TfliteGraph, renamed: ReadonlyMap<string, string>) {
    this.#graph = graph
    this.#renamed = renamed
  }

  nameOf(index: number): string {
    const { name } = this.#tensor(index)
    return this.#renamed.get(name) ?? name
  }

  /** As in TFLite: [batch, height, width, channels] where there are four. */
  shape(index: number): readonly number[] {
    return this.#tensor(index).shape
  }

  /** [batch, height, width, channels] of a picture, a feature map or a convolution's weights. */
  shape4(index: number): readonly [number, number, number, number] {
    const [n, h, w, c, ...more] = this.shape(index)
    if (n === undefined || h === undefined || w === undefined || c === undefined || more.length > 0)
      throw new ConversionError(`${this.nameOf(index)}: found ${this.shape(index).length} dimensions, wanted 4`)
    return [n, h, w, c]
  }

  /** Whether a tensor is a feature map (or picture), which is channels first here. */
  isMap(index: number): boolean {
    return this.shape(index).length === 4 && !this.#lists.has(index)
  }

  /** The name of a tensor that must be a feature map. */
  mapOf(index: number): string {
    if (!this.isMap(index)) throw new ConversionError(`${this.nameOf(index)} is a list, wanted a feature map`)
    return this.nameOf(index)
  }

  /** The shape of the tensor of that TFLite name, which must be a list. */
  listShape(name: string): readonly number[] {
    const index = this.#graph.tensors.findIndex((tensor) => tensor.name === name)
    if (index < 0) throw new ConversionError(`the network has no tensor "${name}"`)
    if (this.isMap(index)) throw new ConversionError(`output "${name}" is a feature map, wanted a list`)
    return this.shape(index)
  }

  markList(index: number): void {
    this.#lists.add(index)
  }

  values(index: number): Float32Array | Int32Array {
    const found = this.#derived.get(index) ?? this.#tensor(index).values
    if (found === null) throw new ConversionError(`${this.nameOf(index)} is computed, wanted a constant`)
    return found
  }

  /** Makes one tensor stand for the constant that another one is. */
  derive(index: number, from: number): void {
    this.#derived.set(index, this.values(from))
  }

  /** Writes a node and gives the name of its output. */
  add(opType: string, inputs: readonly string[], output: string, attributes: Attributes = {}): string {
    this.nodes.push({ opType, inputs, output, attributes })
    return output
  }

  /** A node whose TFLite operator has an activation fused to it. */
  addActivated(
    activation: number,
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: Attributes = {},
  ) {
    if (activation === activations.none) return this.add(opType, inputs, output, attributes)
    const plain = this.add(opType, inputs, `${output}/plain`, attributes)
    if (activation === activations.relu) return this.add('Relu', [plain], output)
    if (activation !== activations.relu6) throw new ConversionError(`${output}: activation ${activation} is not known`)
    return this.add('Clip', [plain, this.scalar(`${output}/0`, 0), this.scalar(`${output}/6`, 6)], output)
  }

  scalar(name: string, value: number): string {
    return this.reals(name, [], Float32Array.of(value))
  }

  reals(name: string, dims: readonly number[], values: Float32Array): string {
    this.constants.push({ name, dims, values })
    return name
  }

  integers(name: string, values: readonly number[]): string {
    this.constants.push({ name, dims: [values.length], values: BigInt64Array.from(values, BigInt) })
    return name
  }

  #tensor(index: number): TfliteTensor {
    const tensor = this.#graph.tensors[index]
    if (tensor === undefined)
      throw new ConversionError(`found tensor ${index}, wanted one of ${this.#graph.tensors.length}`)
    return tensor
  }
}
