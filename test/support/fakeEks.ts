import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A cluster of EKS as `aws eks` tells it, and how unkind it is. */
export interface FakeEksState {
  readonly cluster?: {
    arn: string;
    endpoint: string;
    tags: Record<string, string>;
    resourcesVpcConfig: { endpointPublicAccess: boolean; publicAccessCidrs: string[] };
  };
  /** How often `update-cluster-config` says that another update runs. */
  busy: number;
  /** How often an update is asked about before it is done. */
  slow: number;
  /** What an update fails with. */
  failure?: string;
  /** An action that the role may not do: `eks:UpdateClusterConfig`. */
  denied?: string;
}

/**
 * An `aws` that keeps one cluster in a file and writes down every call. Errors are in the words of EKS:
 * aws-controllers-k8s/community#1192 (an update that runs), eksctl#4043 (a configuration that is there already). Tags can
 * be changed all the while (aws-cdk#33452).
 */
export class FakeEks {
  private readonly file: string;

  constructor(
    readonly folder: string,
    state: Partial<FakeEksState> = {},
  ) {
    this.file = join(folder, "eks.json");
    this.state = { busy: 0, slow: 0, ...state };
    writeFileSync(join(folder, "aws"), program(this.file, join(folder, "calls")));
    chmodSync(join(folder, "aws"), 0o755);
  }

  get state(): FakeEksState {
    return JSON.parse(readFileSync(this.file, "utf8")) as FakeEksState;
  }

  set state(state: FakeEksState) {
    writeFileSync(this.file, JSON.stringify(state));
  }

  /** Actions in order, without what only reads. */
  get changes(): string[] {
    const calls = join(this.folder, "calls");
    const lines = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
    return lines.map((line) => line.split(" ")[1]!).filter((action) => !action.startsWith("describe-"));
  }
}

function program(file: string, calls: string): string {
  return `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(calls)}, args.join(" ") + "\\n");
const state = JSON.parse(readFileSync(${JSON.stringify(file)}, "utf8"));
const flag = (name) => args[args.indexOf(name) + 1];
const save = () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(state));
const action = args[1].replace(/(^|-)([a-z])/g, (_, dash, letter) => letter.toUpperCase());
function fail(code, message) {
  process.stderr.write("\\nAn error occurred (" + code + ") when calling the " + action + " operation: " + message + "\\n");
  process.exit(254);
}
if (state.denied === "eks:" + action)
  fail("AccessDeniedException", "User: arn:aws:sts::123456789012:assumed-role/door/ci is not authorized to perform: eks:" + action + " on resource: " + state.cluster.arn);
if (args[1] === "describe-cluster") {
  if (!state.cluster) fail("ResourceNotFoundException", "No cluster found for name: " + flag("--name") + ".");
  console.log(JSON.stringify({ cluster: state.cluster }));
} else if (args[1] === "tag-resource") {
  for (const pair of args.slice(args.indexOf("--tags") + 1, args.indexOf("--region"))) {
    const at = pair.indexOf("=");
    state.cluster.tags[pair.slice(0, at)] = pair.slice(at + 1);
  }
  save();
} else if (args[1] === "untag-resource") {
  for (const key of args.slice(args.indexOf("--tag-keys") + 1, args.indexOf("--region"))) delete state.cluster.tags[key];
  save();
} else if (args[1] === "update-cluster-config") {
  if (state.busy > 0) {
    state.busy--;
    save();
    fail("ResourceInUseException", "Cannot EndpointAccessUpdate because cluster shop-prod currently has update 408c0738 in progress");
  }
  const wanted = JSON.parse(flag("--resources-vpc-config"));
  const now = state.cluster.resourcesVpcConfig;
  const next = {
    endpointPublicAccess: wanted.endpointPublicAccess,
    publicAccessCidrs: wanted.endpointPublicAccess ? (wanted.publicAccessCidrs ?? now.publicAccessCidrs) : ["0.0.0.0/0"],
  };
  if (JSON.stringify(next) === JSON.stringify({ endpointPublicAccess: now.endpointPublicAccess, publicAccessCidrs: now.publicAccessCidrs }))
    fail("InvalidParameterException", "Cluster is already at the desired configuration with endpointPrivateAccess: true");
  state.pending = next;
  state.asked = 0;
  save();
  console.log(JSON.stringify({ update: { id: "u-1", status: "InProgress" } }));
} else if (args[1] === "describe-update") {
  state.asked++;
  let status = "InProgress";
  if (state.asked > state.slow) {
    status = state.failure ? "Failed" : "Successful";
    if (!state.failure) Object.assign(state.cluster.resourcesVpcConfig, state.pending);
  }
  save();
  console.log(JSON.stringify({ update: { id: "u-1", status, errors: state.failure ? [{ errorMessage: state.failure }] : [] } }));
} else fail("InvalidAction", args.join(" "));
`;
}
