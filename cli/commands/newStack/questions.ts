/** What a new stack is made from; the keys are those of the questions. */
export interface Answers {
  readonly name: string;
  readonly where: Where;
  readonly context: string;
  readonly namespace: string;
  readonly registry: string;
  readonly redisImage: string;
  readonly project: string;
  readonly projectNumber: string;
  readonly account: string;
  readonly region: string;
  readonly deployer: string;
  readonly deployFrom: string;
  readonly panelHost: string;
  readonly chatHost: string;
  readonly admin: string;
  readonly dnsZone: string;
  readonly dnsDomain: string;
  readonly certificate: "selfSigned" | "acme" | "provided";
  readonly directory: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Absent on the local nodes, which are small. */
  readonly size?: "small" | "production";
}

/** Where a stack goes. */
export type Where = "local" | "existing" | "gke" | "eks";

/** What has been answered so far. */
export type Given = Partial<Answers>;

/** One thing to know about a new stack. */
export interface Question {
  readonly key: keyof Answers;
  /** Name of the flag that answers it: `--panel-host`. */
  readonly flag: string;
  /** How it is asked. */
  readonly message: string;
  /** The question in the words of `--help`. */
  readonly help: string;
  /** The settings that the answer decides, as errors name them: a problem of theirs is the answer's. */
  readonly settings: readonly string[];
  /** The answers to choose from, with what they mean. */
  readonly choices?: (given: Given) => readonly { readonly value: string; readonly name: string }[];
  /** Whether it has to be known, after the answers before it. @default always */
  readonly applies?: (given: Given) => boolean;
  /** The likely answer. */
  readonly suggestion?: (given: Given) => string | undefined;
  /** Whether the suggestion is taken where nobody can be asked; else a missing answer is an error. */
  readonly optional?: boolean;
}

const isCloud = ({ where }: Given) => where === "gke" || where === "eks";

