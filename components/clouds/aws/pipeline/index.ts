import type { ParsedOf } from "../../../schema/sealed";
import type { CloudPipeline } from "../../shared/pipeline";
import type { eksCluster } from "../settings/cluster";
import { EksDoor } from "./eksDoor";

/** What a pipeline needs to deploy to AWS. */
export const pipeline: CloudPipeline = {
  apiDoor({ name, settings }, world, manner) {
    const { region, api } = settings as ParsedOf<typeof eksCluster>;
    return new EksDoor({ name, region, api }, world, manner);
  },
  productionVariables: ["AWS_ROLE", "AWS_SECRET_ACCESS_KEY"],
};
