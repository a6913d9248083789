import { createRequire } from "node:module";
import type * as AnyProto from "google-protobuf/google/protobuf/any_pb";
import type * as EmptyProto from "google-protobuf/google/protobuf/empty_pb";
import type * as StructProto from "google-protobuf/google/protobuf/struct_pb";

// The messages in @pulumi/pulumi/proto are bound to the copy of google-protobuf that @pulumi/pulumi resolves, which
// need not be the one at the root of node_modules. Mixing two copies corrupts messages, so take the same one.
const fromPulumi = createRequire(require.resolve("@pulumi/pulumi/proto/provider_pb.js"));

/** `google.protobuf.Struct`, the JSON object in which Pulumi's protocol carries properties. */
export const { Struct, Value, ListValue, NullValue } = fromPulumi(
  "google-protobuf/google/protobuf/struct_pb",
) as typeof StructProto;
export type Struct = StructProto.Struct;
/** `google.protobuf.Empty`. */
export const { Empty } = fromPulumi("google-protobuf/google/protobuf/empty_pb") as typeof EmptyProto;
export type Empty = EmptyProto.Empty;
/** `google.protobuf.Any`, the envelope of error details. */
export const { Any } = fromPulumi("google-protobuf/google/protobuf/any_pb") as typeof AnyProto;
