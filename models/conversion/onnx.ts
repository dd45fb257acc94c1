/** An ONNX graph as plain data, and its bytes (onnx.proto, IR version 8, operator set 17: what onnxruntime 1.12 and later run). */
import { create, toBinary } from '@bufbuild/protobuf'
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf'

const irVersion = 8n
const operatorSet = 17n

/** A number is written as INT, a list as INTS, a text as STRING. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string>>

export interface OnnxNode {
  readonly opType: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes: Attributes
}

export interface OnnxConstant {
  readonly name: string
  readonly dims: readonly number[]
  readonly values: Float32Array | BigInt64Array
}

export interface OnnxValue {
  readonly name: string
  readonly dims: readonly number[]
}

/** The input is bytes, the outputs are single precision. */
export interface OnnxGraph {
  readonly input: OnnxValue
  readonly outputs: readonly OnnxValue[]
  readonly constants: readonly OnnxConstant[]
  readonly nodes: readonly OnnxNode[]
}

/** The same graph gives the same bytes. */
export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: operatorSet })],
    producerName: 'tillfree',
    graph: create(GraphProtoSchema, {
      name: 'network',
      input: [valueInfo(graph.input, DataType.UINT8)],
      output: graph.outputs.map((value) => valueInfo(value, DataType.FLOAT)),
      initializer: graph.constants.map(tensor),
      node: graph.nodes.map(({ opType, inputs, output, attributes }) =>
        create(NodeProtoSchema, {
          name: output,
          opType,
          input: [...inputs],
          output: [output],
          attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
        }),
      ),
    }),
  })
  return toBinary(ModelProtoSchema, model)
}

function attribute(name: string, value: number | readonly number[] | string): AttributeProto {
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: Buffer.from(value) })
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) })
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) })
}

function tensor({ name, dims, values }: OnnxConstant): TensorProto {
  const dataType = values instanceof Float32Array ? DataType.FLOAT : DataType.INT64
  const rawData = new Uint8Array(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType, rawData })
}

function valueInfo({ name, dims }: OnnxValue, elemType: DataType): ValueInfoProto {
  const dim = dims.map((size) =>
    create(TensorShapeProto_DimensionSchema, { value: { case: 'dimValue', value: BigInt(size) } }),
  )
  const shape = create(TensorShapeProtoSchema, { dim })
  const type = create(TypeProtoSchema, {
    value: { case: 'tensorType', value: create(TypeProto_TensorSchema, { elemType, shape }) },
  })
  return create(ValueInfoProtoSchema, { name, type })
}
