import type { Answer } from "../../shared/answers";
import { named } from "../../shared/answers";

/** Types of `@pulumi/aws` that Valkey of ElastiCache is made of; what is around it is in the table of EKS. */
export const elastiCache: Record<string, Answer> = {
  "aws:elasticache/subnetGroup:SubnetGroup": named,
  "aws:elasticache/parameterGroup:ParameterGroup": named,
  "aws:elasticache/user:User": (inputs, { preview }) =>
    preview ? {} : { arn: `arn:aws:elasticache:eu-west-1:012345678901:user:${inputs.userId}` },
  "aws:elasticache/userGroup:UserGroup": (inputs, { preview }) =>
    preview ? {} : { arn: `arn:aws:elasticache:eu-west-1:012345678901:usergroup:${inputs.userGroupId}` },
  "aws:elasticache/userGroupAssociation:UserGroupAssociation": () => ({}),
  "aws:elasticache/replicationGroup:ReplicationGroup": (inputs, { preview }) =>
    preview
      ? {}
      : {
          primaryEndpointAddress: `master.${inputs.replicationGroupId}.a1b2c3.euw1.cache.amazonaws.com`,
          readerEndpointAddress: `replica.${inputs.replicationGroupId}.a1b2c3.euw1.cache.amazonaws.com`,
          arn: `arn:aws:elasticache:eu-west-1:012345678901:replicationgroup:${inputs.replicationGroupId}`,
          engineVersionActual: `${inputs.engineVersion}.0`,
        },
};
