import type { Answer } from "../../shared/answers";
import { named } from "../../shared/answers";

/** Types of `@pulumi/aws` that Postgres of RDS is made of; what is around it is in the table of EKS. */
export const rds: Record<string, Answer> = {
  "aws:rds/subnetGroup:SubnetGroup": named,
  "aws:rds/parameterGroup:ParameterGroup": named,
  "aws:rds/instance:Instance": (inputs, { preview }) => {
    if (preview) return {};
    const address = `${inputs.identifier}.c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com`;
    return {
      address,
      endpoint: `${address}:${inputs.port}`,
      arn: `arn:aws:rds:eu-west-1:012345678901:db:${inputs.identifier}`,
      engineVersionActual: `${inputs.engineVersion}.5`,
    };
  },
};
