/** Tensors of Triton's HTTP inference protocol. Source: docs.nvidia.com/deeplearning/triton-inference-server, github.com/kserve/kserve (predict protocol version 2). */

export interface Tensor {
  name?: string;
  /** BYTES, FP32, INT32, BOOL … */
  datatype?: string;
  shape?: number[];
  /** Flat, row by row. */
  data?: unknown[];
}

export interface InferReply {
  model_name?: string;
  outputs?: Tensor[];
  error?: unknown;
}