/** Every question, in the order in which it is asked: each may look at the answers before it. */
export const questions: readonly Question[] = [
  {
    key: "name",
    flag: "name",
    message: "Name of the stack",
    help: "name of the stack: Pulumi.<name>.yaml",
    settings: ["stack", "operations.stage"],
  },
  {
    key: "where",
    flag: "where",
    message: "Where does it run?",
    help: "where it runs: local (this machine), existing (a cluster of a kubeconfig), gke, eks",
    settings: ["cluster.kind"],
    choices: () => [
      { value: "local", name: "this machine, on local nodes" },
      { value: "existing", name: "a cluster that is there, of a kubeconfig" },
      { value: "gke", name: "Google Cloud: GKE, Cloud SQL, Memorystore" },
      { value: "eks", name: "AWS: EKS, RDS, ElastiCache" },
    ],
  },
  {
    key: "size",
    flag: "size",
    message: "Size",
    help: "size: small (to try and develop), production (more than one of everything, protected data)",
    settings: [],
    // The local nodes are one machine: nothing on them is more than one of anything.
    applies: ({ where }) => where !== "local",
    choices: () => [
      { value: "small", name: "small: to try and develop, nothing protected" },
      { value: "production", name: "production: more than one of everything, data protected" },
    ],
  },
  {
    key: "context",
    flag: "context",
    message: "Context of the kubeconfig (kubectl config get-contexts)",
    help: "with existing: context of the kubeconfig",
    settings: ["cluster.context", "cluster.kubeconfig"],
    applies: ({ where }) => where === "existing",
  },
  {
    key: "namespace",
    flag: "namespace",
    message: "Namespace, which this stack makes and owns",
    help: "with local and existing: the namespace, which the stack makes (default: switchboard-<name>)",
    settings: ["cluster.namespace"],
    applies: (given) => !isCloud(given),
    suggestion: ({ name }) => `switchboard-${name}`,
    optional: true,
  },
  {
    key: "registry",
    flag: "registry",
    message: "Registry for the images of the panel and the chat (as it is for kind, k3d, minikube)",
    help: "with existing: registry for the images of the panel and the chat (default: localhost/switchboard)",
    settings: ["panel.image", "chat.image"],
    applies: ({ where }) => where === "existing",
    suggestion: () => "localhost/switchboard",
    optional: true,
  },
  {
    key: "redisImage",
    flag: "redis-image",
    message: "Image of Redis with its digest (docker buildx imagetools inspect redis:7.4-bookworm)",
    help: "with existing and production: image of Redis with its digest",
    settings: ["redis.image"],
    applies: ({ where, size }) => where === "existing" && size === "production",
  },
  {
    key: "project",
    flag: "project",
    message: "Id of the Google project",
    help: "with gke: id of the Google project",
    settings: ["cluster.project"],
    applies: ({ where }) => where === "gke",
  },
  {
    key: "projectNumber",
    flag: "project-number",
    message: "Number of this project (gcloud projects describe PROJECT)",
    help: "with gke: number of the same project",
    settings: ["cluster.projectNumber"],
    applies: ({ where }) => where === "gke",
  },
  {
    key: "account",
    flag: "account",
    message: "Id of the AWS account",
    help: "with eks: id of the AWS account",
    settings: ["cluster.accountId"],
    applies: ({ where }) => where === "eks",
  },
  {
    key: "region",
    flag: "region",
    message: "Region",
    help: "with gke and eks: region",
    settings: ["cluster.region", "cluster.zones"],
    applies: isCloud,
    suggestion: ({ where }) => (where === "gke" ? "europe-west1" : "eu-west-1"),
  },
  {
    key: "deployer",
    flag: "deployer",
    message: "ARN of the IAM role that deploys",
    help: "with eks: ARN of the IAM role that runs pulumi up",
    settings: ["cluster.access"],
    applies: ({ where }) => where === "eks",
    suggestion: ({ account }) => `arn:aws:iam::${account}:role/switchboard-deployer`,
  },
  {
    key: "deployFrom",
    flag: "deploy-from",
    message: "Network that you deploy from, e.g. 203.0.113.0/29; none: from inside the VPC only",
    help: "with eks: network that reaches the API server from the internet (default: none, only the VPC does)",
    settings: ["cluster.api"],
    applies: ({ where }) => where === "eks",
    suggestion: () => "none",
    optional: true,
  },
  {
    key: "panelHost",
    flag: "panel-host",
    message: "Host name of the panel",
    help: "public host name of the panel",
    settings: ["edge.panel.host"],
    suggestion: ({ where }) => (where === "local" ? "panel.localhost" : undefined),
  },
  {
    key: "chatHost",
    flag: "chat-host",
    message: "Host name of the chat",
    help: "public host name of the chat",
    settings: ["edge.chat.host"],
    suggestion: ({ panelHost }) => `chat.${domainOf(panelHost)}`,
  },
  {
    key: "admin",
    flag: "admin",
    message: "E-mail address of the first administrator",
    help: "e-mail address of the first administrator",
    settings: ["panel.firstAdministrator"],
    suggestion: ({ where, panelHost }) => (where === "local" ? `admin@${panelHost}` : undefined),
  },
  {
    key: "dnsZone",
    flag: "dns-zone",
    message: "DNS zone of the cloud for them, by name (Google) or id (AWS); none: records by hand",
    help: "with gke and eks: name or id of the cloud's DNS zone for these hosts (default: none)",
    settings: ["cluster.dnsZone"],
    applies: isCloud,
    suggestion: () => "none",
    optional: true,
  },
  {
    key: "dnsDomain",
    flag: "dns-domain",
    message: "Domain of this zone",
    help: "with a zone: its domain (default: the panel's host without its first part)",
    settings: ["cluster.dnsZone.domain"],
    applies: ({ dnsZone }) => dnsZone !== undefined && dnsZone !== "none",
    suggestion: ({ panelHost }) => domainOf(panelHost),
    optional: true,
  },
  {
    key: "certificate",
    flag: "certificate",
    message: "Certificate",
    help: "certificate: selfSigned, acme (Let's Encrypt; needs a public host), provided (yours, as PEM)",
    settings: ["edge.certificate.kind"],
    choices: ({ where }) => [
      ...(where === "local" ? [] : [{ value: "acme", name: "from Let's Encrypt, renewed by itself" }]),
      { value: "selfSigned", name: "of the stack's own authority, which people have to trust" },
      { value: "provided", name: "yours, as PEM files" },
    ],
  },
  {
    key: "directory",
    flag: "acme-directory",
    message: "Let's Encrypt",
    help: "with acme: staging, production, or the address of another directory (default: by the size)",
    settings: ["edge.certificate.directory"],
    applies: ({ certificate }) => certificate === "acme",
    choices: () => [
      { value: "staging", name: "staging: to try it; browsers do not trust it" },
      { value: "production", name: "production: trusted, with limits on how often" },
    ],
    suggestion: ({ size }) => (size === "production" ? "production" : "staging"),
    optional: true,
  },
  {
    key: "certificateFile",
    flag: "certificate-file",
    message: "File with the certificate and the authorities above it (PEM)",
    help: "with provided: file with the certificate and the authorities above it",
    settings: ["edge.certificate.certificate"],
    applies: ({ certificate }) => certificate === "provided",
  },
  {
    key: "keyFile",
    flag: "key-file",
    message: "File with its private key (PEM, not encrypted)",
    help: "with provided: file with its private key",
    settings: ["edge.certificate.key"],
    applies: ({ certificate }) => certificate === "provided",
  },
];

/** The questions that matter after the answers so far. */
export function applying(given: Given): Question[] {
  return questions.filter(({ applies }) => applies?.(given) ?? true);
}

/** A host name without its first part: `example.com` for `panel.example.com`. */
export function domainOf(host = ""): string {
  return host.replace(/^[^.]*\./, "");
}
