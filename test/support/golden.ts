/** The text of the golden files: what `npm run preview -- STACK --yaml` prints. */
export { renderYaml as render } from "../../cli/commands/preview/rendered";
