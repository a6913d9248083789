import type { Facts } from "../../shared/facts";
import { account } from "./account";
import { address } from "./address";
import { bucket } from "./bucket";
import { cluster } from "./cluster";
import { cryptoKey } from "./cryptoKey";
import { databaseInstance } from "./databaseInstance";
import { firewall } from "./firewall";
import { grant } from "./grant";
import { managedZone } from "./managedZone";
import { network } from "./network";
import { nodePool } from "./nodePool";
import { redisInstance } from "./redisInstance";
import { routerNat } from "./routerNat";
import { stores } from "./stores";
import { subnetwork } from "./subnetwork";

/** Types of `@pulumi/gcp`. */
export const facts: Facts = {
  ...databaseInstance,
  ...redisInstance,
  ...cluster,
  ...nodePool,
  ...network,
  ...subnetwork,
  ...routerNat,
  ...address,
  ...firewall,
  ...cryptoKey,
  ...account,
  ...grant,
  ...managedZone,
  ...bucket,
  ...stores,
};
