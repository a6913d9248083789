/** Parameters of Postgres that put what people wrote into the server's log, whatever else is set. */
const revealing = new Set([
  "log_parameter_max_length",
  "log_parameter_max_length_on_error",
  // Details are the parameters of a statement, and the row that an error is about.
  "log_error_verbosity",
  "pgaudit.log_parameter",
  "auto_explain.log_min_duration",
  "debug_print_parse",
  "debug_print_rewritten",
  "debug_print_plan",
]);

/** Why a parameter of Postgres must not be set, if it would put messages or addresses of people into the log. */
export function loggedValuesProblem(name: string): string | undefined {
  if (!revealing.has(name.toLowerCase())) return undefined;
  return "is set by the platform, because messages of people would be in the log; remove it";
}
