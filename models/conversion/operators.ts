/** Each TFLite operator that our networks use, as ONNX nodes. Field numbers are those of its options in schema.fbs. */
import type { GraphBuilder } from './graph-builder.ts'
import { windowPads } from './padding.ts'
import { ConversionError, type TfliteOperator } from './tflite.ts'

type Write = (builder: GraphBuilder, operator: Ends, options: TfliteOperator['options']) => void

/** The tensors of an operator by their place; a missing one is an error of the file. */
interface Ends {
  readonly output: number
  readonly inputs: readonly number[]
  input(place: number): number
}

/** By BuiltinOperator. */
const writers: Readonly<Record<number, Write>> = {
  0: writeAdd,
  2: writeConcatenation,
  3: writeConvolution,
  4: writeDepthwiseConvolution,
  6: (builder, { input, output }) => builder.derive(output, input(0)),
  14: (builder, { input, output }) => void builder.add('Sigmoid', [builder.mapOf(input(0))], builder.nameOf(output)),
  17: writeMaxPool,
  22: writeReshape,
  23: writeResizeBilinear,
  34: writePad,
}

/** Adds the nodes of one operator. Throws a ConversionError for an operator or an option that it does not know. */
export function writeOperator(builder: GraphBuilder, operator: TfliteOperator): void {
  const write = writers[operator.code]
  if (write === undefined) throw new ConversionError(`TFLite operator ${operator.code} is not known`)
  const [output, ...more] = operator.outputs
  if (output === undefined || more.length > 0)
    throw new ConversionError(`TFLite operator ${operator.code}: found ${operator.outputs.length} outputs, wanted 1`)
  write(builder, { output, inputs: operator.inputs, input: (place) => inputAt(operator, place) }, operator.options)
}

function inputAt({ code, inputs }: TfliteOperator, place: number): number {
  const input = inputs[place]
  if (input === undefined || input < 0) throw new ConversionError(`TFLite operator ${code} has no input ${place}`)
  return input
}

/** AddOptions: 0 activation. */
function writeAdd(builder: GraphBuilder, { inputs, output }: Ends, options: TfliteOperator['options']): void {
  const shapes = new Set([...inputs, output].map((index) => String(builder.shape(index))))
  if (shapes.size !== 1) throw new ConversionError(`${builder.nameOf(output)}: sums of unlike shapes are not known`)
  if (!inputs.every((index) => builder.isMap(index)))
    throw new ConversionError(`${builder.nameOf(output)}: sums of lists are not known`)
  const names = inputs.map((index) => builder.nameOf(index))
  builder.addActivated(options.int8(0), 'Add', names, builder.nameOf(output))
}

/** ConcatenationOptions: 0 axis, 1 activation. */
function writeConcatenation(builder: GraphBuilder, { inputs, output }: Ends, options: TfliteOperator['options']): void {
  if (inputs.some((index) => builder.isMap(index)))
    throw new ConversionError(`${builder.nameOf(output)}: feature maps side by side are not known`)
  builder.markList(output)
  const names = inputs.map((index) => builder.nameOf(index))
  builder.addActivated(options.int8(1), 'Concat', names, builder.nameOf(output), { axis: options.int32(0) })
}

/** Conv2DOptions: 0 padding, 1 and 2 strides (width, height), 3 activation, 4 and 5 dilations (width, height). */
function writeConvolution(builder: GraphBuilder, { input, output }: Ends, options: TfliteOperator['options']): void {
  const name = builder.nameOf(output)
  const [count, height, width, channels] = builder.shape4(input(1))
  const weights = channelsFirst(builder.values(input(1)), count, height * width, channels)
  const window = { kernel: [height, width], strides: [options.int32(2), options.int32(1)] } as const
  mustBeOne(name, 'dilation', options.int32(4, 1), options.int32(5, 1))
  const inputs = [
    builder.mapOf(input(0)),
    builder.reals(`${name}/weights`, [count, channels, height, width], weights),
    builder.reals(`${name}/bias`, [count], Float32Array.from(builder.values(input(2)))),
  ]
  const pads = windowPads(builder, input(0), output, options.int8(0), window)
  builder.addActivated(options.int8(3), 'Conv', inputs, name, { strides: window.strides, pads })
}

