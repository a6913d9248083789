import { domainOf, type Given, type Question } from "../../../components/clouds/shared/newStack";
import { kindOf, kinds, questionsOfKinds } from "./kinds";

/** What every new stack is made from; the others are what its kind of cluster asks. */
export type Answers = Given & { readonly name: string; readonly where: string };

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
    help: `where it runs: ${Object.entries(kinds)
      .map(([word, { place }]) => `${word} (${place})`)
      .join(", ")}`,
    settings: ["cluster.kind"],
    choices: () => Object.entries(kinds).map(([value, { offered }]) => ({ value, name: offered })),
  },
  {
    key: "size",
    flag: "size",
    message: "Size",
    help: "size: small (to try and develop), production (more than one of everything, protected data)",
    settings: [],
    applies: (given) => kindOf(given).sized ?? true,
    choices: () => [
      { value: "small", name: "small: to try and develop, nothing protected" },
      { value: "production", name: "production: more than one of everything, data protected" },
    ],
  },
  ...questionsOfKinds("questions"),
  {
    key: "panelHost",
    flag: "panel-host",
    message: "Host name of the panel",
    help: "public host name of the panel",
    settings: ["edge.panel.host"],
    suggestion: (given) => kindOf(given).suggestions?.panelHost,
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
    suggestion: (given) => (kindOf(given).suggestions ? `admin@${given.panelHost}` : undefined),
  },
  ...questionsOfKinds("hostQuestions"),
  {
    key: "certificate",
    flag: "certificate",
    message: "Certificate",
    help: "certificate: selfSigned, acme (Let's Encrypt; needs a public host), provided (yours, as PEM)",
    settings: ["edge.certificate.kind"],
    choices: (given) => [
      ...((kindOf(given).public ?? true) ? [{ value: "acme", name: "from Let's Encrypt, renewed by itself" }] : []),
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
