import { join } from "node:path";
import { binaries, repository } from "../lib/paths";
import { ensureGoTool, type GoTool, isBuilt } from "./goTool";

/** The version of the Pulumi CLI that is downloaded, and that `engine/go.mod` pins for where it cannot be. */
export const engineVersion = "3.274.1";

/** What only `pulumi api` needs, in a package of which other commands need the rest. */
const api = "cmd/pulumi/cloud";
const ofApi = [
  ...["cli_command_hints", "describe", "describe_markdown", "encoding", "fields", "format", "list", "output"],
  ...["paginate", "pathmatch", "schema", "spec", "spec_fetch"],
];

const pulumi: GoTool = {
  module: join(repository, "engine"),
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  name: "pulumi",
  ldflags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${engineVersion}`,
  // Buckets of Google Cloud are spoken to by HTTP, so what finds its storage by gRPC is left out: a twelfth of the work.
  tags: ["disable_grpc_modules"],
  // Without `pulumi api`, which calls Pulumi Cloud as its OpenAPI document says: a quarter of the work.
  changes: {
    "github.com/pulumi/pulumi/pkg/v3": {
      [`${api}/api.go`]: join(repository, "engine/pulumi/api.go"),
      ...Object.fromEntries(ofApi.map((name) => [`${api}/${name}.go`, undefined])),
    },
  },
};

/**
 * Builds the Pulumi CLI from its Go modules unless the cache has it: about four minutes on two cores and 2 GB of
 * memory the first time.
 * @returns the path of the executable
 * @throws UserError when Go is missing or too old, or the build fails
 */
export function buildEngine(report?: (line: string) => void, signal?: AbortSignal): Promise<string> {
  return ensureGoTool({ ...pulumi, report, signal });
}

/** Path of the CLI in the cache; undefined where it was not built, or from other modules. */
export function builtEngine(): string | undefined {
  return isBuilt(pulumi) ? join(binaries, pulumi.name) : undefined;
}
