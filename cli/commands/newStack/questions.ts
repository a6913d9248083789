import type { Given, Question } from "../../../components/clouds/shared/newStack";
import { kindOf, kinds, questionsOfKinds } from "./kinds";
import { adminQuestion, buildsImages, hostQuestions, imageQuestions, portQuestions } from "./ownApps";
import { mainApp, startOf, starts } from "./starts";

/** What every new stack is made from; the others are what its kind of cluster and its starting point ask. */
export type Answers = Given & { readonly name: string; readonly example: string; readonly where: string };

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
    key: "example",
    flag: "example",
    message: "Which of examples/ is most like it?",
    help: `the one of examples/ that it starts from: ${Object.keys(starts).join(", ")}`,
    settings: [],
    choices: () => Object.entries(starts).map(([value, { summary }]) => ({ value, name: summary })),
  },
  {
    key: "stores",
    flag: "stores",
    message: "Which stores does it use?",
    help: "stores that your app uses: none, postgres, redis, both (default: those of the example)",
    settings: [],
    applies: (given) => mainApp(given) !== undefined && mainApp(given)?.preset === undefined,
    choices: () => [
      { value: "none", name: "no store" },
      { value: "postgres", name: "a role and a schema in Postgres" },
      { value: "redis", name: "a user in Redis" },
      { value: "both", name: "Postgres and Redis" },
    ],
    suggestion: (given) => startOf(given)?.stores,
    optional: true,
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
      { value: "small", name: "to try and develop, nothing protected" },
      { value: "production", name: "more than one of everything, data protected" },
    ],
  },
  ...questionsOfKinds("questions"),
  ...imageQuestions,
  ...questionsOfKinds("imageQuestions").map((question) => ({
    ...question,
    applies: (given: Given) => buildsImages(given) && (question.applies?.(given) ?? true),
  })),
  ...portQuestions,
  ...hostQuestions,
  adminQuestion,
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
    key: "acmeEmail",
    flag: "acme-email",
    message: "E-mail address that Let's Encrypt writes to",
    help: "with acme: e-mail address that the authority writes to",
    settings: ["edge.certificate.email"],
    applies: (given) => given.certificate === "acme" && !adminQuestion.applies?.(given),
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
