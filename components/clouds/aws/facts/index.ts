import type { Facts } from "../../shared/facts";
import { addon } from "./addon";
import { bucket } from "./bucket";
import { cluster } from "./cluster";
import { clusterAccess } from "./clusterAccess";
import { databaseInstance } from "./databaseInstance";
import { eip } from "./eip";
import { flowLog } from "./flowLog";
import { key } from "./key";
import { launchTemplate } from "./launchTemplate";
import { logGroup } from "./logGroup";
import { natGateway } from "./natGateway";
import { nodeGroup } from "./nodeGroup";
import { redisUser } from "./redisUser";
import { replicationGroup } from "./replicationGroup";
import { repository } from "./repository";
import { role } from "./role";
import { securityGroup } from "./securityGroup";
import { stores } from "./stores";
import { subnet } from "./subnet";
import { vpc } from "./vpc";
import { vpcEndpoint } from "./vpcEndpoint";
import { zone } from "./zone";

/**
 * Types of `@pulumi/aws`. What a `destroy` leaves is listed in this order: a snapshot comes before its key, which must be
 * the last to go.
 */
export const facts: Facts = {
  ...databaseInstance,
  ...replicationGroup,
  ...redisUser,
  ...cluster,
  ...clusterAccess,
  ...addon,
  ...nodeGroup,
  ...launchTemplate,
  ...vpc,
  ...subnet,
  ...natGateway,
  ...eip,
  ...vpcEndpoint,
  ...securityGroup,
  ...flowLog,
  ...logGroup,
  ...role,
  ...zone,
  ...repository,
  ...bucket,
  ...stores,
  ...key,
};
