/**
 * A network from TFLite to ONNX. Feature maps are [batch, height, width, channels] there and [batch, channels, height,
 * width] here; what has fewer than four dimensions stays as it is. The input becomes bytes as a picture has them, with
 * the normalisation inside the graph, so that nobody who runs the network can get it wrong.
 */

import { GraphBuilder } from './graph-builder.ts'
import { encodeOnnx, type OnnxGraph, type OnnxNode } from './onnx.ts'
import { writeOperator } from './operators.ts'
import { ConversionError, readTflite, type TfliteGraph } from './tflite.ts'

export interface ConversionPlan {
  /** What the network was trained on is `byte * scale + offset`. */
  readonly scale: number
  readonly offset: number
  /** Tensors of the TFLite file to compute, and what they are called afterwards; what only others need is left out. */
  readonly outputs: readonly { readonly tensor: string; readonly name: string }[]
}

/** The input of every converted network: bytes, red, green, blue, [1, height, width, 3]. */
export const inputName = 'picture'

/** Bytes of a TFLite file to bytes of an ONNX file; the same gives the same. Throws a ConversionError for what it does not know. */
export function convert(tflite: Uint8Array, plan: ConversionPlan): Uint8Array {
  return encodeOnnx(convertGraph(readTflite(tflite), plan))
}

function convertGraph(graph: TfliteGraph, plan: ConversionPlan): OnnxGraph {
  const [inputIndex, ...others] = graph.inputs
  if (inputIndex === undefined || others.length > 0)
    throw new ConversionError(`found ${graph.inputs.length} inputs, wanted one picture`)
  const builder = new GraphBuilder(graph, new Map(plan.outputs.map(({ tensor, name }) => [tensor, name])))
  writeInput(builder, inputIndex, plan)
  for (const operator of graph.operators) writeOperator(builder, operator)
  const outputs = plan.outputs.map(({ tensor, name }) => ({ name, dims: builder.listShape(tensor) }))
  const nodes = neededFor(
    outputs.map(({ name }) => name),
    builder.nodes,
  )
  const used = new Set(nodes.flatMap(({ inputs }) => inputs))
  return {
    input: { name: inputName, dims: builder.shape(inputIndex) },
    outputs,
    constants: builder.constants.filter(({ name }) => used.has(name)),
    nodes,
  }
}

function writeInput(builder: GraphBuilder, index: number, { scale, offset }: ConversionPlan): void {
  const planar = builder.add('Transpose', [inputName], 'picture/planar', { perm: [0, 3, 1, 2] })
  const real = builder.add('Cast', [planar], 'picture/real', { to: 1 })
  const scaled = builder.add('Mul', [real, builder.scalar('picture/scale', scale)], 'picture/scaled')
  builder.add('Add', [scaled, builder.scalar('picture/offset', offset)], builder.nameOf(index))
}

/** The nodes that the outputs depend on, in their order, which is one of dependency. */
function neededFor(outputs: readonly string[], nodes: readonly OnnxNode[]): OnnxNode[] {
  const wanted = new Set(outputs)
  return [...nodes]
    .reverse()
    .filter(({ output, inputs }) => {
      if (!wanted.has(output)) return false
      for (const name of inputs) wanted.add(name)
      return true
    })
    .reverse()
}
