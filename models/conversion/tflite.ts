/**
 * A TFLite file as plain tensors and operators: what of the schema our networks use
 * (tensorflow/lite/schema/schema.fbs, file identifier TFL3; field numbers are those of its tables).
 */
import { FlatTable } from './flat-table.ts'
import { singlesOfHalves } from './half.ts'

/** Shapes of pictures and feature maps are [batch, height, width, channels]. */
export interface TfliteTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** Of a constant; null for what is computed. */
  readonly values: Float32Array | Int32Array | null
}

export interface TfliteOperator {
  /** As in the schema's enum BuiltinOperator. */
  readonly code: number
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly options: FlatTable
}

export interface TfliteGraph {
  readonly tensors: readonly TfliteTensor[]
  readonly inputs: readonly number[]
  readonly operators: readonly TfliteOperator[]
}

/** Of a network this converter does not know how to write; a fault of ours or of the manifest, not of the user's. */
export class ConversionError extends Error {
  override readonly name = 'ConversionError'
}

const model = { operatorCodes: 1, subgraphs: 2, buffers: 4 } as const
const subgraph = { tensors: 0, inputs: 1, operators: 3 } as const
const tensor = { shape: 0, type: 1, buffer: 2, name: 3 } as const
const operator = { opcodeIndex: 0, inputs: 1, outputs: 2, options: 4 } as const
/** The code was one byte once; newer files write it to both fields where it fits. */
const operatorCode = { deprecatedCode: 0, code: 3 } as const
const bufferData = 0

const types = { float32: 0, float16: 1, int32: 2 } as const
const identifier = 'TFL3'

/** Reads the first subgraph. Throws a ConversionError for what is no TFLite file or has constants of another type. */
export function readTflite(bytes: Uint8Array): TfliteGraph {
  const found = Buffer.from(bytes.subarray(4, 8)).toString('latin1')
  if (found !== identifier)
    throw new ConversionError(`found "${found}" at byte 4, wanted "${identifier}" (a TFLite file)`)
  const root = FlatTable.root(bytes)
  const [main] = root.tables(model.subgraphs)
  if (main === undefined) throw new ConversionError('the TFLite file has no graph')
  const codes = root
    .tables(model.operatorCodes)
    .map((code) => Math.max(code.int8(operatorCode.deprecatedCode), code.int32(operatorCode.code)))
  const buffers = root.tables(model.buffers)
  return {
    tensors: main.tables(subgraph.tensors).map((table) => readTensor(table, buffers)),
    inputs: main.int32s(subgraph.inputs),
    operators: main.tables(subgraph.operators).map((table) => ({
      code: codes[table.int32(operator.opcodeIndex)] ?? -1,
      inputs: table.int32s(operator.inputs),
      outputs: table.int32s(operator.outputs),
      options: table.table(operator.options),
    })),
  }
}

function readTensor(table: FlatTable, buffers: readonly FlatTable[]): TfliteTensor {
  const name = table.text(tensor.name)
  const bytes = buffers[table.int32(tensor.buffer)]?.bytes(bufferData) ?? new Uint8Array()
  return {
    name,
    shape: table.int32s(tensor.shape),
    values: bytes.length === 0 ? null : valuesOf(name, table.int8(tensor.type), bytes),
  }
}

/** Half precision becomes single: it is how weights are stored, not how they are used. */
function valuesOf(name: string, type: number, bytes: Uint8Array): Float32Array | Int32Array {
  // A copy (a Buffer's `slice` is none), since a typed array must begin at a multiple of its element's size.
  // TFLite is little-endian, as is every machine that Node runs on.
  const { buffer } = new Uint8Array(bytes)
  switch (type) {
    case types.float32:
      return new Float32Array(buffer)
    case types.float16:
      return singlesOfHalves(new Uint16Array(buffer))
    case types.int32:
      return new Int32Array(buffer)
    default:
      throw new ConversionError(`constant ${name}: found type ${type}, wanted float32, float16 or int32`)
  }
}
