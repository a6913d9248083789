import type { CloudPipeline } from "../shared/pipeline";

/** What a pipeline needs to deploy to Google Cloud. GKE's API servers are reached by their names, so there is no door. */
export const pipeline: CloudPipeline = {
  productionVariables: ["GOOGLE_SERVICE_ACCOUNT", "GOOGLE_CREDENTIALS"],
};