/** DepthwiseConv2DOptions: 0 padding, 1 and 2 strides, 3 multiplier (in the weights' shape, too), 4 activation, 5 and 6 dilations. */
function writeDepthwiseConvolution(
  builder: GraphBuilder,
  { input, output }: Ends,
  options: TfliteOperator['options'],
): void {
  const name = builder.nameOf(output)
  const [, height, width, channels] = builder.shape4(input(1))
  const [, , , group] = builder.shape4(input(0))
  const weights = channelsFirst(builder.values(input(1)), 1, height * width, channels)
  const window = { kernel: [height, width], strides: [options.int32(2), options.int32(1)] } as const
  mustBeOne(name, 'dilation', options.int32(5, 1), options.int32(6, 1))
  const inputs = [
    builder.mapOf(input(0)),
    builder.reals(`${name}/weights`, [channels, 1, height, width], weights),
    builder.reals(`${name}/bias`, [channels], Float32Array.from(builder.values(input(2)))),
  ]
  const pads = windowPads(builder, input(0), output, options.int8(0), window)
  builder.addActivated(options.int8(4), 'Conv', inputs, name, { strides: window.strides, pads, group })
}

/** Pool2DOptions: 0 padding, 1 and 2 strides (width, height), 3 and 4 window (width, height), 5 activation. */
function writeMaxPool(builder: GraphBuilder, { input, output }: Ends, options: TfliteOperator['options']): void {
  const kernel = [options.int32(4), options.int32(3)] as const
  const window = { kernel, strides: [options.int32(2), options.int32(1)] } as const
  const pads = windowPads(builder, input(0), output, options.int8(0), window)
  const attributes = { kernel_shape: kernel, strides: window.strides, pads }
  builder.addActivated(options.int8(5), 'MaxPool', [builder.mapOf(input(0))], builder.nameOf(output), attributes)
}

/** The order of the elements is TFLite's, so that a feature map is turned to channels last before. */
function writeReshape(builder: GraphBuilder, { input, output }: Ends): void {
  const name = builder.nameOf(output)
  const from = builder.nameOf(input(0))
  builder.markList(output)
  const ordered = builder.isMap(input(0))
    ? builder.add('Transpose', [from], `${name}/ordered`, { perm: [0, 2, 3, 1] })
    : from
  builder.add('Reshape', [ordered, builder.integers(`${name}/shape`, builder.shape(output))], name)
}

/** ResizeBilinearOptions: 2 align corners, 3 half-pixel centres. */
function writeResizeBilinear(builder: GraphBuilder, { input, output }: Ends, options: TfliteOperator['options']): void {
  const name = builder.nameOf(output)
  const [batch, height, width, channels] = builder.shape4(output)
  const mode = options.int8(2) !== 0 ? 'align_corners' : options.int8(3) !== 0 ? 'half_pixel' : 'asymmetric'
  const sizes = builder.integers(`${name}/sizes`, [batch, channels, height, width])
  // Region and scales are left out: sizes say it.
  const attributes = { mode: 'linear', coordinate_transformation_mode: mode }
  builder.add('Resize', [builder.mapOf(input(0)), '', '', sizes], name, attributes)
}

/** Zeros around, before and after each dimension. */
function writePad(builder: GraphBuilder, { input, output }: Ends): void {
  const [n0, n1, h0, h1, w0, w1, c0, c1] = builder.values(input(1))
  const pads = [n0, c0, h0, w0, n1, c1, h1, w1].map((count) => count ?? 0)
  const name = builder.nameOf(output)
  builder.add('Pad', [builder.mapOf(input(0)), builder.integers(`${name}/pads`, pads)], name)
}

/** [outer, places, channels] to [outer, channels, places]. */
function channelsFirst(values: ArrayLike<number>, outer: number, places: number, channels: number): Float32Array {
  const turned = new Float32Array(outer * places * channels)
  for (let o = 0; o < outer; o += 1)
    for (let p = 0; p < places; p += 1)
      for (let c = 0; c < channels; c += 1)
        turned[(o * channels + c) * places + p] = values[(o * places + p) * channels + c] ?? 0
  return turned
}

function mustBeOne(name: string, what: string, ...found: readonly number[]): void {
  if (found.some((value) => value !== 1)) throw new ConversionError(`${name}: found ${what} ${found}, wanted 1`)
}
